/** Proxies that profiles go out through, what their checks found, and the operations on them. */
import { z } from 'zod';
import { call } from '../kernel/define.ts';
import type { EntityRecord } from '../kernel/entity.ts';
import { contains, fixed, oneOf } from '../kernel/filters.ts';
import { resource } from '../kernel/paging.ts';
import { entityFields, JobId, ProxyId, Timestamp } from '../kernel/scalars.ts';
import { natural, number, ranked, text } from '../kernel/sorts.ts';

/** What a proxy speaks. Names are always resolved by the proxy, never on this computer. */
export const ProxyScheme = z.enum(['http', 'https', 'socks4', 'socks5']);
export type ProxyScheme = z.infer<typeof ProxyScheme>;

/**
 * Why a proxy cannot be used: its name is not known, it refuses connections or the credentials, it breaks off, does not answer in time,
 * shows a bad certificate, does not speak its scheme, or cannot reach the target; `echo` is an echo address that told no IP address.
 */
export const ProxyFault = z.enum([
  'dns',
  'refused',
  'auth',
  'reset',
  'timeout',
  'certificate',
  'protocol',
  'target',
  'echo',
]);
export type ProxyFault = z.infer<typeof ProxyFault>;

/** What the last check says in one word. */
export const ProxyStatus = z.enum(['untested', 'ok', 'failing']);
export type ProxyStatus = z.infer<typeof ProxyStatus>;

/** Those that need attention come last, so that they are first in descending order. */
export const PROXY_STATUS_ORDER = ['ok', 'untested', 'failing'] as const satisfies ProxyStatus[];

/** Outcome of one check. `exit_ip`, `country` and `timezone` are what the echo address told, null where it told nothing. */
export const ProxyCheck = z.object({
  ok: z.boolean(),
  latency_ms: z.int().nullable(),
  exit_ip: z.string().nullable(),
  country: z.string().nullable(),
  timezone: z.string().nullable(),
  error: ProxyFault.nullable(),
  /** The error, or what the check could not find out, in words. */
  message: z.string().nullable(),
  checked_at: Timestamp,
});
export type ProxyCheck = z.infer<typeof ProxyCheck>;

/** Checks that a proxy keeps, for its sparkline. */
export const PROXY_HISTORY = 30;

/** One kept check; the latency of a failed one is null. */
export const ProxyPoint = z.object({ at: Timestamp, latency_ms: z.int().nullable() });

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const HOST_NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*\\.?$`, 'i');
/** A host name or an address; IPv6 without brackets. */
export const ProxyHost = z
  .string()
  .max(253)
  .refine((host) => HOST_NAME.test(host) || z.ipv6().safeParse(host).success, {
    message: 'must be a host name or an IP address',
  });

/** Text that goes into a header or a handshake: no control characters, at most what SOCKS can carry. */
const Credential = z
  .string()
  .max(255)
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not contain control characters');

/** What an operator may set on a proxy. */
const editable = {
  name: z.string().trim().min(1).max(100),
  scheme: ProxyScheme,
  host: ProxyHost,
  port: z.int().min(1).max(65_535),
  username: Credential.min(1).nullable(),
  refresh_url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullable(),
  tags: z.array(z.string().trim().min(1).max(50)).max(30),
  notes: z.string().max(1500),
  expires_at: Timestamp.nullable(),
};

/** One proxy. Its password is never read back. */
export const ProxyServer = z.object({
  id: ProxyId,
  ...editable,
  host: z.string(),
  refresh_url: z.string().nullable(),
  has_password: z.boolean(),
  used_by: z.int(),
  /** Bytes that browsers sent and received through it this month (UTC). */
  month_bytes: z.int(),
  status: ProxyStatus,
  /** Of the last check, null when it failed. */
  latency_ms: z.int().nullable(),
  country: z.string().nullable(),
  /** Where it came out when it last worked. */
  exit_ip: z.string().nullable(),
  last_check: ProxyCheck.nullable(),
  last_ok_at: Timestamp.nullable(),
  /** Failed checks since the last good one. */
  failures: z.int(),
  /** The last checks, oldest first. */
  history: z.array(ProxyPoint),
  ...entityFields,
});
export type ProxyServer = z.infer<typeof ProxyServer>;

/** Where a proxy was when a task was made. Its password is not kept with tasks. */
export const ProxyRoute = ProxyServer.pick({ id: true, scheme: true, host: true, port: true, username: true });
export type ProxyRoute = z.infer<typeof ProxyRoute>;

/** Without a name it is called `host:port`. */
export const ProxyCreate = z.strictObject({
  ...editable,
  name: editable.name.optional(),
  scheme: editable.scheme.default('http'),
  username: editable.username.default(null),
  password: Credential.min(1).nullable().default(null),
  refresh_url: editable.refresh_url.default(null),
  tags: editable.tags.default([]),
  notes: editable.notes.default(''),
  expires_at: editable.expires_at.default(null),
});
export type ProxyCreate = z.infer<typeof ProxyCreate>;

/** One way to read a line of an import; passwords are not shown. */
export const ProxyReading = ProxyRoute.omit({ id: true }).extend({
  name: z.string().nullable(),
  refresh_url: z.string().nullable(),
  has_password: z.boolean(),
});
export type ProxyReading = z.infer<typeof ProxyReading>;

const Line = z.int().min(1);
/** A text of proxies: lines, CSV with a heading, or JSON. */
export const ProxyImport = z.strictObject({
  text: z.string().min(1).max(1_500_000),
  dry_run: z.boolean().default(true),
  /** Of lines that name none. */
  scheme: ProxyScheme.default('http'),
  tags: editable.tags.default([]),
  /** Which reading of an ambiguous line is meant, from 0. */
  choices: z
    .array(z.strictObject({ line: Line, reading: z.int().min(0) }))
    .max(10_000)
    .default([]),
});
export type ProxyImport = z.infer<typeof ProxyImport>;

/** What a text holds. `line` counts the lines of the text, or the entries of JSON. */
export const ProxyImported = z.object({
  parsed: z.array(ProxyReading.extend({ line: Line, duplicate: z.boolean() })),
  created: z.int(),
  duplicates: z.int(),
  /** `text` is cut before anything that may be a password. */
  errors: z.array(z.object({ line: Line, text: z.string(), reason: z.string() })),
  ambiguous: z.array(z.object({ line: Line, readings: z.array(ProxyReading) })),
});
export type ProxyImported = z.infer<typeof ProxyImported>;

/** Result of checking many. */
export const ProxyChecks = z.object({ ok: z.int(), failed: z.int() });

/** What sums up how proxies are. */
const SUMMARIES = ['pools_list', 'pools_get', 'profiles_exit'] as const;

export const proxyRecord = {
  area: 'automation',
  id: ProxyId,
  filters: {
    id: fixed(oneOf(ProxyId)),
    q: contains('name', 'host', 'notes', 'tags'),
    scheme: oneOf(ProxyScheme),
    status: oneOf(ProxyStatus),
    country: oneOf(z.string()),
    exit_ip: oneOf(z.string()),
    tag: oneOf(z.string(), 'tags'),
  },
  sorts: {
    created_at: fixed(text),
    updated_at: text,
    name: natural,
    scheme: text,
    host: text,
    status: ranked(PROXY_STATUS_ORDER),
    latency_ms: number,
    country: text,
    last_ok_at: text,
    expires_at: text,
  },
  lists: ['proxies_list'],
  one: 'proxies_get',
  summaries: SUMMARIES,
  events: {
    checked: { stale: ['proxies_get'], summaries: SUMMARIES, row: true },
    traffic: { stale: ['proxies_get'], row: true },
    down: {},
    up: {},
  },
} as const satisfies EntityRecord;

const area = { area: 'automation', tags: ['proxies'] } as const;
const Timeout = z.int().min(100).max(120_000).default(15_000);

export const proxyOperations = {
  ...resource('proxies', {
    row: 'B11',
    tag: 'proxies',
    noun: 'proxy',
    record: proxyRecord,
    entity: ProxyServer,
    create: ProxyCreate,
    update: {
      ...z.object(editable).partial().shape,
      password: Credential.nullable().optional(),
      tags: editable.tags.nullable().optional(),
      notes: editable.notes.nullable().optional(),
    },
    actions: ['check', 'update', 'delete', 'restore'],
    running: ['check'],
  }),
  proxies_check: call(z.strictObject({ id: ProxyId, timeout_ms: Timeout }), ProxyCheck, {
    ...area,
    row: 'B12',
    summary: 'Check a proxy through the forwarder that browsers use',
    scope: 'run',
    http: { method: 'POST', path: '/v1/proxies/{id}/check' },
  }),
  proxies_check_all: call(
    z.strictObject({
      ids: z.array(ProxyId).min(1).max(10_000).optional(),
      concurrency: z.int().min(1).max(100).default(20),
      timeout_ms: Timeout,
      wait: z.boolean().default(false),
    }),
    z.union([ProxyChecks, z.object({ job_id: JobId, request_id: z.string() })]),
    {
      ...area,
      row: 'B13',
      summary: 'Check many proxies, or all of them, in the background',
      scope: 'run',
      job: true,
      http: { method: 'POST', path: '/v1/proxies/check' },
    },
  ),
  proxies_rotate: call(z.strictObject({ id: ProxyId }), ProxyServer, {
    ...area,
    row: 'B15',
    summary: 'Change the exit address of a proxy by its refresh address, then check it',
    scope: 'run',
    http: { method: 'POST', path: '/v1/proxies/{id}/rotate' },
  }),
  proxies_import: call(ProxyImport, ProxyImported, {
    ...area,
    row: 'B14',
    summary: 'Import proxies from a text in any usual form; a dry run tells what each line means',
    scope: 'manage',
    http: { method: 'POST', path: '/v1/proxies/import' },
  }),
};
