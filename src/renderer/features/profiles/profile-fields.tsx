/** The fields of the profile form, grouped by subject. */
import { Autocomplete, ColorInput, NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { BROWSERS } from '../../../contract/automation/profiles.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { TagsField } from '../../ui/form/tags-field.tsx';
import layout from '../../ui/styles/layout.module.css';
import { WayOutFields } from './exit/way-out-fields.tsx';
import css from './profile-form.module.css';
import type { ProfileDraft } from './profile-values.ts';

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
const COLOR_SCHEMES = [
  { value: '', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];
const STORAGES = [
  { value: 'persistent', label: 'Kept between runs' },
  { value: 'ephemeral', label: 'Cleared on every start' },
];

interface FieldsProps {
  form: ProfileDraft;
}

export function ProfileFields({ form }: FieldsProps) {
  return (
    <>
      <div className={css.nameRow}>
        <TextInput label="Name" withAsterisk data-autofocus {...form.input('name')} />
        <ColorInput label="Colour" format="hex" withEyeDropper={false} swatches={SWATCHES} {...form.input('color')} />
      </div>
      <div className={layout.two}>
        <TextInput label="Group" placeholder="none" {...form.input('group')} />
        <TagsField label="Tags" maxTags={30} {...form.input('tags')} />
        <BrowserFields form={form} />
        <RegionFields form={form} />
        <WayOutFields form={form} />
        <Select label="Colour scheme" data={COLOR_SCHEMES} {...form.input('color_scheme')} />
        <Select label="Storage" data={STORAGES} {...form.input('storage')} />
      </div>
      <div className={css.four}>
        <NumberInput label="Viewport width" placeholder="default" {...form.input('viewport_width')} />
        <NumberInput label="Viewport height" placeholder="default" {...form.input('viewport_height')} />
        <NumberInput label="Window width" placeholder="default" {...form.input('window_width')} />
        <NumberInput label="Window height" placeholder="default" {...form.input('window_height')} />
      </div>
      <TextInput label="User agent" placeholder="browser default" {...form.input('user_agent')} />
      <LaunchFields form={form} />
      <Textarea label="Notes" autosize minRows={2} maxRows={6} {...form.input('notes')} />
      <BudgetFields form={form} />
      <Switch label="Clear the cache when the browser stops" {...form.toggle('clear_cache_on_stop')} />
    </>
  );
}

/** The browser family, labelled with the installed version, and an optional path that overrides it. */
function BrowserFields({ form }: FieldsProps) {
  const browsers = useOperationQuery('browsers_list', {});
  const families = BROWSERS.map((family) => {
    const found = browsers.data?.items.find((item) => item.family === family);
    return {
      value: family,
      label: found === undefined ? `${family} (not found)` : `${found.name} ${found.version ?? ''}`,
    };
  });
  return (
    <>
      <Select label="Browser" data={families} {...form.input('browser')} />
      <TextInput label="Browser program" placeholder="Found automatically" {...form.input('executable_path')} />
    </>
  );
}

/** Locale and time zone that pages see. */
function RegionFields({ form }: FieldsProps) {
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone'), []);
  return (
    <>
      <Autocomplete label="Locale" placeholder="system" data={LOCALES} {...form.input('locale')} />
      <Autocomplete label="Time zone" placeholder="system" data={zones} limit={30} {...form.input('timezone')} />
    </>
  );
}

/** How much it may send and receive through its proxy. */
function BudgetFields({ form }: FieldsProps) {
  const rest = { placeholder: 'no limit', min: 1, suffix: ' MB', hideControls: true };
  return (
    <div className={css.three}>
      <NumberInput label="Traffic per run" {...rest} {...form.input('run_budget')} />
      <NumberInput label="Traffic per day" {...rest} {...form.input('day_budget')} />
      <NumberInput label="Traffic per month" {...rest} {...form.input('month_budget')} />
    </div>
  );
}

/** Start pages and command-line switches. */
function LaunchFields({ form }: FieldsProps) {
  return (
    <>
      <TagsField
        label="Start pages"
        description="Opened when you start the browser manually. Press Enter after each."
        placeholder="https://…"
        {...form.input('start_urls')}
      />
      <TagsField
        label="Extra launch arguments"
        description="For example --lang=de. Arguments that TabAgent manages itself are refused."
        placeholder="--argument=value"
        {...form.input('launch_args')}
      />
    </>
  );
}
