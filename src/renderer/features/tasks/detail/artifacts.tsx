/** Artifacts of a task: screenshots inline, the trace in its viewer, everything else to download. */
import { Modal } from '@mantine/core';
import { Download, FileArchive, FileCheck, FileText, ImageIcon, Save, Video } from 'lucide-react';
import { useState } from 'react';
import type { Artifact } from '../../../../contract/automation/artifacts.ts';
import type { TaskId } from '../../../../contract/kernel/scalars.ts';
import { viewUrl } from '../../../lib/client/content.ts';
import { useClient } from '../../../lib/client/context.tsx';
import { isDesktop } from '../../../lib/client/message-port.ts';
import { bytes, clock } from '../../../lib/format.ts';
import { useStepKeys } from '../../../lib/keys/use-step-keys.ts';
import { asError, useOperationQuery } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button } from '../../../ui/buttons.tsx';
import { Badge } from '../../../ui/display/badge.tsx';
import { Picture } from '../../../ui/display/picture.tsx';
import { EmptyState, StateFrame } from '../../../ui/feedback/state-frame.tsx';
import { errorToast } from '../../../ui/feedback/toast.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { StaticTable } from '../../../ui/table/static-table.tsx';
import { PreviewDialog } from '../preview/preview-dialog.tsx';
import { previewKind } from '../preview/preview-kind.ts';
import css from './artifacts.module.css';

const ICONS = {
  screenshot: ImageIcon,
  trace: FileArchive,
  video: Video,
  har: FileText,
  download: Download,
  report: FileCheck,
  output: FileText,
};

/** Screenshots of a task, small, with a lightbox. */
export function Thumbnails({ id }: { id: TaskId }) {
  const query = useOperationQuery('artifacts_list', { id });
  const shots = query.data?.items.filter(({ kind }) => kind === 'screenshot') ?? [];
  if (shots.length === 0) return null;
  return (
    <section>
      <h3>Screenshots</h3>
      <Screens shots={shots} />
    </section>
  );
}

/** Screenshots as tiles; a click opens the lightbox, where the arrow keys go on. */
export function Screens({ shots }: { shots: Artifact[] }) {
  const [open, setOpen] = useState<number | null>(null);
  const shown = open === null ? undefined : shots[open];
  const step = (by: number) => setOpen((index) => (index === null ? null : (index + by + shots.length) % shots.length));
  useStepKeys(shown !== undefined, step);
  return (
    <div className={css.shots}>
      {shots.map((shot, index) => (
        <button key={shot.id} type="button" className={css.shot} onClick={() => setOpen(index)}>
          <Picture src={viewUrl(shot)} alt="" lazy />
          <span className={text.clip}>{shot.name}</span>
        </button>
      ))}
      <Modal opened={shown !== undefined} onClose={() => setOpen(null)} title={shown?.name} size="auto">
        {shown === undefined ? null : <Picture className={css.lightbox} src={viewUrl(shown)} alt={shown.name} />}
      </Modal>
    </div>
  );
}

function SaveButton({ artifact }: { artifact: Artifact }) {
  const client = useClient();
  const blocked = useCan('artifacts_get');
  const failed = (error: unknown) => errorToast('Could not save', asError(error));
  if (isDesktop()) {
    const save = () => client.call('shell_save_file', { artifact_id: artifact.id }).catch(failed);
    return (
      <Button
        small
        kind="ghost"
        label={`Save ${artifact.name}`}
        blocked={blocked}
        icon={<Save size={14} />}
        onClick={() => void save()}
      />
    );
  }
  // Each address opens the bytes once, so every click asks for a new one; it is an attachment, so the page stays.
  const download = () =>
    client.call('artifacts_get', { id: artifact.id }).then(({ url }) => location.assign(url), failed);
  const icon = <Download size={14} />;
  return (
    <Button
      small
      kind="ghost"
      label={`Download ${artifact.name}`}
      blocked={blocked}
      icon={icon}
      onClick={() => void download()}
    />
  );
}

/** All files of a task; those that can be shown open in place. */
export function Artifacts({ id, onTrace }: { id: TaskId; onTrace(artifact: Artifact): void }) {
  const [open, setOpen] = useState<string | null>(null);
  const query = useOperationQuery('artifacts_list', { id });
  const items = query.data?.items ?? [];
  const previews = items.filter((artifact) => previewKind(artifact) !== null);
  return (
    <StateFrame of={query} skeleton={3}>
      {items.length === 0 ? (
        <EmptyState icon={<FileText size={24} />} title="No artifacts" help="failures-and-artifacts#artifacts" />
      ) : (
        <div className={layout.scroll}>
          <StaticTable>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Kind</th>
                <th scope="col" className={text.num}>
                  Size
                </th>
                <th scope="col">Attempt</th>
                <th scope="col">Time</th>
                <th scope="col" className={css.doing}>
                  <span className={text.hidden}>Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((artifact) => {
                const Icon = ICONS[artifact.kind];
                return (
                  <tr key={artifact.id}>
                    <td>
                      <span className={layout.row}>
                        <Icon size={14} className={text.muted} />
                        {previewKind(artifact) === null ? (
                          <span className={text.clip}>{artifact.name}</span>
                        ) : (
                          <button
                            type="button"
                            className={`${css.name} ${text.clip}`}
                            title="Preview"
                            onClick={() => setOpen(artifact.id)}
                          >
                            {artifact.name}
                          </button>
                        )}
                        {artifact.has_secret ? <Badge tone="warn">contains a secret</Badge> : null}
                      </span>
                    </td>
                    <td className={text.muted}>{artifact.kind}</td>
                    <td className={text.num}>{bytes(artifact.bytes)}</td>
                    <td>{artifact.attempt}</td>
                    <td className={text.muted}>{clock(artifact.created_at).slice(0, 8)}</td>
                    <td>
                      <span className={css.actions}>
                        {artifact.kind === 'trace' || artifact.kind === 'report' ? (
                          <Button small onClick={() => onTrace(artifact)}>
                            {artifact.kind === 'trace' ? 'Open trace' : 'Open report'}
                          </Button>
                        ) : null}
                        <SaveButton artifact={artifact} />
                      </span>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </StaticTable>
          <PreviewDialog
            items={previews}
            open={open}
            onOpen={setOpen}
            save={(artifact) => <SaveButton artifact={artifact} />}
          />
        </div>
      )}
    </StateFrame>
  );
}
