/** Which answers a change makes stale, as the registry of entities says. */

import { recordOf } from '../../../contract/entities.ts';
import type { Change } from '../../../contract/host/telemetry.ts';
import type { CallIdOf } from '../../../contract/index.ts';
import type { EntityRecord, FineEvent } from '../../../contract/kernel/entity.ts';
import type { Newest, Row } from './rows.ts';

/** Ids of changed rows; true where one has come into being or is gone, so that a list may be longer or shorter. */
export type ChangedIds = Map<string, boolean>;

/** What to do with the cache after a batch of changes. */
export interface Touch {
  /** Operations of which every answer is stale. */
  ops: Set<CallIdOf>;
  /** Answers stale for one id: operation → ids. */
  byId: Map<CallIdOf, Set<string>>;
  /** Members that came with the event: operation → id → members to merge. */
  rows: Map<CallIdOf, Map<string, Row>>;
  /** What became of the newest entity that a row tells of: operation → id of the row → value. */
  newest: Map<CallIdOf, Map<string, Newest>>;
  /** Changed rows by list operation. */
  lists: Map<CallIdOf, ChangedIds>;
}

/** An empty {@link Touch}. */
export const noTouch = (): Touch => ({
  ...{ ops: new Set(), byId: new Map(), rows: new Map(), newest: new Map(), lists: new Map() },
});

/** The value under a key, made when there is none. */
function at<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

/** True for a list that can be asked for some of its rows. */
const answersById = ({ filters, sorts }: EntityRecord) => filters?.id !== undefined && sorts !== undefined;

/** Other entities tell of the newest of these: an older one changes nothing there. */
function touchMirrors(into: Touch, change: Change, { mirrors = [] }: EntityRecord<CallIdOf>): void {
  for (const { of, member, schema, ops } of mirrors) {
    const other = (change.data as Row | null)?.[of];
    const value = typeof other === 'string' ? schema.safeParse(change) : undefined;
    if (value?.success !== true) continue;
    for (const op of ops) {
      const rows = at(into.newest, op, () => new Map<string, Newest>());
      const told = rows.get(String(other));
      if (told === undefined || told.value.id <= value.data.id) rows.set(String(other), { member, value: value.data });
    }
  }
}

function touchFine(
  into: Touch,
  change: Change,
  { stale = [], summaries = [], row, patch }: FineEvent<CallIdOf>,
  lists: readonly CallIdOf[],
): void {
  if (row)
    for (const op of lists)
      addChanged(
        at(into.lists, op, () => new Map()),
        new Map([[change.id, false]]),
      );
  for (const op of summaries) into.ops.add(op);
  for (const op of stale) at(into.byId, op, () => new Set()).add(change.id);
  const parsed = patch?.schema.safeParse(change.data);
  if (patch === undefined || !parsed?.success) return;
  for (const op of patch.ops) {
    const rows = at(into.rows, op, () => new Map<string, Row>());
    rows.set(change.id, { ...rows.get(change.id), [patch.member]: parsed.data });
  }
}

/** Adds changed rows to others. */
export function addChanged(into: ChangedIds, ids: ReadonlyMap<string, boolean>): void {
  for (const [id, member] of ids) into.set(id, member || into.get(id) === true);
}

/** Adds one change to what has to be done. */
export function touch(into: Touch, change: Change): void {
  const record = recordOf(change.entity);
  if (record === undefined) return;
  const kind = change.type.slice(change.entity.length + 1);
  const fine = record.events?.[kind];
  touchMirrors(into, change, record);
  if (fine !== undefined) return touchFine(into, change, fine, record.lists ?? []);
  const { lists = [], one, related = [], summaries = [] } = record;
  for (const op of summaries) into.ops.add(op);
  for (const op of one === undefined ? related : [one, ...related]) at(into.byId, op, () => new Set()).add(change.id);
  const member = kind === 'created' || kind === 'deleted';
  for (const op of lists) {
    if (answersById(record))
      addChanged(
        at(into.lists, op, () => new Map()),
        new Map([[change.id, member]]),
      );
    else into.ops.add(op);
  }
}
