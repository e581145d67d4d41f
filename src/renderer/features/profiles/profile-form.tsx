/** The dialog that creates and edits a profile. */

import { BROWSERS, type Profile } from '../../../contract/automation/profiles.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import { fieldTexts, nameOf } from '../../../contract/kernel/text/field-words.ts';
import { useDraftForm } from '../../lib/drafts/use-draft-form.ts';
import { useActions } from '../../lib/keys/use-actions.ts';
import { useAct, useOperationQuery } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { ErrorState, StateFrame } from '../../ui/feedback/state-frame.tsx';
import { undoToast } from '../../ui/feedback/toast.tsx';
import { DialogForm } from '../../ui/form/dialog-form.tsx';
import { DraftNotice } from '../../ui/form/draft-notice.tsx';
import { EditDialog } from '../../ui/list/edit-dialog.tsx';
import { ProfileFields } from './profile-fields.tsx';
import {
  fieldErrors,
  inputOf,
  PROFILE_SHAPE,
  type ProfileDraft,
  type ProfileValues,
  validateProfile,
  valuesOf,
} from './profile-values.ts';

export interface ProfileFormProps {
  /** Profile to change, `new` for a new one, `null` while the dialog is closed. */
  id: string | null;
  close(): void;
  created(id: ProfileId): void;
}

export function ProfileFormDialog({ id, ...ends }: ProfileFormProps) {
  return (
    <EditDialog id={id} what="profile" size={640} close={ends.close}>
      {(shown) => (shown === null ? <NewProfile {...ends} /> : <Existing id={shown as ProfileId} {...ends} />)}
    </EditDialog>
  );
}

/** Waits for the settings, which name the default browser. */
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

interface ProfileFormParts {
  initial: ProfileValues;
  profile: Profile | null;
  close(): void;
  created(id: ProfileId): void;
}

function ProfileForm({ initial, profile, close, created }: ProfileFormParts) {
  const form = useDraftForm(`profile:${profile?.id ?? 'new'}`, {
    initial,
    version: profile?.version ?? null,
    shape: PROFILE_SHAPE,
  });
  const isUnsettled = form.conflicts.length > 0 ? 'Resolve the conflict first' : null;
  const blocked = useCan(profile === null ? 'profiles_create' : 'profiles_update') ?? isUnsettled;
  const { error, busy, submit } = useSave({ form, profile, blocked, close, created });
  const cancel = () => {
    if (form.isChanged) undoToast('Changes discarded', form.drop());
    close();
  };
  useActions([
    {
      id: 'profile.save',
      title: 'Save the profile',
      group: 'Profiles',
      layer: 'editor',
      keys: ['Mod+S', 'Mod+Enter'],
      inFields: true,
      blocked,
      run: submit,
    },
  ]);
  return (
    <DialogForm
      submit={submit}
      error={error}
      foot={
        <>
          <Button onClick={cancel}>Cancel</Button>
          <Button submit kind="primary" label="Save" action="profile.save" blocked={blocked} busy={busy}>
            {profile === null ? 'Create profile' : 'Save'}
          </Button>
        </>
      }
    >
      <DraftNotice form={form} titleOf={nameOf} />
      <ProfileFields form={form} />
      {error === null ? null : <ErrorState inline error={error} />}
    </DialogForm>
  );
}

/** Creates the profile, or saves the changes of one. */
function useSave({
  form,
  profile,
  blocked,
  close,
  created,
}: Omit<ProfileFormParts, 'initial'> & {
  form: ProfileDraft;
  /** Why it cannot be saved now. */
  blocked: string | null;
}) {
  const onError = (error: { errors: Record<string, string> | undefined }) =>
    form.setErrors(fieldErrors(fieldTexts(error.errors ?? {})));
  const create = useAct('profiles_create', {
    onDone: ({ id }) => {
      form.drop();
      created(id);
    },
    onError,
  });
  const update = useAct('profiles_update', {
    onDone: () => {
      form.drop();
      close();
    },
    onError,
  });
  const error = create.error ?? update.error;
  const busy = create.isPending || update.isPending;
  const submit = () => {
    if (busy || blocked !== null) return;
    const errors = validateProfile(form.values);
    form.setErrors(errors);
    if (Object.keys(errors).length > 0) return;
    const input = inputOf(form.values);
    if (profile === null) create.mutate(input);
    else update.mutate({ ...input, id: profile.id, version: form.version ?? profile.version });
  };
  return { error, busy, submit };
}
