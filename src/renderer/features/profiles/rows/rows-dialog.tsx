/** Many profiles from a table, tried before they are made: each row has its verdict. */
import { Modal } from '@mantine/core';
import { useState } from 'react';
import { z } from 'zod';
import type { RowVerdict } from '../../../../contract/automation/profile/rows.ts';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import { useClient } from '../../../lib/client/context.tsx';
import { useDraftForm } from '../../../lib/drafts/use-draft-form.ts';
import { count } from '../../../lib/format.ts';
import { type Answer, asError, useAct } from '../../../lib/live/query.ts';
import { Button } from '../../../ui/buttons.tsx';
import { EntityPicker } from '../../../ui/entity-picker/entity-picker.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import { errorToast, undoToast } from '../../../ui/feedback/toast.tsx';
import { DialogForm } from '../../../ui/form/dialog-form.tsx';
import { DraftNotice } from '../../../ui/form/draft-notice.tsx';
import { TextOrFile } from '../../../ui/form/text-or-file.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import css from './rows.module.css';

type Verdicts = Answer<'profiles_create_rows'>;
type Values = { text: string; template: string | null };
const EMPTY: Values = { text: '', template: null };
const SHAPE = { text: z.string(), template: z.string().nullable() };
const EXAMPLE = 'name,group,tags,locale,timezone\nAnna,shop,a;b,de-DE,Europe/Berlin';

export function RowsDialog({ close }: { close(): void }) {
  return (
    <Modal opened onClose={close} title="Profiles from a table" size={640}>
      <Fields close={close} />
    </Modal>
  );
}

function Fields({ close }: { close(): void }) {
  const client = useClient();
  const form = useDraftForm('profiles:rows', { initial: EMPTY, version: null, shape: SHAPE });
  const [trial, setTrial] = useState<{ of: Values; verdicts: Verdicts } | null>(null);
  const { values } = form;
  const input = {
    text: values.text,
    ...(values.template === null ? {} : { template_id: values.template as ProfileId }),
  };
  // What was tried is what will be made: another text has to be tried again.
  const isTried = trial?.of.text === values.text && trial.of.template === values.template;
  const tried = isTried ? trial.verdicts : null;
  const undo = (ids: readonly ProfileId[]) =>
    client
      .call('profiles_bulk', { ids: [...ids], action: 'delete' })
      .catch((error) => errorToast('Could not delete the profiles', asError(error)));
  const act = useAct('profiles_create_rows', {
    onDone(verdicts, { dry_run }) {
      if (dry_run) return setTrial({ of: values, verdicts });
      const ids = verdicts.items.flatMap(({ id }) => id ?? []);
      undoToast(`${count(verdicts.created)} profiles made`, () => undo(ids));
      form.drop();
      close();
    },
    onError: (error) => errorToast('The table cannot be read', error),
  });
  const good = tried === null ? 0 : tried.items.length - tried.failed;
  const blocked =
    values.text.trim() === ''
      ? 'Paste a table or choose a file'
      : tried !== null && good === 0
        ? 'No row can be used'
        : null;
  const submit = () => {
    if (blocked === null) act.mutate({ ...input, dry_run: tried === null });
  };
  return (
    <DialogForm
      submit={submit}
      foot={
        <>
          <Button
            onClick={() => {
              form.drop();
              close();
            }}
          >
            Cancel
          </Button>
          <Button submit kind="primary" busy={act.isPending} blocked={blocked}>
            {tried === null ? 'Check rows' : good === 1 ? 'Create 1 profile' : `Create ${count(good)} profiles`}
          </Button>
        </>
      }
    >
      <DraftNotice form={form} />
      <TextOrFile
        label="Table"
        description="CSV with a header row (the column “name” is required) or JSON rows. Separate several tags or pages in a cell with a semicolon"
        placeholder={EXAMPLE}
        fileLabel="File with rows"
        accept=".csv,.tsv,.json,.txt"
        value={values.text}
        onChange={(next) => form.input('text').onChange(next)}
      />
      <EntityPicker
        of="profiles"
        label="Template for what a row leaves empty"
        placeholder="none"
        value={values.template}
        onChange={(id) => form.input('template').onChange(id)}
        clearable
      />
      {tried === null ? null : <VerdictList verdicts={tried} />}
    </DialogForm>
  );
}

const reasonsOf = ({ errors }: RowVerdict): string =>
  Object.entries(errors)
    .map(([field, why]) => `${field} ${why}`)
    .join('; ');

function VerdictList({ verdicts }: { verdicts: Verdicts }) {
  const bad = verdicts.items.filter(({ ok }) => !ok);
  const good = verdicts.items.length - bad.length;
  return (
    <>
      <Notice tone={bad.length === 0 ? 'info' : 'warn'} alert>
        {count(good)} of {count(verdicts.items.length)} rows are valid{bad.length === 0 ? '.' : '. These are skipped:'}
      </Notice>
      {bad.length === 0 ? null : (
        <ul className={`${layout.bare} ${css.verdicts}`} aria-label="Skipped rows">
          {bad.map((item) => (
            <li key={item.row}>
              <span className={text.muted}>
                Line {item.row}
                {item.name === null || item.name === '' ? '' : `, ${item.name}`}:
              </span>{' '}
              {reasonsOf(item)}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
