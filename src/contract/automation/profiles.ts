/** Chrome profiles and the browsers found on this machine. */
import { z } from 'zod';
import { call } from '../kernel/define.ts';
import type { EntityRecord } from '../kernel/entity.ts';
import { contains, fixed, oneOf } from '../kernel/filters.ts';
import { resource } from '../kernel/paging.ts';
import { entityFields, PoolId, ProfileId, ProxyId, Timestamp } from '../kernel/scalars.ts';
import { natural, number, ranked, text } from '../kernel/sorts.ts';
import { LastTask } from './last-task.ts';
import { deniedSwitch } from './launch-switches.ts';
import { ExitPolicy } from './profile/exit.ts';
import { TrafficBudget } from './profile/traffic.ts';
import { ProxyRoute } from './proxies.ts';
import { Sticky } from './proxy/pools.ts';

/** Browser families that the product can drive. */
export const BROWSERS = ['chromium', 'chrome', 'edge', 'brave'] as const;
export const BrowserFamily = z.enum(BROWSERS);
export type BrowserFamily = z.infer<typeof BrowserFamily>;

/** Life of a profile; read from the process that holds it, never from a stored pid. */
export const ProfileState = z.enum(['stopped', 'starting', 'running', 'stopping', 'crashed', 'locked']);
export type ProfileState = z.infer<typeof ProfileState>;

/** Profiles in use come last, so that they are first in descending order. */
export const STATE_ORDER = [
  'stopped',
  'locked',
  'crashed',
  'stopping',
  'starting',
  'running',
] as const satisfies ProfileState[];

/** Who has the exclusive use of a profile. */
export const ProfileHolder = z.object({
  kind: z.enum(['task', 'manual', 'foreign']),
  id: z.string(),
  since: Timestamp,
});
export type ProfileHolder = z.infer<typeof ProfileHolder>;

const Size = z.object({ width: z.int().min(200).max(16384), height: z.int().min(200).max(16384) });
const StartUrl = z.url({ protocol: /^(https?|about|chrome)$/ });

/** IANA zone that this runtime knows. */
export const TimeZone = z.string().max(64).refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin');
/** BCP 47 language tag. */
export const Locale = z.string().max(35).refine(isLocale, 'must be a BCP 47 language tag such as de-DE');

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

const LaunchArg = z
  .string()
  .max(500)
  .regex(/^--[a-z0-9-]+(=.*)?$/s, 'must look like --name or --name=value')
  .refine((arg) => deniedSwitch(arg) === undefined, {
    message: 'is managed by TabAgent and cannot be set here',
  });

/** What an operator may set on a profile. */
const editable = {
  name: z.string().trim().min(1).max(100),
  color: z.string().regex(/^#[0-9a-f]{6}$/i, 'must be a colour like #4f7cff'),
  group: z.string().trim().min(1).max(100).nullable(),
  tags: z.array(z.string().trim().min(1).max(50)).max(30),
  notes: z.string().max(1500),
  browser: BrowserFamily,
  executable_path: z.string().min(1).max(4096).nullable(),
  proxy_id: ProxyId.nullable(),
  start_urls: z.array(StartUrl).max(50),
  locale: Locale.nullable(),
  timezone: TimeZone.nullable(),
  viewport: Size.nullable(),
  window: Size.nullable(),
  user_agent: z.string().min(1).max(500).nullable(),
  color_scheme: z.enum(['light', 'dark']).nullable(),
  launch_args: z.array(LaunchArg).max(50),
  storage: z.enum(['persistent', 'ephemeral']),
  clear_cache_on_stop: z.boolean(),
  traffic_budget: TrafficBudget.nullable(),
  /** In place of a proxy. */
  pool_id: PoolId.nullable(),
  sticky: Sticky,
  /** With the rule `minutes`. */
  sticky_minutes: z.int().min(1).max(525_600),
  /** Null: as the setting says. */
  exit_policy: ExitPolicy.nullable(),
};

/** One profile. `size_bytes` is the size of its folder when it was last measured. */
export const Profile = z.object({
  id: ProfileId,
  ...editable,
  color: z.string(),
  start_urls: z.array(z.string()),
  launch_args: z.array(z.string()),
  locale: z.string().nullable(),
  timezone: z.string().nullable(),
  number: z.int(),
  extensions: z.array(z.string()),
  state: ProfileState,
  holder: ProfileHolder.nullable(),
  size_bytes: z.int(),
  last_started_at: Timestamp.nullable(),
  last_task: LastTask.nullable(),
  ...entityFields,
});
export type Profile = z.infer<typeof Profile>;

export const ProfileCreate = z.strictObject({
  ...editable,
  color: editable.color.default('#4f7cff'),
  group: editable.group.default(null),
  tags: editable.tags.default([]),
  notes: editable.notes.default(''),
  browser: editable.browser.default('chromium'),
  executable_path: editable.executable_path.default(null),
  proxy_id: editable.proxy_id.default(null),
  start_urls: editable.start_urls.default([]),
  locale: editable.locale.default(null),
  timezone: editable.timezone.default(null),
  viewport: editable.viewport.default(null),
  window: editable.window.default(null),
  user_agent: editable.user_agent.default(null),
  color_scheme: editable.color_scheme.default(null),
  launch_args: editable.launch_args.default([]),
  storage: editable.storage.default('persistent'),
  clear_cache_on_stop: editable.clear_cache_on_stop.default(false),
  traffic_budget: editable.traffic_budget.default(null),
  pool_id: editable.pool_id.default(null),
  sticky: editable.sticky.default('failure'),
  sticky_minutes: editable.sticky_minutes.default(60),
  exit_policy: editable.exit_policy.default(null),
});
export type ProfileCreate = z.infer<typeof ProfileCreate>;

/** What a task remembers of the profile it ran with: everything a launch depends on. */
export const ProfileSnapshot = Profile.pick({
  ...{ id: true, version: true, name: true, browser: true, executable_path: true, launch_args: true, start_urls: true },
  ...{ locale: true, timezone: true, viewport: true, window: true, user_agent: true, color_scheme: true },
  ...{ storage: true, clear_cache_on_stop: true },
}).extend({
  // Tasks that were made before there were proxies have none.
  proxy_id: ProxyId.nullable().default(null),
  proxy: ProxyRoute.nullable().default(null),
  // Those that were made before there were pools.
  pool_id: PoolId.nullable().default(null),
  sticky: Sticky.default('failure'),
  sticky_minutes: z.int().default(60),
});
export type ProfileSnapshot = z.infer<typeof ProfileSnapshot>;

/** A browser found on this machine. */
export const FoundBrowser = z.object({
  family: BrowserFamily,
  name: z.string(),
  path: z.string(),
  version: z.string().nullable(),
  source: z.enum(['setting', 'environment', 'system', 'playwright']),
});
export type FoundBrowser = z.infer<typeof FoundBrowser>;

export const profileRecord = {
  area: 'automation',
  id: ProfileId,
  filters: {
    id: fixed(oneOf(ProfileId)),
    q: contains('name', 'notes', 'tags'),
    state: oneOf(ProfileState),
    group: oneOf(z.string()),
    tag: oneOf(z.string(), 'tags'),
    proxy_id: oneOf(ProxyId),
    pool_id: oneOf(PoolId),
  },
  sorts: {
    created_at: fixed(text),
    updated_at: text,
    name: natural,
    number: fixed(number),
    size_bytes: number,
    state: ranked(STATE_ORDER),
    group: text,
    browser: text,
    locale: text,
    last_started_at: text,
  },
  lists: ['profiles_list'],
  one: 'profiles_get',
  related: ['profiles_snapshots_list', 'profiles_traffic', 'profiles_exit'],
  summaries: ['pools_list', 'pools_get'],
  // What schedules wait for; the change of state is told beside it.
  events: {
    ...{ started: {}, stopped: {}, crashed: {} },
    exit: { stale: ['profiles_exit'] },
    traffic: { stale: ['profiles_traffic'] },
    traffic_spent: { stale: ['profiles_traffic'] },
  },
} as const satisfies EntityRecord;

const area = { area: 'automation', tags: ['profiles'] } as const;

export const profileOperations = {
  ...resource('profiles', {
    row: 'B01',
    tag: 'profiles',
    noun: 'profile',
    record: profileRecord,
    entity: Profile,
    create: ProfileCreate,
    update: {
      ...z.object(editable).partial().shape,
      tags: editable.tags.nullable().optional(),
      notes: editable.notes.nullable().optional(),
      start_urls: editable.start_urls.nullable().optional(),
      launch_args: editable.launch_args.nullable().optional(),
    },
    actions: ['start', 'stop', 'delete', 'restore', 'update'],
    running: ['start', 'stop'],
  }),
  profiles_start: call(
    z.strictObject({
      id: ProfileId,
      headless: z.boolean().default(false),
      urls: z.array(StartUrl).max(50).optional(),
      wait: z.boolean().default(true),
    }),
    Profile,
    {
      ...area,
      row: 'B02',
      summary: 'Open the browser of a profile for manual use',
      scope: 'run',
      idempotencyKey: true,
      http: { method: 'POST', path: '/v1/profiles/{id}/start' },
    },
  ),
  profiles_stop: call(z.strictObject({ id: ProfileId, force: z.boolean().default(false) }), Profile, {
    ...area,
    row: 'B03',
    summary: 'Close the browser of a profile; its data is kept',
    scope: 'run',
    http: { method: 'POST', path: '/v1/profiles/{id}/stop' },
  }),
  profiles_unlock: call(z.strictObject({ id: ProfileId }), Profile, {
    ...area,
    row: '-',
    summary: 'Remove a stale lock from a profile',
    scope: 'manage',
    http: null,
  }),
  browsers_list: call(
    z.strictObject({ refresh: z.boolean().default(false) }),
    z.object({ items: z.array(FoundBrowser) }),
    {
      row: '-',
      summary: 'List the browsers found on this machine',
      tags: ['profiles'],
      scope: 'read',
      area: 'automation',
      http: null,
    },
  ),
  browsers_check: call(z.strictObject({ path: z.string().min(1).max(4096) }), FoundBrowser, {
    row: '-',
    summary: 'Check whether a path is a usable browser',
    tags: ['profiles'],
    scope: 'manage',
    area: 'automation',
    http: null,
  }),
};
