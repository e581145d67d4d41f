/** How the database reads a page of each list in each order: every order that the contract declares, generated from the registry of entities. */
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { entities } from '../../src/contract/entities.ts';
import type { CallIdOf } from '../../src/contract/index.ts';
import type { EntityRecord } from '../../src/contract/kernel/entity.ts';
import { createTestHost, type TestHost } from '../support/host.ts';
import { listSubjects } from '../support/list-subjects.ts';

const FEW = 'some dozens, or hundreds, of rows: sorting them takes less than a millisecond';
/** Six of them made a batch of 1 000 tasks three times as slow, and the drain of the queue by a third (`npm run bench -- tasks`). */
const TOO_DEAR = 'every step of every task would write one more index';
/** Orders, or lists, of which a page is sorted, for the reason given. */
const SORTED: Record<string, string> = {
  'profiles_list state': 'follows from locks and processes, which no column holds',
  'tasks_list running': 'sorts only the tasks that have a slot; all others are read in order',
  ...Object.fromEntries(
    [
      'updated_at',
      'status',
      'priority',
      'command_name',
      'profile_name',
      'kind',
      'started_at',
      'duration_ms',
      'attempt',
    ].map((order) => [`tasks_list ${order}`, TOO_DEAR]),
  ),
  models_list: FEW,
  schedules_list: FEW,
  keys_list: FEW,
  backups_list: FEW,
};

const orders = Object.entries<EntityRecord<CallIdOf>>(entities).flatMap(([entity, { lists = [], sorts = {} }]) =>
  lists.flatMap((op) =>
    Object.keys(sorts)
      .filter((name) => !(op in SORTED) && !(`${op} ${name}` in SORTED))
      .flatMap((name) => [name, `-${name}`].map((sort) => ({ entity, op, sort }))),
  ),
);

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
  using stored = listSubjects(subject);
  for (const [entity, one] of Object.entries(stored)) {
    const fields = entity === 'audit' ? 'op' : 'id';
    const { samples, add } = one as { samples: Record<string, unknown[]>; add(field: string, value: unknown): unknown };
    for (const value of samples[fields] ?? []) await add(fields, value);
  }
});
afterAll(() => subject[Symbol.asyncDispose]());

/** Steps of the plans of the statements that answer `ask`, with the statement itself. */
async function plansOf(ask: () => Promise<unknown>): Promise<string[]> {
  const seen: { db: Database.Database; sql: string }[] = [];
  const prepare = Database.prototype.prepare;
  const spy = vi.spyOn(Database.prototype, 'prepare').mockImplementation(function (this: Database.Database, ...given) {
    const [sql] = given as unknown as [string];
    seen.push({ db: this, sql });
    return prepare.call(this, sql);
  });
  await ask().finally(() => spy.mockRestore());
  return seen
    .filter(({ sql }) => /^select .* order by .* limit/is.test(sql))
    .flatMap(({ db, sql }) => {
      const unbound = sql.replaceAll('?', '1');
      const steps = db.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${unbound}`).all();
      return steps.map(({ detail }) => `${detail} <- ${sql.slice(sql.lastIndexOf(' order by '))}`);
    });
}

// Catches an order without an index: at 200 000 rows each page of it would read and sort them all while nothing else is answered.
test.for(orders)('$op by $sort reads a page in order, the first and the next', async ({ op, sort }) => {
  const list = (query: object) =>
    subject.host.client.call(op, { limit: 1, sort, ...query } as never) as Promise<{ next_cursor: string | null }>;
  let cursor: string | null = null;
  const first = await plansOf(async () => {
    cursor = (await list({})).next_cursor;
  });
  expect(cursor, 'there is a next page').not.toBeNull();
  const next = await plansOf(() => list({ cursor }));
  for (const plan of [first, next]) {
    expect(plan.length).toBeGreaterThan(0);
    expect(plan.filter((step) => step.includes('TEMP B-TREE'))).toEqual([]);
  }
});

test('each exception is an order that exists', () => {
  const known = Object.values<EntityRecord<CallIdOf>>(entities).flatMap(({ lists = [], sorts = {} }) =>
    lists.flatMap((op) => [op, ...Object.keys(sorts).map((name) => `${op} ${name}`)]),
  );
  expect(Object.keys(SORTED).filter((name) => !known.includes(name as never))).toEqual([]);
});
