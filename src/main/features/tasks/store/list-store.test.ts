import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimFrom, endWith, newTask, openStore, type StoreHarness } from '../../../../../tests/support/task-store.ts';
import { thrownBy } from '../../../../../tests/support/tasks.ts';
import { PRIORITIES, TASK_STATUSES, type TaskStatus, taskRecord } from '../../../../contract/automation/tasks.ts';
import type { BatchId, CommandId, ProfileId } from '../../../../contract/kernel/scalars.ts';
import { naturalKey } from '../../../../contract/kernel/text/natural-key.ts';
import { parseStored } from '../../../core/db/index.ts';
import { newId } from '../../../core/ids.ts';
import { problem } from '../model/problems.ts';
import type { TaskRow } from '../schema.ts';
import type { TaskListInput } from './list-store.ts';

let harness: StoreHarness;
beforeEach(() => {
  harness = openStore();
});
afterEach(() => harness[Symbol.dispose]());

type Query = Partial<TaskListInput>;
const list = (query: Query) => harness.store.list({ limit: 50, count: false, ...query });

/** All pages; `between` runs after each of them. */
function walk(query: Query, between: (page: readonly TaskRow[]) => void = () => undefined): TaskRow[] {
  const found: TaskRow[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = list({ ...query, cursor });
    found.push(...page.items);
    if (page.next_cursor === null) return found;
    cursor = page.next_cursor;
    between(page.items);
  }
}

const allRows = () => harness.core.db.raw.prepare<[], TaskRow>('SELECT * FROM task').all();
const iso = (ms: number) => new Date(ms).toISOString();

describe('paging', () => {
  // Would catch: a page that is counted by offset, so that a new task shifts a row onto the next page or off it.
  test('shows each task once, however many are made, ended or deleted between two pages', () => {
    const { core, store } = harness;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(undefined, 'created_at', '-created_at', 'command_name', '-priority,command_name'),
        fc.array(fc.constantFrom('add', 'later', 'cancel', 'delete'), { maxLength: 12 }),
        (limit, sort, changes) => {
          core.db.raw.exec('DELETE FROM task');
          const made = Array.from({ length: 30 }, (_, n) => {
            if (n % 4 === 0) core.clock.advance(1);
            return harness.add({ command_name: `Job ${n % 5}`, priority: n % 3 });
          });
          const gone = new Set<string>();
          const rest = [...changes];
          const found = walk({ limit, ...(sort && { sort }) }, (page) => {
            const change = rest.pop();
            const shown = page[0]?.id ?? '';
            if (change === 'later') core.clock.advance(1);
            if (change === 'add' || change === 'later') harness.add({ command_name: 'Job 2', priority: 1 });
            if ((change === 'cancel' || change === 'delete') && store.status(shown) === 'queued')
              store.cancelIdle(shown);
            // The row that the cursor stands on may be gone as well.
            const last = page.at(-1)?.id ?? '';
            if (change === 'delete' && store.status(last) === 'queued') {
              store.cancelIdle(last);
              store.deleteFinished(last);
              gone.add(last);
            }
          }).map((row) => row.id);
          expect(new Set(found).size).toBe(found.length);
          expect(made.filter((id) => !found.includes(id))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('ends with the last task although the page is exactly full, and an empty list has one empty page', () => {
    expect(list({ count: true })).toEqual({ items: [], next_cursor: null, total: 0 });
    for (let n = 0; n < 6; n++) harness.add();
    expect(list({ limit: 6 }).next_cursor).toBeNull();
    const first = list({ limit: 3 });
    const second = list({ limit: 3, cursor: first.next_cursor ?? '' });
    expect([first.items.length, second.items.length, second.next_cursor]).toEqual([3, 3, null]);
    expect(first.next_cursor).not.toBeNull();
  });

  test('in every order is the order of the rows, with the id to decide', () => {
    for (let n = 0; n < 40; n++) {
      harness.core.clock.advance(n % 3);
      harness.add({
        command_name: ['b', 'a 10', 'ä 2', 'B'][n % 4] ?? '',
        profile: n % 3 === 0 ? null : JSON.stringify({ name: `profile ${n % 13}` }),
        priority: n % 4,
        kind: n % 2 ? 'http' : 'process',
      });
    }
    for (let n = 0; n < 20; n++) {
      const claimed = harness.claim();
      harness.core.clock.advance(n % 5);
      if (claimed !== null && n % 2 === 0) harness.store.finish(claimed.attempt_token, endWith());
    }
    const value = (row: TaskRow, name: string): string | number => {
      if (name === 'command_name') return naturalKey(row.command_name);
      if (name === 'profile_name') return row.profile === null ? '' : naturalKey(JSON.parse(row.profile).name);
      if (name === 'running') return Number(row.status === 'running');
      if (name === 'duration_ms')
        return row.finished_at === null || row.started_at === null ? -1 : row.finished_at - row.started_at;
      return row[name as 'started_at'] ?? -1;
    };
    // Ten tasks run: a page may end where they end.
    for (const name of Object.keys(taskRecord.sorts)) {
      for (const [down, limit] of [false, true].flatMap((down) => [7, 10].map((limit) => [down, limit] as const))) {
        const found = walk({ limit, sort: `${down ? '-' : ''}${name}` });
        const expected = [...allRows()].sort((a, b) => {
          const [x, y] = [value(a, name), value(b, name)];
          const order = x < y ? -1 : x > y ? 1 : a.id < b.id ? -1 : 1;
          return down ? -order : order;
        });
        expect(
          found.map((row) => row.id),
          `${name} ${down}`,
        ).toEqual(expected.map((row) => row.id));
      }
    }
  });

  // Would catch: a cursor of one list that is taken for another one, and silently leaves rows out.
  test.each([
    ['of another filter', { kind: 'process' as const }],
    ['of another order', { sort: 'created_at' }],
    ['that was cut off', { cut: 3 }],
    ['that nobody issued', { cursor: 'e30' }],
    ['that is no base64', { cursor: '§§§' }],
    ['that is empty', { cursor: '' }],
  ])('refuses a cursor %s', async (_, change: Query & { cut?: number }) => {
    for (let n = 0; n < 5; n++) harness.add();
    const { cut = 0, ...query } = change;
    const issued = list({ limit: 2 }).next_cursor ?? '';
    const refused = await thrownBy(() => list({ limit: 2, cursor: issued.slice(0, issued.length - cut), ...query }));
    expect(refused).toMatchObject({ slug: 'validation-error', errors: { cursor: expect.any(String) } });
  });

  test.each([
    'output',
    'id; DROP TABLE task',
    '',
    '-',
    'created_at,',
    '__proto__',
  ])('refuses to sort by %j', async (sort) => {
    expect(await thrownBy(() => list({ sort }))).toMatchObject({ slug: 'validation-error', extra: { field: 'sort' } });
  });
});

describe('filters', () => {
  const commands = [newId('command'), newId('command')] as CommandId[];
  const profiles = [newId('profile'), newId('profile')] as ProfileId[];
  const batches = [newId('batch')] as BatchId[];
  const labels = ['red', 'RED', 'gr"een', "o'clock", '100%', 'a_b', 'naïve', '[]', '\\'];
  const kinds = ['process', 'http'] as const;

  /** Tasks in many states and of many kinds, over some hours. */
  function fill(): TaskRow[] {
    const { store, core } = harness;
    const pick = <T>(values: readonly T[], n: number): T | null => values[n % (values.length + 1)] ?? null;
    for (let n = 0; n < 120; n++) {
      core.clock.advance(600_000);
      const now = core.clock.now();
      store.insert([
        newTask(now, {
          status: n % 9 === 0 ? 'scheduled' : 'queued',
          ...(n % 9 === 0 && { due_at: now + 1e9 }),
          kind: kinds[n % 2] ?? 'process',
          priority: n % 4,
          command_id: pick(commands, n),
          command_name: `Job ${n} ${labels[n % 9]}`,
          batch_id: pick(batches, n),
          profile_id: pick(profiles, n),
          profile: n % 3 === 0 ? null : JSON.stringify({ name: `Office ${n % 5}`, folder: 'Job 7 of no task' }),
          labels: JSON.stringify(labels.filter((_, i) => (n * 7) % (i + 2) === 0)),
        }),
      ]);
      const token = n % 3 === 0 ? claimFrom(store, now)?.attempt_token : undefined;
      if (token === undefined || n % 2 === 0) continue;
      const failed = {
        name: 'fail',
        attemptStatus: 'failed',
        error: problem(n % 5 ? 'script-error' : 'task-timeout'),
      } as const;
      store.finish(token, endWith(n % 7 === 0 ? {} : failed));
    }
    return allRows();
  }

  const some = <T>(...values: T[]) =>
    fc.option(fc.oneof(fc.constantFrom(...values), fc.uniqueArray(fc.constantFrom(...values))), { nil: undefined });
  const moment = fc.option(fc.integer({ min: -1, max: 130 }), { nil: undefined });
  const start = Date.UTC(2026, 0, 1);

  // Would catch: a condition on the wrong column, AND where OR is meant, a wildcard that is taken for one, a total that counts other rows than the pages.
  test('of any combination find exactly the tasks that match all of them, and count as many', () => {
    const rows = fill();
    const query = fc.record({
      status: some<TaskStatus>(...TASK_STATUSES),
      kind: some(...kinds),
      priority: some(...PRIORITIES),
      command_id: some(...commands),
      profile_id: some(...profiles),
      batch_id: some(...batches),
      label: some(...labels, 'nobody'),
      error_code: some('script_error', 'task_timeout', 'nothing'),
      q: fc.option(
        fc.constantFrom(
          'office 3',
          'of no task',
          'job 1',
          'JOB',
          'NAÏVE',
          '%',
          '_',
          '"',
          "'",
          '\\',
          '[',
          'Job 11 ',
          '',
        ),
        {
          nil: undefined,
        },
      ),
      after: moment,
      before: moment,
    });
    const among = (wanted: unknown, value: unknown) =>
      wanted === undefined || (Array.isArray(wanted) ? wanted.includes(value) : wanted === value);
    const fold = (text: string) => text.toLowerCase();
    const profileNameOf = ({ profile }: TaskRow) =>
      profile === null ? '' : parseStored<{ name: string }>(profile).name;
    fc.assert(
      fc.property(query, ({ after, before, ...given }) => {
        const created_after = after === undefined ? undefined : iso(start + after * 600_000);
        const created_before = before === undefined ? undefined : iso(start + before * 600_000);
        const expected = rows.filter((row) => {
          const own: string[] = JSON.parse(row.labels);
          const { label, q } = given;
          return (
            among(given.status, row.status) &&
            among(given.kind, row.kind) &&
            among(given.priority, PRIORITIES[row.priority]) &&
            among(given.command_id, row.command_id) &&
            among(given.profile_id, row.profile_id) &&
            among(given.batch_id, row.batch_id) &&
            among(given.error_code, row.error_code) &&
            (label === undefined || [label].flat().some((one) => own.includes(one))) &&
            (q === undefined ||
              [row.command_name, ...own, profileNameOf(row)].some((text) => fold(text).includes(fold(q)))) &&
            (created_after === undefined || row.created_at >= Date.parse(created_after)) &&
            (created_before === undefined || row.created_at < Date.parse(created_before))
          );
        });
        const page = list({ ...given, created_after, created_before, limit: 200, count: true, sort: 'created_at' });
        expect(page.items.map((row) => row.id)).toEqual(expected.map((row) => row.id));
        expect(page.total).toBe(expected.length);
      }),
      { numRuns: 300 },
    );
  });

  test('a task is found by its whole id as text, not by a part of it', () => {
    const [id] = [harness.add(), harness.add()];
    expect(list({ q: id }).items.map((row) => row.id)).toEqual([id]);
    expect(list({ q: id?.slice(0, -1) }).items).toEqual([]);
  });

  // Would catch: a counter that a trigger forgets, after which the list says that there are more tasks than it shows.
  test('the count by state alone, which reads counters, is that of the rows after any history', () => {
    const { store } = harness;
    fill();
    for (const row of allRows()) if (row.status === 'queued' && row.rank % 2 === 0) store.cancelIdle(row.id);
    for (const row of allRows()) if (row.status === 'failed') store.deleteFinished(row.id);
    for (const status of [
      ...TASK_STATUSES,
      [...TASK_STATUSES],
      ['queued', 'queued', 'cancelled'] as TaskStatus[],
      [],
    ]) {
      const page = list({ status, limit: 200, count: true });
      expect(page.total, String(status)).toBe(page.items.length);
    }
    expect(list({ count: true }).total).toBe(allRows().length);
    expect(list({ count: false }).total).toBeNull();
  });
});
