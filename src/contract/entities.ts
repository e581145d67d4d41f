/** The registry of entities, one record each. An entity that is not here has no id, and no caller sees its changes. */
import type { z } from 'zod';
import { artifactRecord } from './automation/artifacts.ts';
import { commandRecord } from './automation/commands.ts';
import { profileRecord } from './automation/profiles.ts';
import { proxyRecord } from './automation/proxies.ts';
import { poolRecord } from './automation/proxy/pools.ts';
import { queueRecord } from './automation/queue.ts';
import { scheduleRecord } from './automation/schedule/schedules.ts';
import { attemptRecord, batchRecord, taskRecord } from './automation/tasks.ts';
import { connectionRecord, keyRecord } from './host/access.ts';
import { backupRecord, jobRecord, uploadRecord } from './host/jobs.ts';
import { settingsRecord } from './host/settings.ts';
import { hostRecord } from './host/system.ts';
import { auditRecord } from './host/telemetry.ts';
import type { CallIdOf } from './index.ts';
import type { Area } from './kernel/define.ts';
import type { EntityRecord } from './kernel/entity.ts';
import { downloadRecord } from './models/hub.ts';
import { modelRecord } from './models/models.ts';
import { messageRecord, sessionRecord } from './models/sessions.ts';

/** Records by the name that the entity has in changes. */
export const entities = {
  profile: profileRecord,
  proxy: proxyRecord,
  pool: poolRecord,
  command: commandRecord,
  task: taskRecord,
  batch: batchRecord,
  attempt: attemptRecord,
  artifact: artifactRecord,
  schedule: scheduleRecord,
  queue: queueRecord,
  job: jobRecord,
  upload: uploadRecord,
  backup: backupRecord,
  key: keyRecord,
  connection: connectionRecord,
  audit: auditRecord,
  settings: settingsRecord,
  host: hostRecord,
  model: modelRecord,
  download: downloadRecord,
  session: sessionRecord,
  message: messageRecord,
} as const satisfies Record<string, EntityRecord<CallIdOf>>;

/** Areas that hold anything. */
export const ENTITY_AREAS: ReadonlySet<Area> = new Set(Object.values(entities).map(({ area }) => area));

/** Name of an entity. */
export type EntityName = keyof typeof entities;
/** Names of the entities that have an id of their own. */
export type IdentifiedEntity = {
  [E in EntityName]: (typeof entities)[E] extends { id: z.ZodType } ? E : never;
}[EntityName];
/** Id of an entity. */
export type IdOf<E extends IdentifiedEntity> = z.output<(typeof entities)[E]['id']>;

/** The record of an entity; undefined for a name that is not in the registry. */
export function recordOf(entity: string): EntityRecord<CallIdOf> | undefined {
  return Object.hasOwn(entities, entity) ? entities[entity as EntityName] : undefined;
}
