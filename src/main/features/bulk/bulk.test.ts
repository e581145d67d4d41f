import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BulkAct, openBulk } from '../../../../tests/support/bulk.ts';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import { callOf } from '../../../../tests/support/tasks.ts';
import { BulkSummary } from '../../../contract/kernel/bulk.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { JobId } from '../../../contract/kernel/scalars.ts';

let core: TestCore;
let done: string[];
beforeEach(() => {
  core = openTestCore();
  done = [];
});
afterEach(() => core[Symbol.dispose]());

const rows = (count: number) => Array.from({ length: count }, (_, n) => `row${n}`);
/** What is done with each row is noted in `done`. */
const open = (ids: string[], act: BulkAct = (id) => void done.push(id), together = 1) =>
  openBulk(core, ids, act, together);

describe('a bulk operation by filter', () => {
  // Would catch: a row to which the verb does not apply that is told as a failure, an answer that says how many failed but not which and why, or results that end with the first page.
  test('does its verb to every match and keeps the result of each row', async () => {
    const host = open(rows(250), (id) => {
      done.push(id);
      if (id.endsWith('7')) throw new AppError('invalid-state', `${id} is running.`);
      if (id.endsWith('03')) throw new AppError('conflict');
    });
    const id = await host.begin();
    const { status, result, kind, progress } = await host.jobs.ended(id);
    expect([kind, status]).toEqual(['tasks_bulk', 'succeeded']);
    expect(BulkSummary.parse(result)).toEqual({
      ...{ matched: 250, ok: 223, skipped: 25, failed: 2 },
      results_url: `/v1/jobs/${id}/results`,
    });
    expect(progress).toMatchObject({ percent: 100, message: '250 of 250, 25 skipped, 2 failed' });
    expect(done).toEqual(rows(250));
    expect((await host.results(id)).map((row) => row.id)).toEqual(rows(250));
    const failed = await host.results(id, false);
    expect(failed).toHaveLength(27);
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

  // Would catch: a job without ids, which says that the host stopped, when the disk was full.
  test('has no job when its ids cannot be written', async () => {
    fs.writeFileSync(path.join(core.dir, 'bulk'), 'in the way');
    const host = open(rows(3));
    await expect(host.all()).rejects.toMatchObject({ slug: 'configuration-error' });
    expect(core.db.raw.prepare('SELECT count(*) FROM job').pluck().get()).toBe(0);
  });
});
