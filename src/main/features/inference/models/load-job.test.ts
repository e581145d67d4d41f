/** Loading as a job: what was asked for reaches the engine, and what was not asked for does not stay. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { factsOf, openResidents as open } from '../../../../../tests/support/models/residents.ts';
import type { JobContext } from '../../jobs/index.ts';
import { loadJobInput, loadJobKind } from './load-job.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Input = ReturnType<typeof loadJobInput>;
function start(subject: ReturnType<typeof open>, input: Input) {
  const kind = loadJobKind(subject.source, subject.residents);
  const told: object[] = [];
  const abort = new AbortController();
  const context: JobContext<Input, null> = {
    ...{ id: 'job_00000000000000000000000000' as never, checkpoint: null, signal: abort.signal },
    input: kind.input.parse(JSON.parse(JSON.stringify(input))),
    progress: (progress) => told.push(progress),
    save: () => undefined,
  };
  return { done: kind.run(context), told, abort };
}

test('options survive the way through the database', async () => {
  const subject = open();
  const options = { contextLength: 1024, gpuLayers: 3, ttlSeconds: 0, forceReload: false };
  const { done } = start(subject, loadJobInput('a', undefined, options));
  expect(await done).toEqual({ model: 'a', context_length: 1024, device: 'cpu' });
  expect(subject.residents.get('a')).toMatchObject({ gpuLayers: 3, ttlSeconds: 0, pinned: true });
});

// Catches `null` layers or seconds that are taken for nought.
test('what was not said is not set', async () => {
  const subject = open();
  await start(subject, loadJobInput('a', 'auto', {})).done;
  expect(subject.residents.get('a')).toMatchObject({ gpuLayers: null, ttlSeconds: 3600, pinned: false });
});

test('a number of a card is no other device', () => {
  expect([loadJobInput('a', 'cuda:1', {}).device, loadJobInput('a', 'auto', {}).device]).toEqual(['cuda', null]);
});

// Catches an order for the card that is answered by a model which computes on the processor, ten times slower.
test('a model on another device than was asked for is refused and does not stay', async () => {
  const subject = open();
  const { done } = start(subject, loadJobInput('a', 'cuda:0', {}));
  await expect(done).rejects.toMatchObject({ slug: 'validation-error', extra: { field: 'device' } });
  expect([subject.residents.all(), subject.calls]).toEqual([[], ['load a 4096', 'unload a']]);
});

test('progress is told while the engine reads, and ends at the whole', async () => {
  const gate = Promise.withResolvers<void>();
  const subject = open({
    engine: {
      async load({ context_length }, _signal, progress) {
        progress(40);
        await gate.promise;
        return factsOf(context_length);
      },
    },
  });
  const { done, told } = start(subject, loadJobInput('a', undefined, {}));
  await vi.advanceTimersByTimeAsync(250);
  expect(told.at(-1)).toEqual({ percent: 40 });
  gate.resolve();
  await done;
  expect(told.at(-1)).toEqual({ percent: 100, message: 'Loaded a' });
  const count = told.length;
  await vi.advanceTimersByTimeAsync(1000);
  expect(told).toHaveLength(count);
});

test('a job that is cancelled ends the load', async () => {
  const gate = Promise.withResolvers<void>();
  const subject = open({ hold: gate.promise });
  const { done, abort } = start(subject, loadJobInput('a', undefined, {}));
  done.catch(() => undefined);
  await vi.waitFor(() => expect(subject.calls).toEqual(['load a 4096']));
  abort.abort();
  gate.resolve();
  await expect(done).rejects.toThrow();
  expect(subject.residents.all()).toEqual([]);
});
