/** Which answers a change makes stale, as the registry of entities says. */

import { recordOf } from '../../../contract/entities.ts';
import type { Change } from '../../../contract/host/telemetry.ts';
import type { CallIdOf } from '../../../contract/index.ts';
import type { FineEvent } from '../../../contract/kernel/entity.ts';

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

function touchFine(into: Touch, change: Change, { stale = [], patch }: FineEvent<CallIdOf>): void {
  for (const op of stale) addId(into, op, change.id);
  const parsed = patch?.schema.safeParse(change.data);
  if (patch === undefined || !parsed?.success) return;
  for (const op of patch.ops) addRow(into, op, change.id, { [patch.member]: parsed.data });
}

/** Adds one change to what has to be done. */
export function touch(into: Touch, change: Change): void {
  const record = recordOf(change.entity);
  if (record === undefined) return;
  const fine = record.events?.[change.type.slice(change.entity.length + 1)];
  if (fine !== undefined) return touchFine(into, change, fine);
  const { lists = [], one, related = [], summaries = [] } = record;
  for (const op of summaries) into.ops.add(op);
  for (const op of one === undefined ? related : [one, ...related]) addId(into, op, change.id);
  for (const op of lists) {
    if (!change.type.endsWith('.updated')) into.ops.add(op);
    else if (isWhole(change)) addRow(into, op, change.id, change.data);
    else if (one === undefined) into.ops.add(op);
    else addUpdated(into, op, one, change.id);
  }
}
