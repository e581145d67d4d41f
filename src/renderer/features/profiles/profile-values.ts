/** Maps between profiles and the values of their form. */

import { z } from 'zod';
import { ExitPolicy } from '../../../contract/automation/profile/exit.ts';
import { BROWSERS, type Profile, ProfileCreate } from '../../../contract/automation/profiles.ts';
import { Sticky } from '../../../contract/automation/proxy/pools.ts';
import type { PoolId, ProxyId } from '../../../contract/kernel/scalars.ts';
import { issueText } from '../../../contract/kernel/text/issue-text.ts';
import type { Shape } from '../../lib/drafts/fitting.ts';
import type { useDraftForm } from '../../lib/drafts/use-draft-form.ts';
import type { Input } from '../../lib/live/query.ts';

/** Values of the form; empty text means "not set". */
export type ProfileValues = {
  name: string;
  color: string;
  group: string;
  tags: string[];
  notes: string;
  browser: Profile['browser'];
  executable_path: string;
  proxy_id: string | null;
  pool_id: string | null;
  sticky: Profile['sticky'];
  sticky_minutes: number | '';
  exit_policy: '' | NonNullable<Profile['exit_policy']>;
  start_urls: string[];
  locale: string;
  timezone: string;
  viewport_width: number | '';
  viewport_height: number | '';
  window_width: number | '';
  window_height: number | '';
  user_agent: string;
  color_scheme: '' | 'light' | 'dark';
  launch_args: string[];
  storage: Profile['storage'];
  clear_cache_on_stop: boolean;
  /** Megabytes. */
  run_budget: number | '';
  day_budget: number | '';
  month_budget: number | '';
};

/** The form's values and errors. */
export type ProfileDraft = ReturnType<typeof useDraftForm<ProfileValues>>;

const texts = z.array(z.string());
/** A number that is still being typed is a text. */
const size = z.custom<number | ''>((value) => typeof value === 'number' || typeof value === 'string');

/** What a draft of the form can hold. */
export const PROFILE_SHAPE: Shape<ProfileValues> = {
  name: z.string(),
  color: z.string(),
  group: z.string(),
  tags: texts,
  notes: z.string(),
  browser: z.enum(BROWSERS),
  executable_path: z.string(),
  proxy_id: z.string().nullable(),
  pool_id: z.string().nullable(),
  sticky: Sticky,
  sticky_minutes: size,
  exit_policy: z.enum(['', ...ExitPolicy.options]),
  start_urls: texts,
  locale: z.string(),
  timezone: z.string(),
  viewport_width: size,
  viewport_height: size,
  window_width: size,
  window_height: size,
  user_agent: z.string(),
  color_scheme: z.enum(['', 'light', 'dark']),
  launch_args: texts,
  storage: ProfileCreate.shape.storage.unwrap(),
  clear_cache_on_stop: z.boolean(),
  ...{ run_budget: size, day_budget: size, month_budget: size },
};

const MB = 1_048_576;
/** Not rounded: a budget that an API set stays what it is. */
const megabytes = (bytes: number | null | undefined): number | '' => (bytes == null ? '' : bytes / MB);

/** Initial values for editing `profile`, or for a new one with `browser`. */
export function valuesOf(profile: Profile | null, browser: Profile['browser']): ProfileValues {
  return {
    name: profile?.name ?? '',
    color: profile?.color ?? '#4f7cff',
    group: profile?.group ?? '',
    tags: profile?.tags ?? [],
    notes: profile?.notes ?? '',
    browser: profile?.browser ?? browser,
    executable_path: profile?.executable_path ?? '',
    proxy_id: profile?.proxy_id ?? null,
    pool_id: profile?.pool_id ?? null,
    sticky: profile?.sticky ?? 'failure',
    sticky_minutes: profile?.sticky_minutes ?? 60,
    exit_policy: profile?.exit_policy ?? '',
    start_urls: profile?.start_urls ?? [],
    locale: profile?.locale ?? '',
    timezone: profile?.timezone ?? '',
    viewport_width: profile?.viewport?.width ?? '',
    viewport_height: profile?.viewport?.height ?? '',
    window_width: profile?.window?.width ?? '',
    window_height: profile?.window?.height ?? '',
    user_agent: profile?.user_agent ?? '',
    color_scheme: profile?.color_scheme ?? '',
    launch_args: profile?.launch_args ?? [],
    storage: profile?.storage ?? 'persistent',
    clear_cache_on_stop: profile?.clear_cache_on_stop ?? false,
    run_budget: megabytes(profile?.traffic_budget?.run_bytes),
    day_budget: megabytes(profile?.traffic_budget?.day_bytes),
    month_budget: megabytes(profile?.traffic_budget?.month_bytes),
  };
}

const textOrNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
const sizeOrNull = (width: number | '', height: number | '') =>
  width === '' || height === '' ? null : { width, height };

const bytesOrNull = (amount: number | ''): number | null => (amount === '' ? null : Math.round(amount * MB));

function budgetOf({ run_budget, day_budget, month_budget }: ProfileValues) {
  if (run_budget === '' && day_budget === '' && month_budget === '') return null;
  return {
    run_bytes: bytesOrNull(run_budget),
    day_bytes: bytesOrNull(day_budget),
    month_bytes: bytesOrNull(month_budget),
  };
}

/** Input of `profiles_create` and `profiles_update`. */
export function inputOf(values: ProfileValues): Input<'profiles_create'> {
  return {
    name: values.name,
    color: values.color,
    group: textOrNull(values.group),
    tags: values.tags,
    notes: values.notes,
    browser: values.browser,
    executable_path: textOrNull(values.executable_path),
    proxy_id: values.proxy_id as ProxyId | null,
    pool_id: values.pool_id as PoolId | null,
    sticky: values.sticky,
    ...(values.sticky_minutes === '' ? {} : { sticky_minutes: values.sticky_minutes }),
    exit_policy: values.exit_policy === '' ? null : values.exit_policy,
    start_urls: values.start_urls,
    locale: textOrNull(values.locale),
    timezone: textOrNull(values.timezone),
    viewport: sizeOrNull(values.viewport_width, values.viewport_height),
    window: sizeOrNull(values.window_width, values.window_height),
    user_agent: textOrNull(values.user_agent),
    color_scheme: values.color_scheme === '' ? null : values.color_scheme,
    launch_args: values.launch_args,
    storage: values.storage,
    clear_cache_on_stop: values.clear_cache_on_stop,
    traffic_budget: budgetOf(values),
  };
}

/** Form field of an input path such as `/viewport/height` or `tags.0`. */
const fieldOf = (path: string): string => {
  const [first = '', second] = path.replace(/^\//, '').split(/[./]/);
  if (first === 'traffic_budget') return `${(second ?? 'run_bytes').replace(/_bytes$/, '')}_budget`;
  return first === 'viewport' || first === 'window' ? `${first}_${second === 'height' ? 'height' : 'width'}` : first;
};

/** Maps validation messages from input paths to form fields. */
export const fieldErrors = (errors: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(errors).map(([path, message]) => [fieldOf(path), message]));

/** Validates against the contract's schema. @returns messages by form field; empty when valid */
export function validateProfile(values: ProfileValues): Record<string, string> {
  const errors: Record<string, string> = {};
  if (values.name.trim() === '') errors.name = 'Name is required';
  for (const side of ['viewport', 'window'] as const) {
    const [width, height] = [values[`${side}_width`], values[`${side}_height`]];
    if ((width === '') !== (height === '')) errors[`${side}_width`] = 'Enter both width and height, or neither';
  }
  const parsed = ProfileCreate.safeParse(inputOf(values));
  if (!parsed.success) {
    for (const issue of parsed.error.issues) errors[fieldOf(issue.path.join('.'))] ??= issueText(issue);
  }
  return errors;
}
