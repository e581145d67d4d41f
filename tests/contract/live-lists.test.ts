/** The panel's loaded lists under change, against lists asked afresh: every order and every filter of every entity, generated from the registry. */
import { InfiniteQueryObserver, type QueryClient, QueryObserver } from '@tanstack/react-query';
import { describe, expect, test, vi } from 'vitest';
import type { Client } from '../../src/contract/client/client-types.ts';
import { entities } from '../../src/contract/entities.ts';
import type { CallIdOf } from '../../src/contract/index.ts';
import type { EntityRecord } from '../../src/contract/kernel/entity.ts';
import type { Filter } from '../../src/contract/kernel/filters.ts';
import type { Page } from '../../src/contract/kernel/paging.ts';
import { followChanges } from '../../src/renderer/lib/live/live.ts';
import { createQueryClient } from '../../src/renderer/lib/live/query.ts';
import { createTestHost } from '../support/host.ts';
import { type ListEdits, type Listed, listEdits, type Random, seeded } from '../support/list-edits.ts';
import { connectPanel } from '../support/panel-client.ts';

type Input = Record<string, unknown>;
/** How long a busy machine may take to settle; what is wrong stays wrong. */
const PATIENCE = { timeout: 20_000, interval: 50 };
/** Rows of a page, and what is loaded of a paged list: more rows than that are in most lists. */
const PAGE = 12;
const ROWS = 40;
const ROUNDS = 3;
const EDITS = 6;
/** Lists that are loaded at the same time. */
const AT_ONCE = 20;

const subjects = Object.entries<EntityRecord<CallIdOf>>(entities).flatMap(([entity, record]) =>
  record.filters?.id === undefined ? [] : (record.lists ?? []).map((op) => ({ entity, op, record })),
);

/** Up to two values of a filter that some of `rows` have. */
function valuesOf(name: string, { test: kind, fields }: Filter, rows: readonly Listed[]): unknown[] {
  const found = rows.flatMap((row) => (fields.length === 0 ? [name] : fields).flatMap((field) => row[field] ?? []));
  const values = [...new Set(found)].sort().slice(0, 2);
  return kind === 'contains' ? values.map((value) => [...String(value)].slice(0, 3).join('')) : values;
}

/** Inputs of lists: each order alone and with a second one, each filter with each direction of the default order. */
function inputsOf({ sorts = {}, filters = {} }: EntityRecord, rows: readonly Listed[]): Input[] {
  const names = Object.keys(sorts);
  const orders = names.flatMap((name, index) => [name, `-${name}`, `${name},-${names[(index + 1) % names.length]}`]);
  const filtered = Object.entries(filters)
    .filter(([name]) => name !== 'id')
    .flatMap(([name, filter]) => valuesOf(name, filter, rows).map((value) => ({ [name]: value })));
  return [
    {},
    ...orders.map((sort) => ({ sort })),
    ...filtered,
    ...filtered.map((one, index) => ({ ...one, sort: orders[index % orders.length] })),
  ];
}

interface Shown {
  input: Input;
  /** What the panel has in its cache now. */
  loaded(): { rows: Listed[]; more: boolean; total: number | null };
  stop(): void;
}

async function showPages(
  queries: QueryClient,
  ask: (input: Input) => Promise<Page<Listed>>,
  op: string,
  input: Input,
): Promise<Shown> {
  const asked = { ...input, limit: PAGE };
  const observer = new InfiniteQueryObserver(queries, {
    queryKey: [op, asked, 'pages'],
    queryFn: ({ pageParam }) => ask({ ...asked, ...(pageParam === null ? { count: true } : { cursor: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });
  const stop = observer.subscribe(() => {});
  await vi.waitFor(() => expect(observer.getCurrentResult().isSuccess).toBe(true), PATIENCE);
  await observer.fetchNextPage();
  const loaded = () => {
    const pages = observer.getCurrentResult().data?.pages ?? [];
    return {
      rows: pages.flatMap(({ items }) => items),
      more: pages.at(-1)?.next_cursor !== null,
      total: pages[0]?.total ?? null,
    };
  };
  return { input, loaded, stop };
}

async function showPage(
  queries: QueryClient,
  ask: (input: Input) => Promise<Page<Listed>>,
  op: string,
  input: Input,
): Promise<Shown> {
  const asked = { ...input, limit: 5, count: true };
  const observer = new QueryObserver(queries, { queryKey: [op, asked], queryFn: () => ask(asked) });
  const stop = observer.subscribe(() => {});
  await vi.waitFor(() => expect(observer.getCurrentResult().isSuccess).toBe(true), PATIENCE);
  const loaded = () => {
    const page = observer.getCurrentResult().data;
    return { rows: page?.items ?? [], more: page?.next_cursor !== null, total: page?.total ?? null };
  };
  return { input: asked, loaded, stop };
}

async function editOnce(edits: ListEdits, rows: readonly Listed[], random: Random): Promise<void> {
  const { create, update, remove } = edits;
  const row = rows.length === 0 ? undefined : random.pick(rows);
  const chance = random.below(10);
  if (row !== undefined && chance < 5 && update) await update(row, random);
  else if (row !== undefined && chance < 7 && remove) await remove(row);
  else await create(random);
}

/** A fresh answer of as many rows as are loaded. */
async function fresh(client: Client, op: CallIdOf, { input, loaded }: Shown) {
  const { rows } = loaded();
  const limit = input.limit ?? Math.max(1, rows.length);
  const page = (await client.call(op, { ...input, limit, count: true } as never)) as Page<Listed>;
  return {
    rows: rows.length === 0 && page.total !== 0 ? ['nothing is loaded'] : page.items,
    more: page.next_cursor !== null,
    total: page.total,
  };
}

describe.each(subjects)('$op', ({ entity, op, record }) => {
  // Catches an order that the panel and the database understand differently, a filter that a changed row is not held against, a row that
  // is patched, inserted or removed in the wrong place, a total that is off, and lists that are fetched again for each change.
  test.each(
    process.env.TABAGENT_FAULTS === 'long' ? [1, 2] : [1],
  )('stays what a fresh list answers while rows come, change and go (seed %i)', {
    timeout: 120_000,
  }, async (seed) => {
    const random = seeded(seed);
    await using host = await createTestHost();
    const client = await connectPanel(host);
    await client.call('queue_update', { paused: true });
    const edits = (listEdits(client) as Record<string, ListEdits>)[entity] as ListEdits;
    const slow = edits.update === undefined;
    for (let n = 0; n < (slow ? 3 : ROWS); n += 1) await edits.create(random);
    const all = async () => ((await client.call(op, { limit: 200 } as never)) as Page<Listed>).items;

    // Values that only an edit brings about are among those that lists are filtered by.
    for (let n = 0; n < (slow ? 0 : EDITS); n += 1) await editOnce(edits, await all(), random);

    const queries = createQueryClient();
    const abort = new AbortController();
    let whole = 0;
    const ask = (input: Input) => {
      whole += 1;
      return client.call(op, input as never) as Promise<Page<Listed>>;
    };
    const inputs = inputsOf(record, await all());
    const lists: Shown[] = [];
    // One connection takes a limited number of calls at once.
    while (inputs.length > 0)
      lists.push(
        ...(await Promise.all(
          inputs
            .splice(0, AT_ONCE)
            .flatMap((input) => [showPages(queries, ask, op, input), showPage(queries, ask, op, input)]),
        )),
      );
    followChanges(client, queries, abort.signal);
    whole = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let n = 0; n < (slow ? 1 : EDITS); n += 1) await editOnce(edits, await all(), random);
      for (const list of lists) {
        await vi.waitFor(
          async () => expect(list.loaded(), JSON.stringify(list.input)).toEqual(await fresh(client, op, list)),
          PATIENCE,
        );
      }
    }
    // A page too few or too many rows long is fetched again now and then; a list that is fetched for each change would be 18 times.
    expect(whole / lists.length, 'fetches of a whole list').toBeLessThan(ROUNDS);
    abort.abort();
    for (const { stop } of lists) stop();
    queries.clear();
    client.close();
  });
});
