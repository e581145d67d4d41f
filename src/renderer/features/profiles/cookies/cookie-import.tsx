/** Cookies from a text, a file or another profile, with a verdict for each that was not taken. */
import { Checkbox, Modal, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { CookieVerdict } from '../../../../contract/automation/profile/cookies.ts';
import type { Profile } from '../../../../contract/automation/profiles.ts';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import { count } from '../../../lib/format.ts';
import { useAct } from '../../../lib/live/query.ts';
import { Button } from '../../../ui/buttons.tsx';
import { EntityPicker } from '../../../ui/entity-picker/entity-picker.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import { errorToast } from '../../../ui/feedback/toast.tsx';
import { DialogForm } from '../../../ui/form/dialog-form.tsx';
import { TextOrFile } from '../../../ui/form/text-or-file.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import css from './cookies.module.css';

const SOURCES = [
  { value: 'text', label: 'Text or file' },
  { value: 'profile', label: 'Another profile' },
] as const;

/** @param props.done called when cookies have changed */
export function CookieImport({ profile, close, done }: { profile: Profile; close(): void; done(): void }) {
  const [verdict, setVerdict] = useState<CookieVerdict | null>(null);
  const onDone = (answer: CookieVerdict) => {
    setVerdict(answer);
    if (answer.imported > 0) done();
  };
  return (
    <Modal opened onClose={close} title={`Import cookies into “${profile.name}”`} size={560}>
      {verdict === null ? (
        <Fields profile={profile} close={close} onDone={onDone} />
      ) : (
        <Verdict verdict={verdict} close={close} again={() => setVerdict(null)} />
      )}
    </Modal>
  );
}

function Fields({ profile, close, onDone }: { profile: Profile; close(): void; onDone(verdict: CookieVerdict): void }) {
  // Not a draft: cookies are credentials and are kept nowhere.
  const [source, setSource] = useState<'text' | 'profile'>('text');
  const [content, setContent] = useState('');
  const [from, setFrom] = useState<string | null>(null);
  const [domain, setDomain] = useState('');
  const [replace, setReplace] = useState(false);
  const failed = {
    onDone,
    onError: (error: Parameters<typeof errorToast>[1]) => errorToast('Could not import', error),
  };
  const set = useAct('profiles_cookies_set', failed);
  const copy = useAct('profiles_cookies_copy', failed);
  const blocked =
    source === 'text'
      ? content.trim() === ''
        ? 'Paste cookies or choose a file'
        : null
      : from === null
        ? 'Choose a profile'
        : null;
  const mode = replace ? 'replace' : 'merge';
  const only = domain.trim() === '' ? {} : { domain: domain.trim() };
  const submit = () => {
    if (blocked !== null) return;
    if (source === 'text') set.mutate({ id: profile.id, text: content, mode, ...only });
    else copy.mutate({ id: profile.id, from: from as ProfileId, mode, ...only });
  };
  return (
    <DialogForm
      submit={submit}
      foot={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button submit kind="primary" busy={set.isPending || copy.isPending} blocked={blocked}>
            Import
          </Button>
        </>
      }
    >
      <SegmentedControl
        size="xs"
        aria-label="Where the cookies come from"
        data={[...SOURCES]}
        value={source}
        onChange={(value) => setSource(value as 'text' | 'profile')}
      />
      {source === 'text' ? (
        <TextOrFile
          label="Cookies"
          description="JSON of any exporter, a storage state, a Netscape file, a Cookie header, Set-Cookie lines or HAR"
          fileLabel="File with cookies"
          accept=".json,.txt,.har,.cookies"
          value={content}
          onChange={setContent}
        />
      ) : (
        <EntityPicker of="profiles" label="Profile" value={from} onChange={setFrom} required />
      )}
      <TextInput
        size="xs"
        label={source === 'text' ? 'Domain, where the text does not say' : 'Only this domain'}
        description={source === 'text' ? 'A Cookie header, or names with values alone' : 'With its subdomains'}
        placeholder="example.com"
        value={domain}
        onChange={(event) => setDomain(event.currentTarget.value)}
      />
      <Checkbox
        size="xs"
        label={
          source === 'profile' && domain.trim() !== ''
            ? 'Replace the cookies of this domain'
            : 'Replace all cookies that are there'
        }
        checked={replace}
        onChange={(event) => setReplace(event.currentTarget.checked)}
      />
    </DialogForm>
  );
}

function Verdict({ verdict, close, again }: { verdict: CookieVerdict; close(): void; again(): void }) {
  const { imported, rejected } = verdict;
  return (
    <DialogForm
      submit={close}
      foot={
        <>
          {rejected.length === 0 ? null : <Button onClick={again}>Import others</Button>}
          <Button submit kind="primary">
            Done
          </Button>
        </>
      }
    >
      <Notice tone={rejected.length === 0 ? 'info' : 'warn'} alert>
        {count(imported)} imported{rejected.length === 0 ? '.' : `, ${count(rejected.length)} not:`}
      </Notice>
      {rejected.length === 0 ? null : (
        <ul className={`${layout.bare} ${css.verdict}`} aria-label="Not imported">
          {rejected.map(({ line, reason }) => (
            <li key={`${line} ${reason}`}>
              <span className={text.muted}>{line}:</span> {reason}
            </li>
          ))}
        </ul>
      )}
    </DialogForm>
  );
}
