import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BulkAct, openBulk } from '../../../../tests/support/bulk.ts';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import { callOf } from '../../../../tests/support/tasks.ts';
import { AppError, problemOf } from '../../../contract/kernel/errors.ts';
import type { JobId } from '../../../contract/kernel/scalars.ts';
import { createBulkFiles } from './files.ts';

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

  // Would catch: damage that is called a mistake of the caller, who then starts again without end.
  test('with a damaged line say so at a cursor of theirs', async () => {
    const host = open(rows(3));
    const id = await host.begin();
    await host.jobs.ended(id);
    const file = path.join(core.dir, `bulk/${id}.results`);
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    lines[1] = '{"torn';
    fs.writeFileSync(file, lines.join('\n'));
    const page = (cursor?: string) => host.handlers.jobs_results({ id, limit: 1, cursor }, callOf());
    const { next_cursor } = await page();
    await expect(page(next_cursor ?? '')).rejects.toMatchObject({ slug: 'record-damaged' });
    await expect(page('5')).rejects.toMatchObject({ slug: 'validation-error' });
  });
});

describe('a cursor of results', () => {
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
  ])('is not %j', async (cursor) => {
    const host = open(rows(3));
    const id = await host.begin();
    await host.jobs.ended(id);
    await expect((async () => host.handlers.jobs_results({ id, limit: 1, cursor }, callOf()))()).rejects.toMatchObject({
      slug: 'validation-error',
    });
  });

  test('behind the end has an empty page', async () => {
    const host = open(rows(3));
    const id = await host.begin();
    await host.jobs.ended(id);
    const cursor = '999999999999999';
    expect(await host.handlers.jobs_results({ id, limit: 1, cursor }, callOf())).toMatchObject({
      items: [],
      next_cursor: null,
    });
  });
});
