/** Creating and changing a profile. */
import {
  Autocomplete,
  ColorInput,
  Modal,
  NumberInput,
  Select,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMemo, useState } from 'react';
import { BROWSERS, type Profile } from '../../../contract/automation/profiles.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import { useActions } from '../../lib/keys/use-actions.ts';
import { useAct, useOperationQuery } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { ErrorState, StateFrame } from '../../ui/feedback/state-frame.tsx';
import { fieldErrors, inputOf, type ProfileValues, validateProfile, valuesOf } from './profile-values.ts';

const LOCALES = [
  'de-DE',
  'en-GB',
  'en-US',
  'es-ES',
  'fr-FR',
  'it-IT',
  'ja-JP',
  'nl-NL',
  'pl-PL',
  'pt-BR',
  'tr-TR',
  'zh-CN',
];
const SWATCHES = ['#4f7cff', '#12a594', '#30a46c', '#e5484d', '#f76b15', '#ffc53d', '#8e4ec6', '#687076'];

/** Props of {@link ProfileFormDialog}. */
export interface ProfileFormProps {
  /** Profile to change, `new` for a new one, `null` while the dialog is closed. */
  id: string | null;
  close(): void;
  created(id: ProfileId): void;
}

/** See the file's head. */
export function ProfileFormDialog({ id, close, created }: ProfileFormProps) {
  // While the dialog fades out it still shows what it showed.
  const [shown, setShown] = useState(id);
  if (id !== null && id !== shown) setShown(id);
  return (
    <Modal opened={id !== null} onClose={close} title={shown === 'new' ? 'New profile' : 'Edit profile'} size={640}>
      {shown === null ? null : shown === 'new' ? (
        <ProfileForm profile={null} close={close} created={created} />
      ) : (
        <Existing id={shown as ProfileId} close={close} created={created} />
      )}
    </Modal>
  );
}

function Existing({ id, ...rest }: { id: ProfileId; close(): void; created(id: ProfileId): void }) {
  const query = useOperationQuery('profiles_get', { id });
  return (
    <StateFrame of={query}>
      {query.data === undefined ? null : <ProfileForm profile={query.data} {...rest} />}
    </StateFrame>
  );
}

function ProfileForm({
  profile,
  close,
  created,
}: {
  profile: Profile | null;
  close(): void;
  created(id: ProfileId): void;
}) {
  const settings = useOperationQuery('settings_get', {});
  const browsers = useOperationQuery('browsers_list', {});
  const blocked = useCan(profile === null ? 'profiles_create' : 'profiles_update');
  const preferred = BROWSERS.find((family) => family === settings.data?.values['browser.default']) ?? 'chromium';
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone'), []);
  const form = useForm<ProfileValues>({
    initialValues: valuesOf(profile, preferred),
    validate: validateProfile,
  });
  const onError = (error: { errors: Record<string, string> | undefined }) =>
    form.setErrors(fieldErrors(error.errors ?? {}));
  const create = useAct('profiles_create', { onDone: ({ id }) => created(id), onError });
  const update = useAct('profiles_update', { onDone: close, onError });
  const error = create.error ?? update.error;
  const submit = form.onSubmit((values) => {
    const input = inputOf(values);
    if (profile === null) create.mutate(input);
    else update.mutate({ ...input, id: profile.id, version: profile.version });
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
  const found = browsers.data?.items ?? [];
  return (
    <form onSubmit={submit} className="col" style={{ gap: 14 }}>
      <div className="name-row">
        <TextInput label="Name" withAsterisk data-autofocus {...form.getInputProps('name')} />
        <ColorInput
          label="Colour"
          format="hex"
          withEyeDropper={false}
          swatches={SWATCHES}
          {...form.getInputProps('color')}
        />
      </div>
      <div className="two">
        <TextInput label="Group" placeholder="none" {...form.getInputProps('group')} />
        <TagsInput label="Tags" maxTags={30} {...form.getInputProps('tags')} />
        <Select
          label="Browser"
          data={BROWSERS.map((family) => {
            const match = found.find((item) => item.family === family);
            return {
              value: family,
              label: match === undefined ? `${family} (not found)` : `${match.name} ${match.version ?? ''}`,
            };
          })}
          {...form.getInputProps('browser')}
        />
        <TextInput label="Browser program" placeholder="found by itself" {...form.getInputProps('executable_path')} />
        <Autocomplete label="Locale" placeholder="system" data={LOCALES} {...form.getInputProps('locale')} />
        <Autocomplete
          label="Time zone"
          placeholder="system"
          data={zones}
          limit={30}
          {...form.getInputProps('timezone')}
        />
        <Select
          label="Colour scheme"
          data={[
            { value: '', label: 'System' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
          {...form.getInputProps('color_scheme')}
        />
        <Select
          label="Storage"
          data={[
            { value: 'persistent', label: 'Kept between runs' },
            { value: 'ephemeral', label: 'Fresh on every start' },
          ]}
          {...form.getInputProps('storage')}
        />
      </div>
      <div className="four">
        <NumberInput label="Viewport width" placeholder="default" {...form.getInputProps('viewport_width')} />
        <NumberInput label="Viewport height" placeholder="default" {...form.getInputProps('viewport_height')} />
        <NumberInput label="Window width" placeholder="default" {...form.getInputProps('window_width')} />
        <NumberInput label="Window height" placeholder="default" {...form.getInputProps('window_height')} />
      </div>
      <TextInput label="User agent" placeholder="browser default" {...form.getInputProps('user_agent')} />
      <TagsInput
        label="Start pages"
        description="Opened when you start the browser by hand; press Enter after each."
        placeholder="https://…"
        {...form.getInputProps('start_urls')}
      />
      <TagsInput
        label="Further browser switches"
        description="Such as --lang=de; switches that TabAgent manages itself are refused."
        placeholder="--switch=value"
        {...form.getInputProps('launch_args')}
      />
      <Textarea label="Notes" autosize minRows={2} maxRows={6} {...form.getInputProps('notes')} />
      <Switch
        label="Clear the cache when the browser stops"
        {...form.getInputProps('clear_cache_on_stop', { type: 'checkbox' })}
      />
      {error === null ? null : <ErrorState inline error={error} />}
      <div className="row dialog-foot">
        <Button onClick={close}>Cancel</Button>
        <Button
          submit
          kind="primary"
          label="Save"
          action="profile.save"
          blocked={blocked}
          busy={create.isPending || update.isPending}
        >
          {profile === null ? 'Create profile' : 'Save'}
        </Button>
      </div>
    </form>
  );
}
