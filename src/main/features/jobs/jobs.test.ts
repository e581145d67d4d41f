import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import { asked, beginJob, openJobs, runAgain, stepsKind } from '../../../../tests/support/jobs.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import { OPERATOR } from '../../core/operation/operator.ts';
import { createJobs, type JobKind } from './index.ts';
import type { JobContext } from './kind.ts';

let core: TestCore;
let file: string;
beforeEach(() => {
  core = openTestCore();
  file = path.join(core.dir, 'steps.txt');
});
afterEach(() => core[Symbol.dispose]());

test('two kinds of one name are refused', () => {
  const { host } = runAgain(
    core,
    stepsKind(file, () => undefined),
  );
  expect(() => host.service.register(stepsKind(file, () => undefined))).toThrow('two job kinds');
});

describe('progress', () => {
  /** A job that stands still until it is told to end, with what it reports with. */
  async function working() {
    const host = openJobs(core);
    const inside = Promise.withResolvers<JobContext<{ steps: number }, { done: number }>>();
    const finish = Promise.withResolvers<void>();
    const kind: JobKind<{ steps: number }, { done: number }> = {
      ...stepsKind(file, () => undefined),
      async run(context) {
        inside.resolve(context);
        await finish.promise;
        return null;
      },
    };
    const { job, done } = host.service.register(kind).start({ ...asked, input: { steps: 0 } });
    return { host, id: job.id, done, finish, context: await inside.promise };
  }

  // Would catch: a write and an event for each kilobyte of a download.
  test('is written at most four times a second, and the last report is in the row when the job has ended', async () => {
    const { host, id, done, finish, context } = await working();
    const before = core.events.head();
    for (let n = 1; n <= 1000; n++) {
      context.progress({ done_bytes: n });
      core.clock.advance(1);
    }
    expect(core.events.head() - before).toBe(4);
    context.progress({ done_bytes: 5000, message: 'nearly' });
    finish.resolve();
    expect((await done).progress).toMatchObject({ done_bytes: 5000, message: 'nearly', percent: 100 });
    expect(host.get(id).status).toBe('succeeded');
  });

  // Would catch: a timer or a late report that writes into a job that has ended.
  test('that comes after the end changes nothing', async () => {
    const { host, id, done, finish, context } = await working();
    context.progress({ message: 'before' });
    finish.resolve();
    const ended = await done;
    const head = core.events.head();
    context.progress({ message: 'after' });
    context.save({ done: 7 });
    core.clock.advance(1000);
    expect(host.get(id)).toEqual(ended);
    expect(core.events.head()).toBe(head);
  });

  test('is followed from the state now to the end; a reader that was slow misses states, never the last', async () => {
    const { host, id, finish, context } = await working();
    const follower = host.service.follow(id, OPERATOR, new AbortController().signal);
    expect((await follower.next()).value?.job.status).toBe('running');
    for (let n = 1; n <= 5; n++) {
      context.progress({ message: `${n}` });
      core.clock.advance(250);
      await Promise.resolve();
    }
    finish.resolve();
    await host.ended(id);
    const seen: string[] = [];
    for await (const { job } of follower) seen.push(job.status);
    expect(seen).toEqual(['succeeded']);
  });

  test('is left by a follower whose signal is aborted, also one that was aborted before', async () => {
    const { host, id } = await working();
    const leave = new AbortController();
    const follower = host.service.follow(id, OPERATOR, leave.signal);
    await follower.next();
    const waiting = follower.next();
    leave.abort();
    expect(await waiting).toMatchObject({ done: true });
    expect(await host.service.follow(id, OPERATOR, AbortSignal.abort()).next()).toMatchObject({ done: true });
  });
});

describe('a job', () => {
  const kindThat = (run: () => Promise<never>): JobKind<{ steps: number }, { done: number }> => ({
    ...stepsKind(file, () => undefined),
    run,
  });

  // Would catch: the text of an error of the program, with paths and values in it, in the answer to a client.
  test('that throws an error of the program fails without its text, which is in the log', async () => {
    const host = openJobs(core);
    const { done } = host.service
      .register(kindThat(() => Promise.reject(new TypeError('secret detail'))))
      .start({ ...asked, input: { steps: 0 } });
    const { status, error } = await done;
    expect([status, error?.code]).toEqual(['failed', 'internal_server_error']);
    expect(JSON.stringify(error)).not.toContain('secret detail');
    expect(core.log.lines.join()).toContain('error jobs A job failed');
  });

  test('that throws a known error keeps its code and its text', async () => {
    const host = openJobs(core);
    const { done } = host.service
      .register(kindThat(() => Promise.reject(new AppError('not-found', 'The file has gone.'))))
      .start({ ...asked, input: { steps: 0 } });
    expect((await done).error).toMatchObject({ code: 'not_found', detail: 'The file has gone.' });
    expect(core.log.lines).toEqual(['error jobs A job failed: The file has gone.']);
  });

  // Would catch: a key that a caller of another area can use to look at or end the work of others.
  test('is there for callers of its area only, and ends only for those with its scope', async () => {
    const { host, id } = await beginJob(core, file);
    const caller = { ...OPERATOR, kind: 'key', id: 'key_1', name: 'k' } as const;
    const models = { ...caller, areas: ['models'] as const };
    expect(() => host.service.get(id, models)).toThrow(expect.objectContaining({ slug: 'not-found' }));
    await expect(host.service.cancel(id, models)).rejects.toMatchObject({ slug: 'not-found' });
    await expect(host.service.follow(id, models, new AbortController().signal).next()).rejects.toMatchObject({
      slug: 'not-found',
    });
    expect(host.service.list({ limit: 10, count: false }, models).items).toEqual([]);
    const reader = { ...caller, scope: 'read' as const };
    expect(host.service.get(id, reader).id).toBe(id);
    await expect(host.service.cancel(id, reader)).rejects.toMatchObject({
      slug: 'forbidden',
      extra: { required_scope: 'run' },
    });
    await host.stop();
  });

  test('with a key is joined while it lives; after its end the key starts another one', async () => {
    const host = openJobs(core);
    const steps = host.service.register(stepsKind(file, () => undefined));
    const job = { ...asked, input: { steps: 1 }, joinKey: 'one' };
    const [first, second] = [steps.start(job), steps.start({ ...job, input: { steps: 9 } })];
    expect(second.job.id).toBe(first.job.id);
    await first.done;
    const third = steps.start(job);
    expect(third.job.id).not.toBe(first.job.id);
    expect((await third.done).status).toBe('succeeded');
  });

  test('that ended more than 30 days ago is removed; one that goes on stays however old it is', async () => {
    const { host, id } = await beginJob(core, file);
    const steps = createJobs({ ...core, serving: false });
    const { job, done } = steps.service
      .register(stepsKind(file, () => undefined))
      .start({ ...asked, input: { steps: 0 } });
    await done;
    core.clock.advance(30 * 86_400_000 + 1);
    await steps.chores[0]?.run(new AbortController().signal);
    expect(() => host.get(job.id)).toThrow('no job');
    expect(host.get(id).status).toBe('running');
    await host.stop();
  });
});
