/** A file of a task shown in place, with the ones before and after it. */
import { Modal } from '@mantine/core';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Artifact } from '../../../../contract/automation/artifacts.ts';
import { viewUrl } from '../../../lib/client/content.ts';
import { bytes } from '../../../lib/format.ts';
import { useStepKeys } from '../../../lib/keys/use-step-keys.ts';
import { IconButton } from '../../../ui/buttons.tsx';
import { Picture } from '../../../ui/display/picture.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { ArchivePreview } from './archive-preview.tsx';
import { DrawingPreview } from './drawing-preview.tsx';
import { JsonPreview } from './json-preview.tsx';
import css from './preview.module.css';
import { type PreviewKind, previewKind } from './preview-kind.ts';
import { TablePreview } from './table-preview.tsx';
import { TextPreview } from './text-preview.tsx';

/** Everything but scripts, forms and the way out: markup shows as it would look. */
const NOTHING_ALLOWED = '';

const VIEWS: Readonly<Record<PreviewKind, (props: { artifact: Artifact }) => ReactNode>> = {
  image: ({ artifact }) => (
    <div className={css.media}>
      <Picture src={viewUrl(artifact)} alt={artifact.name} />
    </div>
  ),
  drawing: DrawingPreview,
  video: ({ artifact }) => (
    <div className={css.media}>
      {/* biome-ignore lint/a11y/useMediaCaption: A recording of a page has no captions. */}
      <video src={viewUrl(artifact)} controls preload="metadata" />
    </div>
  ),
  table: TablePreview,
  json: JsonPreview,
  text: TextPreview,
  page: ({ artifact }) => (
    <iframe className={css.frame} title={artifact.name} src={viewUrl(artifact)} sandbox={NOTHING_ALLOWED} />
  ),
  pdf: ({ artifact }) =>
    navigator.pdfViewerEnabled ? (
      <iframe className={css.frame} title={artifact.name} src={viewUrl(artifact)} />
    ) : (
      <Notice tone="info">This browser shows no PDF files. Download it to read it.</Notice>
    ),
  archive: ArchivePreview,
};

/**
 * @param items files that can be shown, in order
 * @param open id of the one that is shown, or null
 * @param save button that saves a file
 */
export function PreviewDialog({
  items,
  open,
  onOpen,
  save,
}: {
  items: readonly Artifact[];
  open: string | null;
  onOpen(id: string | null): void;
  save(artifact: Artifact): ReactNode;
}) {
  const index = items.findIndex(({ id }) => id === open);
  const artifact = items[index];
  const kind = artifact === undefined ? null : previewKind(artifact);
  const View = kind === null ? null : VIEWS[kind];
  const go = (by: 1 | -1) => onOpen(items[(index + by + items.length) % items.length]?.id ?? null);
  useStepKeys(artifact !== undefined && items.length > 1, go);
  return (
    <Modal
      opened={artifact !== undefined}
      onClose={() => onOpen(null)}
      title={artifact?.name}
      size="calc(100vw - 96px)"
    >
      {artifact === undefined || View === null ? null : (
        <>
          <div className={css.head}>
            <span className={`${text.muted} ${text.small}`}>
              {index + 1} of {items.length} · {bytes(artifact.bytes)} · {artifact.mime}
            </span>
            <span className={layout.grow} />
            {items.length < 2 ? null : (
              <>
                <IconButton label="Previous file" Icon={ChevronLeft} onClick={() => go(-1)} />
                <IconButton label="Next file" Icon={ChevronRight} onClick={() => go(1)} />
              </>
            )}
            {save(artifact)}
          </div>
          <div className={css.body} data-preview>
            <View key={artifact.id} artifact={artifact} />
          </div>
        </>
      )}
    </Modal>
  );
}
