/** Settings: one schema gives defaults, validation, the JSON Schema and the settings screen. */
import { z } from 'zod';
import { BROWSERS } from '../automation/profiles.ts';
import { AREAS, call, TIERS } from '../kernel/define.ts';
import type { EntityRecord } from '../kernel/entity.ts';
import { JsonObject, Nothing } from '../kernel/scalars.ts';
import { inferenceSettings } from './inference-settings.ts';
import { proxySettings } from './proxy-settings.ts';
import { at, HostName, Origin, TierRate } from './setting-fields.ts';

/** Every setting by dotted key. `x-restart` marks those that take effect after a restart, `x-desktop` those of the desktop app only. */
export const Settings = z.strictObject({
  'desktop.close_to_tray': z
    .boolean()
    .default(true)
    .meta(
      at('General', 'Keep running in the tray', 'Closing the window leaves the host and its tasks running.', {
        desktop: true,
      }),
    ),
  'desktop.start_at_login': z
    .boolean()
    .default(false)
    .meta(
      at('General', 'Start at login', 'Start hidden in the tray when you sign in to this computer.', { desktop: true }),
    ),
  'desktop.notifications': z
    .boolean()
    .default(true)
    .meta(
      at(
        'General',
        'Notify when a task fails',
        'Show a system notification when a task fails while the window is hidden.',
        { desktop: true },
      ),
    ),
  'appearance.theme': z
    .enum(['system', 'light', 'dark'])
    .default('system')
    .meta(at('Appearance', 'Theme', 'Light, dark or the system setting.')),
  'appearance.density': z
    .enum(['comfortable', 'compact'])
    .default('comfortable')
    .meta(at('Appearance', 'Density', 'Height of table rows.')),
  host: z
    .string()
    .min(1)
    .max(255)
    .default('127.0.0.1')
    .meta(
      at(
        'API & security',
        'Bind address',
        'Address the API listens on. Any address other than loopback requires an API key and an allowed host name.',
        { restart: true },
      ),
    ),
  port: z
    .int()
    .min(0)
    .max(65_535)
    .default(8080)
    .meta(at('API & security', 'Port', 'Port of the API and the panel; 0 takes any free port.', { restart: true })),
  allowed_hosts: z
    .array(HostName)
    .max(100)
    .default([])
    .meta(at('API & security', 'Allowed host names', 'Additional Host header values to accept.')),
  allowed_origins: z
    .array(Origin)
    .max(100)
    .default([])
    .meta(
      at('API & security', 'Allowed origins', 'Web origins allowed to call the API, for example https://example.com.'),
    ),
  allow_unauthenticated_local: z
    .boolean()
    .default(false)
    .meta(
      at(
        'API & security',
        'Local access without a key',
        'Programs on this computer may use the model routes without an API key.',
      ),
    ),
  docs_enabled: z
    .boolean()
    .default(true)
    .meta(at('API & security', 'API documentation', 'Serve Swagger UI and the API reference.')),
  metrics_enabled: z
    .boolean()
    .default(true)
    .meta(at('API & security', 'Metrics', 'Serve Prometheus metrics under /metrics.')),
  ...inferenceSettings,
  'rate_limits.enabled': z
    .boolean()
    .default(true)
    .meta(at('API & security', 'Rate limits', 'Limit how often each client may call.')),
  'rate_limits.tiers': z
    .partialRecord(z.enum(TIERS), TierRate)
    .default({})
    .meta(
      at(
        'API & security',
        'Rate limit tiers',
        'Requests per minute and burst for each tier; tiers not listed keep their default.',
      ),
    ),
  'browser.default': z
    .enum(BROWSERS)
    .default('chromium')
    .meta(at('Browser', 'Browser for new profiles', 'Browser family that a new profile uses.')),
  'browser.executable_path': z
    .string()
    .max(4096)
    .nullable()
    .default(null)
    .meta(
      at(
        'Browser',
        'Browser program',
        'Program file of the browser for profiles without one of their own. Leave empty to find it automatically.',
      ),
    ),
  ...proxySettings,
  'executor.max_running': z
    .int()
    .min(1)
    .max(64)
    .default(4)
    .meta(at('Queue', 'Concurrent tasks', 'Maximum number of tasks that run at the same time.')),
  'executor.activity': z
    .enum(['auto', 'high', 'low', 'sleep'])
    .default('auto')
    .meta(
      at(
        'Queue',
        'Activity',
        'Priorities that may start: urgent only (high), all but batch (low), all (sleep), or all but batch on battery (auto).',
      ),
    ),
  'executor.paused': z
    .boolean()
    .default(false)
    .meta(at('Queue', 'Queue paused', 'New tasks wait until the queue is resumed.')),
  'executor.grace_seconds': z
    .number()
    .min(0)
    .max(60)
    .default(0.5)
    .meta(
      at(
        'Queue',
        'Cancel grace period',
        'Seconds a cancelled task has to close its browser before its processes are killed.',
      ),
    ),
  'retention.tasks_days': z
    .int()
    .min(1)
    .max(3650)
    .default(30)
    .meta(
      at(
        'Storage & retention',
        'Keep finished tasks',
        'Days until a finished task is deleted with its log and artifacts.',
      ),
    ),
  'retention.artifacts_mb': z
    .int()
    .min(50)
    .max(10_000_000)
    .default(5120)
    .meta(
      at(
        'Storage & retention',
        'Artifact storage limit',
        'MiB of task logs and artifacts. Beyond it, the oldest finished tasks are deleted.',
      ),
    ),
  'retention.task_log_mb': z
    .int()
    .min(1)
    .max(10_240)
    .default(64)
    .meta(
      at(
        'Storage & retention',
        'Log limit per attempt',
        'MiB of log kept per attempt. Lines beyond it are counted but not kept.',
      ),
    ),
  'retention.logs_mb': z
    .int()
    .min(8)
    .max(100_000)
    .default(128)
    .meta(
      at('Storage & retention', 'Host log storage limit', 'MiB of host log. Beyond it, the oldest files are deleted.'),
    ),
  'retention.events_days': z
    .int()
    .min(1)
    .max(365)
    .default(7)
    .meta(at('Storage & retention', 'Keep change history', 'Days of changes that clients can catch up on.')),
  'redaction.extra': z
    .array(z.string().min(4).max(1000))
    .max(500)
    .default([])
    .meta(at('Advanced', 'Additional words to redact', 'Each is redacted from logs and outputs like a secret.')),
  log_level: z
    .enum(['debug', 'info', 'warn', 'error'])
    .default('info')
    .meta(at('Advanced', 'Log level', 'Lowest level that is written to the host log.')),
});
/** All settings with their values. */
export type Settings = z.infer<typeof Settings>;
/** A dotted setting key. */
export type SettingKey = keyof Settings;

/** Default value of every setting. */
export const DEFAULT_SETTINGS: Settings = Settings.parse({});

/** Areas a key may be given; `any` is not one. */
export const KEY_AREAS = AREAS.filter((area) => area !== 'any');

/** Record of the settings, which change as one. */
export const settingsRecord = {
  area: 'host',
  summaries: ['settings_get', 'host_info', 'queue_stats', 'browsers_list'],
} as const satisfies EntityRecord;

const host = { area: 'host' } as const;

export const settingsOperations = {
  settings_get: call(
    Nothing,
    z.object({ values: JsonObject, version: z.int(), restart_required: z.array(z.string()) }),
    {
      ...host,
      row: 'B64',
      tags: ['settings'],
      summary: 'Settings in force',
      scope: 'read',
      http: { method: 'GET', path: '/v1/settings' },
    },
  ),
  settings_update: call(
    JsonObject,
    z.object({ values: JsonObject, version: z.int(), restart_required: z.array(z.string()) }),
    {
      ...host,
      row: 'B64',
      tags: ['settings'],
      summary: 'Change settings by dotted key; null restores the default',
      scope: 'admin',
      http: { method: 'PATCH', path: '/v1/settings' },
    },
  ),
  settings_schema: call(Nothing, JsonObject, {
    ...host,
    row: 'B64',
    tags: ['settings'],
    summary: 'JSON Schema of the settings with titles',
    scope: 'read',
    http: { method: 'GET', path: '/v1/settings/schema' },
  }),
};
