/** Profiles as sealed files, one for each: made one after the other, and downloaded as they come. */
import { Checkbox, Modal, PasswordInput } from '@mantine/core';
import { Download } from 'lucide-react';
import { useState } from 'react';
import {
  ARCHIVE_PARTS,
  type ArchivePart,
  needsSeal,
  PASSPHRASE_LENGTH,
} from '../../../../contract/automation/profile/archive.ts';
import type { JobId, ProfileId } from '../../../../contract/kernel/scalars.ts';
import { errorText } from '../../../../contract/kernel/text/field-words.ts';
import { useClient } from '../../../lib/client/context.tsx';
import { count } from '../../../lib/format.ts';
import { asError } from '../../../lib/live/query.ts';
import { Button } from '../../../ui/buttons.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import { errorToast } from '../../../ui/feedback/toast.tsx';
import { DialogForm } from '../../../ui/form/dialog-form.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import css from './archive.module.css';
import { jobOf, jobResult, progressText, type RunningJob } from './run-job.ts';
import { saveExport } from './save-export.ts';

const PARTS: Record<ArchivePart, { label: string; description: string }> = {
  storage: { label: 'Site data', description: 'Local storage, IndexedDB, extensions, history, saved passwords' },
  cookies: { label: 'Cookies', description: 'Most logins; they work on another computer too' },
  settings: { label: 'Settings', description: 'Tags, notes, language, time zone, window, launch arguments' },
};

/** What became of one profile. */
interface Outcome {
  id: ProfileId;
  name: string;
  job: JobId | null;
  said: string;
}

/** @param props.ids profiles to export */
export function ExportDialog({ ids, close }: { ids: readonly ProfileId[]; close(): void }) {
  const work = useExports(ids);
  return (
    <Modal
      opened
      onClose={close}
      closeOnClickOutside={false}
      title={ids.length === 1 ? 'Export a profile' : `Export ${count(ids.length)} profiles`}
      size={520}
    >
      {work.outcomes === null ? (
        <Fields one={ids.length === 1} run={work.run} close={close} />
      ) : (
        <Outcomes {...work} outcomes={work.outcomes} total={ids.length} close={close} />
      )}
    </Modal>
  );
}

function useExports(ids: readonly ProfileId[]) {
  const client = useClient();
  const [outcomes, setOutcomes] = useState<readonly Outcome[] | null>(null);
  const [running, setRunning] = useState<RunningJob | null>(null);

  async function one(id: ProfileId, include: ArchivePart[], passphrase: string): Promise<Outcome> {
    let name: string = id;
    let job: JobId | null = null;
    try {
      name = (await client.call('profiles_get', { id })).name;
      const sealed = passphrase === '' ? {} : { passphrase };
      job = jobOf(await client.call('profiles_export', { id, include, ...sealed }));
      await jobResult(client, job, setRunning);
      await saveExport(client, job);
      return { id, name, job, said: 'exported' };
    } catch (error) {
      return { id, name, job: null, said: errorText(asError(error)) };
    } finally {
      setRunning(null);
    }
  }

  return {
    outcomes,
    running,
    async run(include: ArchivePart[], passphrase: string) {
      const done: Outcome[] = [];
      setOutcomes([]);
      for (const id of ids) {
        done.push(await one(id, include, passphrase));
        setOutcomes([...done]);
      }
    },
  };
}

function Fields({
  one,
  run,
  close,
}: {
  one: boolean;
  run(include: ArchivePart[], passphrase: string): Promise<void>;
  close(): void;
}) {
  // No draft: a passphrase is kept nowhere.
  const [include, setInclude] = useState<readonly ArchivePart[]>(ARCHIVE_PARTS);
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const isNeeded = needsSeal(include);
  const { min } = PASSPHRASE_LENGTH;
  const blocked =
    include.length === 0
      ? 'Choose what to export'
      : passphrase.length < min && (isNeeded || passphrase !== '')
        ? `The passphrase needs at least ${min} characters`
        : passphrase !== again
          ? 'The passphrases differ'
          : null;
  const submit = () => {
    if (blocked === null) void run([...include], passphrase);
  };
  return (
    <DialogForm
      submit={submit}
      foot={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button submit kind="primary" blocked={blocked}>
            Export
          </Button>
        </>
      }
    >
      <span className={text.muted}>
        {one ? 'One file' : 'One file for each profile'}, encrypted with a passphrase. Anyone who has both is signed in
        to its sites. Close the browser first.
      </span>
      {ARCHIVE_PARTS.map((part) => (
        <Checkbox
          key={part}
          size="xs"
          {...PARTS[part]}
          checked={include.includes(part)}
          onChange={(event) => {
            const on = event.currentTarget.checked;
            setInclude(ARCHIVE_PARTS.filter((each) => (each === part ? on : include.includes(each))));
          }}
        />
      ))}
      <PasswordInput
        size="xs"
        data-autofocus
        label="Passphrase"
        description={
          isNeeded ? 'It is not stored. Without it the file cannot be opened.' : 'Optional for settings alone'
        }
        autoComplete="new-password"
        value={passphrase}
        onChange={(event) => setPassphrase(event.currentTarget.value)}
      />
      <PasswordInput
        size="xs"
        label="Repeat passphrase"
        autoComplete="new-password"
        value={again}
        onChange={(event) => setAgain(event.currentTarget.value)}
      />
    </DialogForm>
  );
}

function Outcomes({
  outcomes,
  running,
  total,
  close,
}: {
  outcomes: readonly Outcome[];
  running: RunningJob | null;
  total: number;
  close(): void;
}) {
  const client = useClient();
  const isOver = outcomes.length === total;
  const bad = outcomes.filter(({ job }) => job === null).length;
  const save = (job: JobId) =>
    void saveExport(client, job).catch((error) => errorToast('Could not download', asError(error)));
  return (
    <DialogForm
      submit={close}
      foot={
        isOver ? (
          <Button submit kind="primary">
            Done
          </Button>
        ) : (
          <Button onClick={() => running?.cancel()} blocked={running === null ? 'It is starting' : null}>
            Cancel
          </Button>
        )
      }
    >
      <Notice tone={bad === 0 ? 'info' : 'warn'}>
        <span role="status">
          {isOver
            ? `${count(total - bad)} exported${bad === 0 ? '' : `, ${count(bad)} not`}. Files are kept for a day.`
            : `Exporting ${count(outcomes.length + 1)} of ${count(total)}: ${running === null ? 'starting' : progressText(running.job)}`}
        </span>
      </Notice>
      <ul className={`${layout.bare} ${css.list}`} aria-label="Exports">
        {outcomes.map(({ id, name, job, said }) => (
          <li key={id} className={layout.row}>
            <span className={layout.grow}>
              {name}: <span className={text.muted}>{said}</span>
            </span>
            {job === null ? null : (
              <Button
                small
                kind="ghost"
                label={`Download ${name}`}
                icon={<Download size={14} />}
                onClick={() => save(job)}
              />
            )}
          </li>
        ))}
      </ul>
    </DialogForm>
  );
}
