/** The paste box: a list in any form, a verdict for each line, a choice where a line can be read in two ways. */
import { Modal, Select, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { ProxyScheme } from '../../../../contract/automation/proxies.ts';
import { plural } from '../../../lib/format.ts';
import { useAct, useOperationQuery } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button } from '../../../ui/buttons.tsx';
import { ErrorState } from '../../../ui/feedback/state-frame.tsx';
import { toast } from '../../../ui/feedback/toast.tsx';
import { DialogForm } from '../../../ui/form/dialog-form.tsx';
import { TagsField } from '../../../ui/form/tags-field.tsx';
import layout from '../../../ui/styles/layout.module.css';
import css from '../proxies.module.css';
import { Verdicts } from './verdicts.tsx';

const EXAMPLE = `proxy.example.com:8080:user:password
socks5://user:password@203.0.113.7:1080
user:password@[2001:db8::1]:3128 [https://provider.example/refresh]`;

export function ImportDialog({ opened, close }: { opened: boolean; close(): void }) {
  return (
    <Modal opened={opened} onClose={close} title="Import proxies" size={720}>
      <ImportForm close={close} />
    </Modal>
  );
}

const words = (created: number, duplicates: number) =>
  `${plural(created, 'proxy', 'proxies')} imported${duplicates === 0 ? '' : `, ${plural(duplicates, 'duplicate')} left out`}`;

/** The text holds passwords: it is no draft and stays in memory. */
function ImportForm({ close }: { close(): void }) {
  const [text, setText] = useState('');
  const [scheme, setScheme] = useState<ProxyScheme>('http');
  const [tags, setTags] = useState<string[]>([]);
  const [chosen, setChosen] = useState<ReadonlyMap<number, number>>(new Map());
  const choices = [...chosen].map(([line, reading]) => ({ line, reading }));
  const input = { text, scheme, tags, choices };
  const [asked] = useDebouncedValue(input, 200);
  const noImport = useCan('proxies_import');
  const preview = useOperationQuery(
    'proxies_import',
    { ...asked, dry_run: true },
    { enabled: asked.text.trim() !== '' && noImport === null, keep: true },
  );
  const save = useAct('proxies_import', {
    onDone: ({ created, duplicates }) => {
      toast(words(created, duplicates));
      close();
    },
  });
  const found = text.trim() === '' ? undefined : preview.data;
  const fresh = found?.parsed.filter(({ duplicate }) => !duplicate).length ?? 0;
  const blocked = noImport ?? (fresh === 0 ? 'Nothing to import yet' : null);
  const submit = () => {
    if (blocked === null && !save.isPending) save.mutate({ ...input, dry_run: false });
  };
  const error = save.error ?? (text.trim() === '' ? null : preview.error);
  return (
    <DialogForm
      submit={submit}
      error={save.error}
      foot={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button submit kind="primary" blocked={blocked} busy={save.isPending}>
            {fresh === 0 ? 'Import' : `Import ${plural(fresh, 'proxy', 'proxies')}`}
          </Button>
        </>
      }
    >
      <Textarea
        label="Proxies"
        description="One a line in any form your provider uses, or CSV with a heading, or JSON."
        className={css.paste}
        placeholder={EXAMPLE}
        data-autofocus
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setChosen(new Map());
        }}
      />
      <div className={layout.two}>
        <Select
          label="Default type"
          data={ProxyScheme.options}
          allowDeselect={false}
          value={scheme}
          onChange={(value) => setScheme(ProxyScheme.parse(value))}
        />
        <TagsField label="Tags" maxTags={30} placeholder="none" value={tags} onChange={setTags} />
      </div>
      {found === undefined ? null : (
        <Verdicts found={found} choose={(line, reading) => setChosen((now) => new Map(now).set(line, reading))} />
      )}
      {error === null ? null : <ErrorState inline error={error} />}
    </DialogForm>
  );
}
