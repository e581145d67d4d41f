import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import {
  asked,
  beginJob,
  openJobs,
  runAgain,
  stepsIn,
  stepsKind,
  untilAborted,
} from '../../../../tests/support/jobs.ts';

let core: TestCore;
let file: string;
beforeEach(() => {
  core = openTestCore();
  file = path.join(core.dir, 'steps.txt');
});
afterEach(() => core[Symbol.dispose]());

const never = () => new Promise<void>(() => undefined);
const begun = (options = {}) => beginJob(core, file, options);
const next = (before?: ReturnType<typeof stepsKind>) => runAgain(core, before ?? stepsKind(file, () => undefined));

describe('a job that the end of the host cut off', () => {
  test.each([
    ['an orderly stop', false],
    ['a crash', true],
  ])('goes on from its checkpoint after %s, and ends once', async (_name, crash) => {
    const { host, id } = await begun({ crash });
    if (!crash) {
      await host.stop();
      expect(host.get(id)).toMatchObject({ status: 'queued', finished_at: null });
    }
    const { host: second } = next();
    await second.start();
    expect(await second.ended(id)).toMatchObject({ status: 'succeeded', result: { steps: 4 }, error: null });
    expect(stepsIn(file)).toEqual([0, 1, 2, 3]);
    const { host: third } = next();
    await third.start();
    expect(third.get(id).status).toBe('succeeded');
    expect(stepsIn(file)).toEqual([0, 1, 2, 3]);
  });

  test('is joined by a call with its key, before and after it is started again', async () => {
    const { id } = await begun({ crash: true });
    const { host, steps } = next();
    const { job, done } = steps.start({ ...asked, input: { steps: 4 }, joinKey: 'one' });
    expect(job.id).toBe(id);
    await host.start();
    expect((await done).status).toBe('succeeded');
    expect(stepsIn(file)).toEqual([0, 1, 2, 3]);
  });

  test('fails as interrupted when its kind cannot go on', async () => {
    const { id } = await begun({ crash: true, resumable: false });
    const { host } = next(stepsKind(file, () => undefined, false));
    await host.start();
    expect(host.get(id)).toMatchObject({ status: 'failed', error: { code: 'task_interrupted' } });
    expect(stepsIn(file)).toEqual([0, 1]);
  });

  test('fails with the name of its kind when this version has none of it', async () => {
    const { id } = await begun({ crash: true });
    const host = openJobs(core);
    await host.start();
    const { status, error } = host.get(id);
    expect(status).toBe('failed');
    expect(error).toMatchObject({ code: 'not_implemented', feature: 'steps' });
    expect(error?.detail).toContain('no jobs of the kind steps');
  });

  test('is given up when the host ends time and again before it reaches a checkpoint', async () => {
    const { id } = await begun({ crash: true });
    for (let crashes = 0; crashes < 5; crashes += 1) {
      const reached = Promise.withResolvers<void>();
      const { host } = next(
        stepsKind(file, () => {
          reached.resolve();
          return never();
        }),
      );
      await host.start();
      if (host.get(id).status === 'failed') break;
      await reached.promise;
    }
    const { host } = next();
    await host.start();
    expect(host.get(id)).toMatchObject({ status: 'failed', error: { code: 'task_interrupted' } });
    expect(host.get(id).error?.detail).toContain('ended 5 times');
  });

  test('stays where it is in a host that runs for one command', async () => {
    const { id } = await begun({ crash: true });
    const host = openJobs(core, false);
    host.service.register(stepsKind(file, () => undefined));
    await host.start();
    await host.stop();
    expect(host.get(id).status).toBe('running');
    expect(stepsIn(file)).toEqual([0, 1]);
  });
});

describe('cancel', () => {
  test('before the restart holds after it, even when the host was killed before the work had ended', async () => {
    const { host, id } = await begun({ crash: true });
    void host.cancel(id); // the work never answers
    const { host: second } = next();
    await second.start();
    expect(second.get(id)).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' } });
    expect(stepsIn(file)).toEqual([0, 1]);
  });

  test('between two runs ends a job that has not been started again', async () => {
    const { id } = await begun({ crash: true });
    const { host } = next();
    expect((await host.cancel(id)).status).toBe('cancelled');
    await host.start();
    expect(stepsIn(file)).toEqual([0, 1]);
  });

  test('after the restart stops the work', async () => {
    const { id } = await begun({ crash: true });
    const { host } = next(stepsKind(file, untilAborted));
    await host.start();
    expect((await host.cancel(id)).status).toBe('cancelled');
    await expect(host.cancel(id)).rejects.toThrow('already ended');
    expect(stepsIn(file)).toEqual([0, 1]);
  });
});

test('a checkpoint that another version wrote in another shape is dropped: the job starts from the beginning', async () => {
  const { id } = await begun({ crash: true });
  core.db.raw.prepare(`UPDATE job SET checkpoint = '{"done":"3"}' WHERE id = ?`).run(id);
  const { host } = next();
  await host.start();
  expect((await host.ended(id)).status).toBe('succeeded');
  expect(stepsIn(file)).toEqual([0, 1, 0, 1, 2, 3]);
});
