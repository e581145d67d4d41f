/** Which answers a change makes stale. */

import type { Change } from '../../../contract/host/telemetry.ts';
import type { CallIdOf } from '../../../contract/index.ts';

/** How one entity shows in the answers of operations. */
interface EntityViews {
  /** Operations whose `items` hold the entity. */
  lists: readonly CallIdOf[];
  /** Operation that answers the entity by id. */
  one?: CallIdOf;
  /** Operations whose answer depends on any entity of this kind. */
  sums: readonly CallIdOf[];
  /** Operations asked with the entity's id whose answer depends on it. */
  hang?: readonly CallIdOf[];
}

/** Views by entity name, as it appears in {@link Change}. */
const VIEWS: Record<string, EntityViews> = {
  task: {
    lists: ['tasks_list'],
    one: 'tasks_get',
    sums: ['queue_stats', 'tasks_stats'],
    hang: ['artifacts_list'],
  },
  profile: { lists: ['profiles_list'], one: 'profiles_get', sums: [] },
  command: { lists: ['commands_list'], one: 'commands_get', sums: [], hang: ['commands_versions'] },
  key: { lists: ['keys_list'], sums: [] },
  connection: { lists: [], sums: ['connections_list'] },
  backup: { lists: ['backups_list'], sums: [] },
  job: { lists: ['jobs_list'], one: 'jobs_get', sums: ['backups_list'] },
  settings: { lists: [], sums: ['settings_get', 'host_info', 'queue_stats', 'browsers_list'] },
  queue: { lists: [], sums: ['queue_stats', 'tasks_stats'] },
  host: { lists: [], sums: ['host_info', 'host_diagnose'] },
};

/** What to do with the cache after a batch of changes. */
export interface Touch {
  /** Operations of which every answer is stale. */
  ops: Set<CallIdOf>;
  /** Answers stale for one id: operation → ids. */
  byId: Map<CallIdOf, Set<string>>;
  /** Members that came with the event: operation → id → members to merge. */
  rows: Map<CallIdOf, Map<string, Record<string, unknown>>>;
  /** Entities that were updated and can be fetched by id: list operation → operation by id, and the ids. */
  updated: Map<CallIdOf, { one: CallIdOf; ids: Set<string> }>;
}

/** An empty {@link Touch}. */
export const noTouch = (): Touch => ({ ops: new Set(), byId: new Map(), rows: new Map(), updated: new Map() });

/** True when the event carries the whole entity rather than a hint. */
function isWhole(change: Change): change is Change & { data: Record<string, unknown> } {
  const { data } = change;
  return (
    typeof data === 'object' &&
    data !== null &&
    !Array.isArray(data) &&
    data.id === change.id &&
    typeof data.version === 'number' &&
    typeof data.created_at === 'string'
  );
}

/** Events finer than created, updated and deleted: which answers they concern. */
const FINE: Record<string, { byId: readonly CallIdOf[]; patch?: readonly CallIdOf[] }> = {
  'task.step': { byId: ['tasks_get'] },
  'task.artifact': { byId: ['artifacts_list'] },
  'task.progress': { byId: [], patch: ['tasks_list', 'tasks_get'] },
};

function addId(into: Touch, op: CallIdOf, id: string): void {
  const ids = into.byId.get(op) ?? new Set();
  ids.add(id);
  into.byId.set(op, ids);
}

function addRow(into: Touch, op: CallIdOf, id: string, row: Record<string, unknown>): void {
  const rows = into.rows.get(op) ?? new Map<string, Record<string, unknown>>();
  rows.set(id, { ...rows.get(id), ...row });
  into.rows.set(op, rows);
}

function addUpdated(into: Touch, op: CallIdOf, one: CallIdOf, id: string): void {
  const updated = into.updated.get(op) ?? { one, ids: new Set() };
  updated.ids.add(id);
  into.updated.set(op, updated);
}

/** Adds one change to what has to be done. */
export function touch(into: Touch, change: Change): void {
  const fine = FINE[change.type];
  if (fine !== undefined) {
    for (const op of fine.byId) addId(into, op, change.id);
    const data = change.data;
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) {
      const progress = { percent: data.percent ?? null, message: data.message ?? null };
      for (const op of fine.patch ?? []) addRow(into, op, change.id, { progress });
    }
    return;
  }
  const views = VIEWS[change.entity];
  if (views === undefined) return;
  for (const op of views.sums) into.ops.add(op);
  for (const op of [views.one, ...(views.hang ?? [])]) {
    if (op === undefined) continue;
    addId(into, op, change.id);
  }
  for (const op of views.lists) {
    if (!change.type.endsWith('.updated')) into.ops.add(op);
    else if (isWhole(change)) addRow(into, op, change.id, change.data);
    else if (views.one === undefined) into.ops.add(op);
    else addUpdated(into, op, views.one, change.id);
  }
}
