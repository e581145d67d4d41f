/** Keeps loaded lists right: asks the host for the rows that changed and puts them where its order wants them. */
import type { Query, QueryClient } from '@tanstack/react-query';
import type { CallIdOf } from '../../../contract/index.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import { type ListView, listView } from './list-view.ts';
import { mergeRows } from './merge.ts';
import { pauseAfter, type Refetcher } from './refetcher.ts';
import { type LoadedList, loadedList, putData, type Row } from './rows.ts';
import { addChanged, type ChangedIds } from './touch.ts';

/** Least pause between two questions of the same list, ms. */
export const ASK_MS = 250;

/** Rows that a list can be asked for at once, which is the size of its largest page: for more, one fetch of the list costs less. */
const MAX_ASKED = 200;

/** Asks a list operation. */
export type AskList = (op: CallIdOf, input: Row) => Promise<Page<Row>>;

/** The loaded lists. */
export interface LiveLists {
  /** Brings a list up to date with changed rows: at most one question in flight for each list. */
  change(query: Query, ids: ReadonlyMap<string, boolean>): void;
  /** Some members of these rows came with an event: an answer that is on its way may be older. */
  patched(query: Query, ids: Iterable<string>): void;
  stop(): void;
}

interface Lane {
  pending: ChangedIds;
  asking: boolean;
  /** A fetch of the list has begun while rows were asked for: which of the two answers is older is unknown. */
  outdated: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** The last row that the host answered, by the cursor that points at it. */
  end: { cursor: string; row: Row } | undefined;
}

/** The last row that the host answered: what comes after it is not loaded. Null when everything is. */
function endOf(lane: Lane, { rows, cursor }: LoadedList, { single }: ListView): Row | null {
  if (cursor === null) return null;
  const last = rows.at(-1) ?? null;
  if (single) return last;
  if (lane.end?.cursor === cursor) return lane.end.row;
  if (last !== null) lane.end = { cursor, row: last };
  return last;
}

/** Of the ids that wait, those that the list has to be asked for. */
function wanted(pending: ChangedIds, { rows }: LoadedList, { fixed, dependent }: ListView): Set<string> {
  const loaded = new Set(rows.map(({ id }) => String(id)));
  const changed = [...pending].filter(([id, member]) => member || !fixed || loaded.has(id)).map(([id]) => id);
  const others = rows.filter(dependent).map(({ id }) => String(id));
  return new Set([...changed, ...others]);
}

/** How many rows the list has, which is asked for when it may have changed and not all are loaded. */
async function totalOf(ask: AskList, { op, input }: ListView, list: LoadedList, rows: readonly Row[], moved: boolean) {
  if (list.total === null) return null;
  if (list.cursor === null) return rows.length;
  return moved ? (await ask(op, { ...input, limit: 1, count: true })).total : list.total;
}

/** Asks for rows and merges them into the answer as it then is; null when the list has to be fetched whole. */
async function updated(
  ask: AskList,
  query: Query,
  lane: Lane,
  view: ListView,
  ids: ReadonlySet<string>,
): Promise<unknown> {
  const { items } = await ask(view.op, { ...view.input, id: [...ids], limit: MAX_ASKED, count: false });
  const list = loadedList(query.state.data);
  if (list === null) return null;
  const rows = mergeRows(list, { ids, rows: items }, { ...view, end: endOf(lane, list, view) });
  if (rows === null) return null;
  const known = list.rows.filter(({ id }) => ids.has(String(id))).length;
  const total = await totalOf(ask, view, list, rows, items.length < ids.size || known < ids.size);
  // When all rows seem to be loaded, only the host can say that nothing follows: one of them may be gone by now.
  const isAll = list.cursor !== null && total !== null && total <= rows.length;
  return isAll ? null : list.with(rows, total);
}

/** Creates the lists over a cache; what cannot be decided here is fetched again by `refetcher`. */
export function createLiveLists(queries: QueryClient, ask: AskList, refetcher: Refetcher): LiveLists {
  const lanes = new Map<Query, Lane>();
  let stopped = false;

  const laneOf = (query: Query): Lane => {
    const lane = lanes.get(query) ?? {
      ...{ pending: new Map(), asking: false, outdated: false, timer: undefined, end: undefined },
    };
    lanes.set(query, lane);
    return lane;
  };

  const drain = async (query: Query, lane: Lane): Promise<void> => {
    // A fetch that is in flight brings some of the changes; what it brings is not known before.
    if (stopped || lane.asking || lane.timer !== undefined || query.state.fetchStatus === 'fetching') return;
    const pending = lane.pending;
    if (pending.size === 0) return;
    lane.pending = new Map();
    const view = listView(query);
    const list = loadedList(query.state.data);
    if (view === null || list === null) return refetcher.request(query);
    const ids = wanted(pending, list, view);
    if (ids.size === 0) return;
    if (ids.size > MAX_ASKED || !query.isActive()) return refetcher.request(query);
    const startedAt = Date.now();
    lane.asking = true;
    lane.outdated = false;
    const data = await updated(ask, query, lane, view, ids).catch(() => null);
    if (stopped) return;
    if (lane.outdated) addChanged(lane.pending, pending);
    else if (data === null) refetcher.request(query);
    else putData(queries, query, data);
    lane.asking = false;
    lane.timer = setTimeout(
      () => {
        lane.timer = undefined;
        void drain(query, lane);
      },
      pauseAfter(Date.now() - startedAt, ASK_MS),
    );
  };

  const unsubscribe = queries.getQueryCache().subscribe((event) => {
    const lane = lanes.get(event.query);
    if (lane === undefined) return;
    if (event.type === 'removed') lanes.delete(event.query);
    if (event.type !== 'updated') return;
    if (event.action.type === 'fetch') lane.outdated = true;
    else if (!lane.asking) void drain(event.query, lane);
  });

  return {
    change: (query, ids) => {
      const lane = laneOf(query);
      addChanged(lane.pending, ids);
      void drain(query, lane);
    },
    patched: (query, ids) => {
      const lane = laneOf(query);
      if (lane.asking || query.state.fetchStatus === 'fetching')
        addChanged(lane.pending, new Map([...ids].map((id) => [id, false])));
    },
    stop: () => {
      stopped = true;
      unsubscribe();
      for (const { timer } of lanes.values()) clearTimeout(timer);
      lanes.clear();
    },
  };
}
