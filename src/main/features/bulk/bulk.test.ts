import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import { openJobs } from '../../../../tests/support/jobs.ts';
import { callOf } from '../../../../tests/support/tasks.ts';
import { BulkJob, type BulkRow, BulkSummary } from '../../../contract/kernel/bulk.ts';
import { AppError, problemOf } from '../../../contract/kernel/errors.ts';
import type { JobId } from '../../../contract/kernel/scalars.ts';
import type { BulkResource } from '../../core/operation/bulk.ts';
import { createBulkFiles } from './files.ts';
import { createBulk } from './index.ts';

type Act = BulkResource<object, 'cancel' | 'retry' | 'delete'>['act'];

let core: TestCore;
let done: string[];
beforeEach(() => {
  core = openTestCore();
  done = [];
});
afterEach(() => core[Symbol.dispose]());

const rows = (count: number) => Array.from({ length: count }, (_, n) => `row${n}`);
const unused = { matching: () => [], act: () => undefined };

/** One run of a host in which `ids` match every filter; what is done with each is noted in `done`. */
function open(ids: string[], act: Act = (id) => void done.push(id), together = 1) {
  const jobs = openJobs(core);
  const tasks = { matching: () => ids, act, together: () => together };
  const { handlers, chores } = createBulk({
    dataDir: core.dir,
    jobs: jobs.service,
    resources: { tasks_bulk: tasks, profiles_bulk: unused, commands_bulk: unused },
  });
  const all = async (input: object = {}) =>
    handlers.tasks_bulk({ filter: {}, action: 'delete', wait: false, ...input }, callOf());
  const results = async (id: JobId, ok?: boolean) => {
    const found: BulkRow[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await handlers.jobs_results({ id, limit: 3, ...(ok === undefined ? {} : { ok }), cursor }, callOf());
      found.push(...page.items);
      if (page.next_cursor === null) return found;
      cursor = page.next_cursor;
    }
  };
  return {
    ...{ jobs, all, results, handlers, chores },
    begin: async (input: object = {}) => BulkJob.parse(await all(input)).job_id,
  };
}

describe('a bulk operation by filter', () => {
  // Would catch: an answer that says how many failed but not which and why, or results that end with the first page.
  test('does its verb to every match and keeps the result of each row', async () => {
    const host = open(rows(250), (id) => {
      done.push(id);
      if (id.endsWith('7')) throw new AppError('invalid-state', `${id} is running.`);
    });
    const id = await host.begin();
    const { status, result, kind, progress } = await host.jobs.ended(id);
    expect([kind, status]).toEqual(['tasks_bulk', 'succeeded']);
    expect(BulkSummary.parse(result)).toEqual({
      ...{ matched: 250, ok: 225, failed: 25 },
      results_url: `/v1/jobs/${id}/results`,
    });
    expect(progress).toMatchObject({ percent: 100, message: '250 of 250, 25 failed' });
    expect(done).toEqual(rows(250));
    expect((await host.results(id)).map((row) => row.id)).toEqual(rows(250));
    const failed = await host.results(id, false);
    expect(failed).toHaveLength(25);
    expect(failed[1]).toMatchObject({ id: 'row17', error: { code: 'invalid_state', detail: 'row17 is running.' } });
  });

  test('answers with the outcome when the caller waits for it', async () => {
    expect(await open(rows(3)).all({ wait: true })).toMatchObject({ matched: 3, ok: 3, failed: 0 });
    expect(await open([]).all({ wait: true })).toMatchObject({ matched: 0, ok: 0, failed: 0 });
  });

  // Would catch: "delete the 3 that I see" that deletes four.
  test('is refused when it matches another number of rows than the caller expects', async () => {
    const host = open(rows(4));
    await expect(host.all({ expected_count: 3 })).rejects.toMatchObject({
      slug: 'conflict',
      extra: { expected: 3, actual: 4 },
    });
    expect(done).toEqual([]);
    expect(await host.all({ expected_count: 4, wait: true })).toMatchObject({ matched: 4 });
  });

  test('is joined by the same one while it runs', async () => {
    const held = Promise.withResolvers<void>();
    const host = open(rows(2), () => held.promise);
    const id = await host.begin();
    expect(await host.begin()).toBe(id);
    expect(await host.begin({ action: 'retry' })).not.toBe(id);
    held.resolve();
    expect(await host.jobs.ended(id)).toMatchObject({ result: { matched: 2 } });
  });

  // Would catch: a cancel that waits for the verb in hand, and one that loses the results of what is done.
  test('that is cancelled leaves the rest alone and keeps the results so far', async () => {
    const arrived = Promise.withResolvers<void>();
    const host = open(rows(5), (id) => {
      done.push(id);
      if (done.length < 3) return;
      arrived.resolve();
      return new Promise(() => undefined);
    });
    const id = await host.begin();
    await arrived.promise;
    expect(await host.jobs.cancel(id)).toMatchObject({ status: 'cancelled', result: null });
    expect((await host.results(id)).map((row) => row.id)).toEqual(['row0', 'row1']);
    expect(done).toEqual(['row0', 'row1', 'row2']);
  });

  // Would catch: a restart that begins anew, that forgets earlier results, or that does a row twice whose effect is committed.
  test('goes on after a crash where it was; a row that had its effect has it once', async () => {
    const arrived = Promise.withResolvers<void>();
    const first = open(rows(6), (id, _call, claim) => {
      core.db.transaction(() => {
        done.push(id);
        claim?.commit(null);
      });
      if (done.length < 4) return;
      arrived.resolve();
      return new Promise(() => undefined);
    });
    const id = await first.begin();
    await arrived.promise;
    const second = open([]);
    await second.jobs.start();
    expect(await second.jobs.ended(id)).toMatchObject({ status: 'succeeded', result: { matched: 6, ok: 6 } });
    expect(done).toEqual(rows(6));
    expect((await second.results(id)).map((row) => row.id)).toEqual(rows(6));
  });

  test('waits for several rows at a time where the verb says so', async () => {
    const gate = Promise.withResolvers<void>();
    const host = open(
      rows(9),
      (id) => {
        done.push(id);
        if (done.length === 4) gate.resolve();
        return gate.promise;
      },
      4,
    );
    expect(await host.all({ wait: true })).toMatchObject({ matched: 9, ok: 9 });
  });

  // Would catch: a host that answers nobody else while it works through thousands of rows.
  test('lets the event loop turn while it works', async () => {
    const spin = () => {
      const end = performance.now() + 0.2;
      while (performance.now() < end);
    };
    const host = open(rows(1000), spin, 20);
    let turns = 0;
    const turn = () => {
      turns += 1;
      next = setImmediate(turn);
    };
    let next = setImmediate(turn);
    await host.all({ wait: true });
    clearImmediate(next);
    expect(turns).toBeGreaterThan(25);
  });

  test('has results while its job is kept, and none that belong to another kind of job', async () => {
    const host = open(rows(1));
    const id = await host.begin();
    await host.jobs.ended(id);
    const files = () => fs.readdirSync(path.join(core.dir, 'bulk'));
    const prune = async () => host.chores[0]?.run(new AbortController().signal);
    await prune();
    expect(files()).toHaveLength(2);
    expect(() => host.handlers.jobs_results({ id: 'job_none' as JobId, limit: 1 }, callOf())).toThrow('no job');
    await expect(host.handlers.jobs_results({ id, limit: 1, cursor: '5' }, callOf())).rejects.toMatchObject({
      slug: 'validation-error',
    });
    core.db.raw.exec('DELETE FROM job');
    await prune();
    expect(files()).toEqual([]);
  });

  // Would catch: a number made of a text, which opens a file at NaN or before its beginning.
  test.each([
    'NaN',
    '-5',
    '1.5',
    '1e400',
    '0x10',
    ' ',
    '',
    '-0',
    'Infinity',
    '01',
    '99999999999999999999',
    '5',
  ])('refuses the cursor %j', async (cursor) => {
    const host = open(rows(3));
    const id = await host.begin();
    await host.jobs.ended(id);
    await expect((async () => host.handlers.jobs_results({ id, limit: 1, cursor }, callOf()))()).rejects.toMatchObject({
      slug: 'validation-error',
    });
  });

  test('has an empty page after the end of its results', async () => {
    const host = open(rows(3));
    const id = await host.begin();
    await host.jobs.ended(id);
    const cursor = '999999999999999';
    expect(await host.handlers.jobs_results({ id, limit: 1, cursor }, callOf())).toMatchObject({
      items: [],
      next_cursor: null,
    });
  });

  // Would catch: a caller that keeps the host busy with jobs without end.
  test('is refused while the caller has eight', async () => {
    const held = Promise.withResolvers<void>();
    const host = open(rows(1), () => held.promise);
    const begun: JobId[] = [];
    for (let n = 0; n < 8; n++) begun.push(await host.begin({ input: { n } }));
    await expect(host.begin({ input: { n: 8 } })).rejects.toMatchObject({ slug: 'resource-limit-exceeded' });
    held.resolve();
    await Promise.all(begun.map((id) => host.jobs.ended(id)));
    await expect
      .poll(() =>
        host.begin({ input: { n: 9 } }).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
  });
});

describe('the files of bulk jobs', () => {
  const row = (id: string) => ({
    id,
    ok: false,
    error: problemOf(new AppError('internal-server-error', 'x'.repeat(500))),
  });

  // Would catch: results that nobody counts: a caller who may only run tasks fills the disk with them.
  test('of ended jobs go, the oldest first, while all take too much', async () => {
    const files = createBulkFiles(core.dir);
    for (let n = 0; n < 6; n++) {
      const id = `job_${n}` as JobId;
      files.begin(id, ['a'.repeat(1000)]);
      fs.utimesSync(path.join(core.dir, `bulk/${id}.ids`), n, n);
    }
    const running = (id: JobId) => id === 'job_0';
    await files.prune(
      () => true,
      (id) => !running(id),
      { bytes: 3_500, jobs: 100 },
    );
    expect(fs.readdirSync(path.join(core.dir, 'bulk')).sort()).toEqual(['job_0.ids', 'job_4.ids', 'job_5.ids']);
    await files.prune(
      () => true,
      () => true,
      { bytes: 3_500, jobs: 1 },
    );
    expect(fs.readdirSync(path.join(core.dir, 'bulk'))).toEqual(['job_5.ids']);
  });

  test('of one job say no longer why rows failed when they are many', async () => {
    const files = createBulkFiles(core.dir, 2_000);
    const id = 'job_1' as JobId;
    files.begin(id, []);
    const results = await files.results(id, 0);
    let bytes = 0;
    for (let n = 0; n < 100; n++) bytes = await results.append([row(`row${n}`)]);
    await results.close();
    expect(bytes).toBeLessThan(8_000);
    const { rows: found } = await files.read(id, 0, 1000, undefined);
    expect(found).toHaveLength(100);
    expect(found[0]?.error?.detail).toContain('xxx');
    expect(found[99]).toEqual({ id: 'row99', ok: false });
  });

  // Would catch: a file of 100 TB, sparse, that a checkpoint of a foreign database asks for.
  test.each([
    { done: 0, ok: 0, written: 0, bytes: 1e14 },
    { done: 5, ok: 0, written: 0, bytes: 0 },
  ])('are not made longer by the checkpoint %j', async (checkpoint) => {
    const held = new Promise<void>(() => undefined);
    const first = open(rows(2), () => held);
    const id = await first.begin();
    core.db.raw
      .prepare("UPDATE job SET status = 'running', checkpoint = ? WHERE id = ?")
      .run(JSON.stringify(checkpoint), id);
    const second = open([]);
    await second.jobs.start();
    expect(await second.jobs.ended(id)).toMatchObject({ status: 'failed', error: { code: 'record_damaged' } });
    const results = fs.statSync(path.join(core.dir, `bulk/${id}.results`), { throwIfNoEntry: false });
    expect(results?.size ?? 0).toBeLessThan(1000);
  });

  // Would catch: a job of a foreign database whose id is a path.
  test('are not looked for outside of their folder', async () => {
    const outside = path.join(core.dir, 'precious.results');
    fs.writeFileSync(outside, 'line\n');
    fs.writeFileSync(path.join(core.dir, 'precious.ids'), 'row');
    const held = new Promise<void>(() => undefined);
    const first = open(rows(2), () => held);
    const id = await first.begin();
    core.db.raw.prepare("UPDATE job SET id = '../precious', status = 'queued' WHERE id = ?").run(id);
    const second = open([]);
    await second.jobs.start();
    await expect
      .poll(() => core.db.raw.prepare("SELECT status FROM job WHERE id = '../precious'").pluck().get())
      .toBe('failed');
    expect(done).toEqual([]);
    expect(fs.readFileSync(outside, 'utf8')).toBe('line\n');
  });
});
