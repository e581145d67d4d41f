/** Commands: what can be run, with versions, an input schema and a dry run. */
import { z } from 'zod';
import { call } from '../kernel/define.ts';
import type { EntityRecord } from '../kernel/entity.ts';
import { contains, fixed, is, oneOf } from '../kernel/filters.ts';
import { listFields, page, resource } from '../kernel/paging.ts';
import { CommandId, entityFields, Json, JsonObject, Nothing, ProfileId, Timestamp } from '../kernel/scalars.ts';
import { natural, text } from '../kernel/sorts.ts';
import { CommandKind, CommandSpec } from './kinds/index.ts';
import { LastTask } from './last-task.ts';

export { COMMAND_KINDS, CommandKind, CommandSpec } from './kinds/index.ts';

/** Spec as it is sent: members with defaults may be left out, and `kind` too where the command names it. */
export const CommandSpecInput = JsonObject;

/** Retry policy: `max` further attempts, exponential backoff with jitter. */
export const RetryPolicy = z.strictObject({
  max: z.int().min(0).max(100).default(0),
  backoff_seconds: z.number().min(0).max(86_400).default(5),
  factor: z.number().min(1).max(10).default(2),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

const editable = {
  name: z.string().trim().min(1).max(100),
  description: z.string().max(2000),
  folder: z.string().trim().min(1).max(100).nullable(),
  tags: z.array(z.string().trim().min(1).max(50)).max(30),
  spec: CommandSpecInput,
  /**
   * JSON Schema (2020-12) of the task's input. A property with `"format": "password"` or `"writeOnly": true` is a secret: it is
   * sealed at rest, masked in every answer and redacted from logs.
   */
  input_schema: JsonObject,
  defaults: JsonObject,
  uses: z.strictObject({ profile: z.boolean().default(false), services: z.array(z.string()).max(50).default([]) }),
  timeout_seconds: z.int().min(1).max(604_800),
  retry: RetryPolicy,
  concurrency_key: z.string().min(1).max(200).nullable(),
  enabled: z.boolean(),
};

/** One command. Each update is a new version. */
export const Command = z.object({
  id: CommandId,
  kind: CommandKind,
  ...editable,
  spec: CommandSpec,
  /** Set on the examples that come with the product. */
  example: z.boolean(),
  last_task: LastTask.nullable(),
  ...entityFields,
});
export type Command = z.infer<typeof Command>;

export const CommandCreate = z.strictObject({
  name: editable.name,
  kind: CommandKind,
  spec: editable.spec,
  description: editable.description.default(''),
  folder: editable.folder.default(null),
  tags: editable.tags.default([]),
  input_schema: editable.input_schema.default({}),
  defaults: editable.defaults.default({}),
  uses: editable.uses.default({ profile: false, services: [] }),
  timeout_seconds: editable.timeout_seconds.default(600),
  retry: editable.retry.default({ max: 0, backoff_seconds: 5, factor: 2 }),
  concurrency_key: editable.concurrency_key.default(null),
  enabled: editable.enabled.default(true),
});
export type CommandCreate = z.infer<typeof CommandCreate>;

/** One earlier version of a command. */
export const CommandVersion = z.object({
  version: z.int(),
  at: Timestamp,
  by: z.string(),
  /** The version whose content it has, where it was made by restoring that one. */
  restored_from: z.int().nullable(),
  /** Members that changed against the version before, old and new. */
  diff: z.array(z.object({ path: z.string(), from: Json, to: Json })),
});

/** Result of a dry run; secrets are masked. */
export const DryRun = z.object({
  valid: z.boolean(),
  /** The spec with every variable resolved: the request, argv or script that would run. */
  resolved: JsonObject,
  warnings: z.array(z.string()),
  errors: z.array(z.object({ path: z.string(), message: z.string() })),
  /** Variables that have no value. */
  missing: z.array(z.string()),
});
export type DryRun = z.infer<typeof DryRun>;

export const commandRecord = {
  area: 'automation',
  id: CommandId,
  filters: {
    id: fixed(oneOf(CommandId)),
    q: contains('name', 'description'),
    kind: oneOf(CommandKind),
    folder: oneOf(z.string()),
    tag: oneOf(z.string(), 'tags'),
    enabled: is(z.boolean()),
  },
  sorts: { created_at: fixed(text), updated_at: text, name: natural, kind: text },
  lists: ['commands_list'],
  one: 'commands_get',
  // Schedules show the name of their command, and that it is gone.
  summaries: ['schedules_list', 'schedules_get'],
  related: ['commands_versions'],
} as const satisfies EntityRecord;

const common = { area: 'automation', tags: ['commands'] } as const;

export const commandOperations = {
  ...resource('commands', {
    row: 'B21',
    tag: 'commands',
    noun: 'command',
    record: commandRecord,
    entity: Command,
    create: CommandCreate,
    update: {
      name: editable.name.optional(),
      description: editable.description.nullable().optional(),
      folder: editable.folder.optional(),
      tags: editable.tags.nullable().optional(),
      spec: editable.spec.optional(),
      input_schema: editable.input_schema.nullable().optional(),
      defaults: editable.defaults.nullable().optional(),
      uses: editable.uses.optional(),
      timeout_seconds: editable.timeout_seconds.nullable().optional(),
      retry: editable.retry.nullable().optional(),
      concurrency_key: editable.concurrency_key.optional(),
      enabled: editable.enabled.optional(),
      /** The version that the change restores, for the history. */
      restored_from: z.int().min(1).optional(),
    },
    actions: ['delete', 'restore', 'update'],
  }),
  commands_kinds: call(
    Nothing,
    z.object({ items: z.array(z.object({ kind: CommandKind, title: z.string(), spec_schema: JsonObject })) }),
    {
      ...common,
      row: 'B22',
      summary: 'List command kinds with the schema of their spec',
      scope: 'read',
      http: { method: 'GET', path: '/v1/command-kinds' },
    },
  ),
  commands_versions: call(z.strictObject({ id: CommandId, ...listFields }), page(CommandVersion), {
    ...common,
    row: 'B23',
    summary: 'Versions of a command with their changes',
    scope: 'read',
    http: { method: 'GET', path: '/v1/commands/{id}/versions' },
  }),
  commands_version_get: call(z.strictObject({ id: CommandId, version: z.int().min(1) }), Command, {
    ...common,
    row: '-',
    summary: 'One version of a command',
    scope: 'read',
    http: null,
  }),
  commands_dry_run: call(
    z.strictObject({
      id: CommandId.optional(),
      spec: CommandSpecInput.optional(),
      kind: CommandKind.optional(),
      input_schema: JsonObject.optional(),
      defaults: JsonObject.optional(),
      input: JsonObject.default({}),
      profile_id: ProfileId.optional(),
    }),
    DryRun,
    {
      ...common,
      row: 'B24',
      summary: 'Resolve a command without running it; secrets are masked',
      scope: 'run',
      http: {
        method: 'POST',
        path: '/v1/commands/{id}/dry_run',
        aliases: [{ method: 'POST', path: '/v1/commands/dry_run' }],
      },
    },
  ),
};
