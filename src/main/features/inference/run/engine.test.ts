/** What callers are told when an engine's process has ended. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { manualClock, memoryLog, ROOT } from '../../../../../tests/support/core.ts';
import { generateAsk } from '../../../../../tests/support/engine.ts';
import { order } from '../../../../../tests/support/inference.ts';
import { DEFAULT_SETTINGS } from '../../../../contract/host/settings.ts';
import { createNodePlatform } from '../../../platform/node.ts';
import { ALLOCATOR, createEngine } from './engine.ts';

function openScripted() {
  const ends: boolean[] = [];
  const clock = manualClock();
  const platform = createNodePlatform({ appRoot: ROOT });
  const environments: (Record<string, string> | undefined)[] = [];
  const fork: typeof platform.fork = (module, options) => {
    environments.push(options.env);
    return platform.fork(module, options);
  };
  const engine = createEngine(
    'llama',
    {
      platform: { ...platform, fork },
      clock,
      log: memoryLog(),
      settings: { get: (key) => DEFAULT_SETTINGS[key], onChange: () => () => undefined },
      modules: { llama: path.join(ROOT, 'tests/fixtures/engines/scripted.ts') },
    },
    (_reason, isExcused) => ends.push(isExcused),
  );
  /** A generation that has begun. */
  async function begun(script: object, signal = new AbortController().signal) {
    const ask = generateAsk({ prompt: { messages: order(script), tools: [] } });
    const stream = engine.generate(ask, signal);
    await stream.next();
    return stream.next();
  }
  return { engine, clock, ends, environments, begun };
}

// Catches an answer that blames its own request, or the engine, for what another caller has left behind.
test('an engine that is ended for a cancel says so to the others, and that nothing was wrong with them', async () => {
  const { engine, clock, ends, begun } = openScripted();
  const other = begun({ say: [], after: 'hang' }).catch((error: unknown) => error);
  const controller = new AbortController();
  const stream = engine.generate(
    generateAsk({ prompt: { messages: order({ say: [], after: 'deaf' }), tools: [] } }),
    controller.signal,
  );
  await stream.next();
  const left = stream.next().catch((error: unknown) => error);
  controller.abort();
  expect(await left).toMatchObject({ slug: 'cancelled' });
  // Its work would be lost, so the engine gets longer than the five seconds that it has alone.
  for (let seconds = 0; seconds < 25; seconds += 5) clock.advance(5_000);
  expect(ends).toEqual([]);
  clock.advance(5_000);
  expect(await other).toMatchObject({
    slug: 'service-unavailable',
    extra: { reason: 'worker_crashed', retry_after: 1 },
    message: expect.stringContaining('what another caller had cancelled. Nothing is wrong with this request'),
  });
  expect(ends).toEqual([true]);
  await engine.stop();
});

test('an engine that ends by itself is the reason that is told', async () => {
  const { engine, ends, begun } = openScripted();
  await expect(begun({ say: [], after: 'crash' })).rejects.toMatchObject({
    slug: 'service-unavailable',
    extra: { reason: 'worker_crashed' },
    message: expect.stringContaining('exit code 7'),
  });
  expect(ends).toEqual([false]);
  await engine.stop();
});

// Catches an engine that keeps the file of a model beside its weights, and more of each model that comes and goes.
test('its process gives large blocks of memory back', async () => {
  const { engine, environments, begun } = openScripted();
  await begun({ say: ['yes'] });
  expect(environments).toEqual([expect.objectContaining(ALLOCATOR)]);
  await engine.stop();
});
