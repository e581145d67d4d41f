/** Profiles from an archive: checked as a whole first, with a report of what would be lost. */
import { Modal, PasswordInput, Select } from '@mantine/core';
import { FileUp } from 'lucide-react';
import { useRef, useState } from 'react';
import { type ArchiveItem, ProfileImport } from '../../../../contract/automation/profile/archive.ts';
import type { ProfileId, UploadId } from '../../../../contract/kernel/scalars.ts';
import { errorText } from '../../../../contract/kernel/text/field-words.ts';
import { useClient } from '../../../lib/client/context.tsx';
import { sendFile } from '../../../lib/client/send-file.ts';
import { bytes } from '../../../lib/format.ts';
import { asError } from '../../../lib/live/query.ts';
import { Button } from '../../../ui/buttons.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import { DialogForm } from '../../../ui/form/dialog-form.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import css from './archive.module.css';
import { jobOf, jobResult, progressText } from './run-job.ts';

const MODES = [
  { value: 'rename', label: 'Import it under another name' },
  { value: 'skip', label: 'Skip it' },
  { value: 'replace', label: 'Replace it, after a snapshot of it' },
] as const;
type Mode = (typeof MODES)[number]['value'];

/** @param props.imported shows a profile that was made */
export function ImportDialog({ close, imported }: { close(): void; imported(id: ProfileId): void }) {
  return (
    <Modal opened onClose={close} closeOnClickOutside={false} title="Import archive" size={560}>
      <Fields close={close} imported={imported} />
    </Modal>
  );
}

/** Sends the file once, tries it, and takes it when the operator has seen the report. */
function useImport() {
  const client = useClient();
  const sent = useRef<{ file: File; id: UploadId } | null>(null);
  const [busy, setBusy] = useState<{ said: string; cancel?: () => void } | null>(null);
  const [failure, setFailure] = useState<string | null>(null);

  async function upload(file: File): Promise<UploadId> {
    if (sent.current?.file === file) return sent.current.id;
    const progress = (loaded: number) => setBusy({ said: `Sending ${bytes(loaded)} of ${bytes(file.size)}` });
    const id = await sendFile(client, file, { progress });
    sent.current = { file, id };
    return id;
  }

  async function run(file: File, passphrase: string, mode: Mode, dry_run: boolean): Promise<ProfileImport | null> {
    setBusy({ said: 'Starting' });
    setFailure(null);
    try {
      const upload_id = await upload(file);
      const sealed = passphrase === '' ? {} : { passphrase };
      const job = jobOf(await client.call('profiles_import', { upload_id, ...sealed, on_duplicate: mode, dry_run }));
      const result = await jobResult(client, job, ({ job: now, cancel }) =>
        setBusy({ said: `${dry_run ? 'Checking' : 'Importing'}: ${progressText(now)}`, cancel }),
      );
      return ProfileImport.parse(result);
    } catch (error) {
      setFailure(errorText(asError(error)));
      return null;
    } finally {
      setBusy(null);
    }
  }
  return { busy, failure, run };
}

function Fields({ close, imported }: { close(): void; imported(id: ProfileId): void }) {
  const work = useImport();
  // No draft: a passphrase is kept nowhere.
  const [file, setFile] = useState<File | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const [mode, setMode] = useState<Mode>('rename');
  const [trial, setTrial] = useState<{ of: string; report: ArchiveItem[] } | null>(null);
  const [done, setDone] = useState<ProfileImport | null>(null);
  // What was checked is what will be imported: anything else has to be checked again.
  const asked = JSON.stringify([file?.name, file?.size, file?.lastModified, passphrase, mode]);
  const tried = trial?.of === asked ? trial : null;
  const blocked = file === null ? 'Choose a file' : null;

  async function submit(): Promise<void> {
    if (done !== null) return close();
    if (file === null || work.busy !== null) return;
    const found = await work.run(file, passphrase, mode, tried === null);
    if (found === null) return;
    if (tried === null) return setTrial({ of: asked, report: found.report });
    setDone(found);
    const [profile] = found.items;
    if (profile !== undefined) imported(profile.id);
  }

  const report = done?.report ?? tried?.report;
  const foot =
    done === null ? (
      <>
        <Button onClick={work.busy?.cancel ?? close}>Cancel</Button>
        <Button submit kind="primary" busy={work.busy !== null} blocked={blocked}>
          {tried === null ? 'Check archive' : 'Import'}
        </Button>
      </>
    ) : (
      <Button submit kind="primary">
        Done
      </Button>
    );
  return (
    <DialogForm submit={() => void submit()} foot={foot}>
      {done === null ? <Asked {...{ file, setFile, passphrase, setPassphrase, mode, setMode }} /> : null}
      {work.busy === null ? null : (
        <Notice tone="info">
          <span role="status">{work.busy.said}</span>
        </Notice>
      )}
      {work.failure === null ? null : (
        <Notice tone="bad" alert>
          {work.failure}
        </Notice>
      )}
      {report === undefined || work.busy !== null ? null : (
        <Report items={report} isTrial={done === null} made={done?.items.length ?? 0} />
      )}
    </DialogForm>
  );
}

/** What is imported, and how. */
function Asked(props: {
  file: File | null;
  setFile(file: File | null): void;
  passphrase: string;
  setPassphrase(text: string): void;
  mode: Mode;
  setMode(mode: Mode): void;
}) {
  const { file, setFile, passphrase, setPassphrase, mode, setMode } = props;
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <div className={layout.row}>
        <Button small icon={<FileUp size={13} />} onClick={() => input.current?.click()}>
          Choose a file
        </Button>
        <span className={text.muted}>
          {file === null ? 'A .tabagent file from “Export”' : `${file.name}, ${bytes(file.size)}`}
        </span>
        <input
          ref={input}
          type="file"
          hidden
          aria-label="Archive"
          accept=".tabagent"
          onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
        />
      </div>
      <PasswordInput
        size="xs"
        label="Passphrase"
        description="The passphrase that was chosen for the export"
        autoComplete="off"
        value={passphrase}
        onChange={(event) => setPassphrase(event.currentTarget.value)}
      />
      <Select
        size="xs"
        label="If the name is taken"
        data={[...MODES]}
        value={mode}
        allowDeselect={false}
        onChange={(value) => setMode((value ?? 'rename') as Mode)}
      />
      <span className={text.muted}>An archive contains extensions. Import only archives of people you trust.</span>
    </>
  );
}

const STATUS: Record<ArchiveItem['status'], string> = { ok: 'OK', lost: 'Lost', rejected: 'Rejected' };

function Report({ items, isTrial, made }: { items: readonly ArchiveItem[]; isTrial: boolean; made: number }) {
  const bad = items.filter(({ status }) => status !== 'ok').length;
  const losses = bad === 0 ? 'nothing is lost' : `what is lost is listed`;
  return (
    <>
      <Notice tone={bad === 0 ? 'info' : 'warn'} alert>
        {isTrial
          ? `The archive is whole; ${losses}. Nothing has been changed yet.`
          : made === 0
            ? 'Nothing was imported.'
            : `Imported; ${losses}.`}
      </Notice>
      <ul className={`${layout.bare} ${css.report}`} aria-label="Report">
        {items.map(({ item, status, reason }) => (
          <li key={`${item} ${reason}`}>
            <span className={text.muted}>{STATUS[status]}</span>
            <span>
              {item}: {reason}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
