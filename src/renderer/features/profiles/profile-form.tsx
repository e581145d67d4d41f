/** The dialog that creates and edits a profile. */

import { Modal } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { BROWSERS, type Profile } from '../../../contract/automation/profiles.ts';
import { fieldTexts } from '../../../contract/kernel/field-words.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import { useActions } from '../../lib/keys/use-actions.ts';
import { useAct, useOperationQuery } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { ErrorState, StateFrame } from '../../ui/feedback/state-frame.tsx';
import layout from '../../ui/styles/layout.module.css';
import { ProfileFields } from './profile-fields.tsx';
import css from './profile-form.module.css';
import { fieldErrors, inputOf, type ProfileValues, validateProfile, valuesOf } from './profile-values.ts';

export interface ProfileFormProps {
  /** Profile to change, `new` for a new one, `null` while the dialog is closed. */
  id: string | null;
  close(): void;
  created(id: ProfileId): void;
}

export function ProfileFormDialog({ id, close, created }: ProfileFormProps) {
  // The content stays while the dialog fades out.
  const [shown, setShown] = useState(id);
  if (id !== null && id !== shown) setShown(id);
  return (
    <Modal opened={id !== null} onClose={close} title={shown === 'new' ? 'New profile' : 'Edit profile'} size={640}>
      {shown === null ? null : shown === 'new' ? (
        <NewProfile close={close} created={created} />
      ) : (
        <Existing id={shown as ProfileId} close={close} created={created} />
      )}
    </Modal>
  );
}

/** Waits for the settings, which name the default browser: a form takes its initial values only once. */
function NewProfile(rest: { close(): void; created(id: ProfileId): void }) {
  const settings = useOperationQuery('settings_get', {});
  const preferred = BROWSERS.find((family) => family === settings.data?.values['browser.default']) ?? 'chromium';
  return settings.isPending ? null : <ProfileForm initial={valuesOf(null, preferred)} profile={null} {...rest} />;
}

function Existing({ id, ...rest }: { id: ProfileId; close(): void; created(id: ProfileId): void }) {
  const query = useOperationQuery('profiles_get', { id });
  return (
    <StateFrame of={query}>
      {query.data === undefined ? null : (
        <ProfileForm initial={valuesOf(query.data, query.data.browser)} profile={query.data} {...rest} />
      )}
    </StateFrame>
  );
}

function ProfileForm({
  initial,
  profile,
  close,
  created,
}: {
  initial: ProfileValues;
  profile: Profile | null;
  close(): void;
  created(id: ProfileId): void;
}) {
  const blocked = useCan(profile === null ? 'profiles_create' : 'profiles_update');
  // A later version, read while the form is open, has changes that these values lack; saving over it must be a version conflict.
  const [opened] = useState(profile);
  const form = useForm<ProfileValues>({ initialValues: initial, validate: validateProfile });
  const onError = (error: { errors: Record<string, string> | undefined }) =>
    form.setErrors(fieldErrors(fieldTexts(error.errors ?? {})));
  const create = useAct('profiles_create', { onDone: ({ id }) => created(id), onError });
  const update = useAct('profiles_update', { onDone: close, onError });
  const error = create.error ?? update.error;
  const busy = create.isPending || update.isPending;
  const submit = form.onSubmit((values) => {
    if (busy) return;
    const input = inputOf(values);
    if (opened === null) create.mutate(input);
    else update.mutate({ ...input, id: opened.id, version: opened.version });
  });
  useActions([
    {
      id: 'profile.save',
      title: 'Save the profile',
      group: 'Profiles',
      layer: 'editor',
      keys: ['Mod+S', 'Mod+Enter'],
      inFields: true,
      blocked,
      run: () => submit(),
    },
  ]);
  return (
    <form onSubmit={submit} className={`${layout.col} ${css.form}`}>
      <ProfileFields form={form} />
      {error === null ? null : <ErrorState inline error={error} />}
      <div className={`${layout.row} ${css.foot}`}>
        <Button onClick={close}>Cancel</Button>
        <Button submit kind="primary" label="Save" action="profile.save" blocked={blocked} busy={busy}>
          {profile === null ? 'Create profile' : 'Save'}
        </Button>
      </div>
    </form>
  );
}
