/** A generation that nobody reads any more gives its place back. */
import { describe, expect, test } from 'vitest';
import { openResidents } from '../../../../../tests/support/models/residents.ts';
import type { EngineItem } from '../../../../contract/models/engine.ts';
import { generateFor } from '../openai/caller-fields.ts';
import { merge } from '../openai/merge.ts';
import type { Engine } from './engine.ts';
import { createGenerate, type GenerationRequest } from './generation.ts';
import { createLive } from './live.ts';

const REQUEST: GenerationRequest = {
  ...{ model: 'a', prompt: { text: 'the' }, sampling: {}, logitBias: [], maxTokens: null, stop: [], grammar: null },
  ...{ tools: null, logprobs: null, overflow: 'refuse' },
};

/** An engine that writes without end, until it is told to stop; the first request fails when it is told to. */
function open() {
  const running = new Set<AbortSignal>();
  const failed = Promise.withResolvers<never>();
  let asked = 0;
  const generate: Engine['generate'] = async function* (_ask, signal) {
    const isFirst = asked++ === 0;
    running.add(signal);
    const aborted = Promise.withResolvers<never>();
    aborted.promise.catch(() => undefined);
    signal.addEventListener('abort', () => aborted.reject(signal.reason), { once: true });
    try {
      for (;;) {
        yield { t: 'text', text: 'a', tokens: 1 } satisfies EngineItem;
        await Promise.race([isFirst ? failed.promise : new Promise(setImmediate), aborted.promise]);
      }
    } finally {
      running.delete(signal);
    }
  };
  const subject = openResidents({ engine: { generate } });
  const ended: string[] = [];
  const live = createLive(subject.clock);
  const make = createGenerate({
    ...subject,
    live,
    finished: (_model, _end, outcome) => ended.push(outcome),
  });
  const asker = { caller: 'me', requestId: 'r', signal: new AbortController().signal };
  return {
    ...subject,
    running,
    ended,
    live,
    begin: () => make(REQUEST, asker),
    /** As completions begin them. */
    beginNamed: () => generateFor((field) => field, make, REQUEST, asker),
    fail: () => failed.reject(new Error('crashed')),
  };
}

describe.each(['begin', 'beginNamed'] as const)('a reader that leaves (%s)', (begin) => {
  // Catches an engine that keeps its place for an answer that nobody reads: the next request would wait for ever.
  test('between two parts ends what the engine computes', async () => {
    const subject = open();
    const parts = (await subject[begin]()).parts();
    expect((await parts.next()).value).toMatchObject({ t: 'content' });
    await parts.return(undefined as never);
    expect(subject.running.size).toBe(0);
    expect([subject.residents.get('a')?.turns.active(), subject.residents.get('a')?.users]).toEqual([0, 0]);
    expect(subject.ended).toEqual(['cancelled']);
  });

  test('in the queue leaves the queue', async () => {
    const subject = open();
    const first = (await subject[begin]()).parts();
    await first.next();
    const second = (await subject[begin]()).parts();
    const waits = second.next().catch(() => 'ended');
    await expect.poll(() => subject.residents.get('a')?.turns.waiting()).toBe(1);
    void second.return(undefined as never).catch(() => undefined);
    expect(await waits).toBe('ended');
    expect(subject.residents.get('a')?.turns.waiting()).toBe(0);
    await first.return(undefined as never);
  });
});

// Catches further choices of a request that has failed: they would be written, one after the other, for nobody.
test('a choice that fails ends the others, those that wait among them', async () => {
  const subject = open();
  const choices = await Promise.all([subject.begin(), subject.beginNamed(), subject.begin()]);
  const merged = merge(choices.map((choice) => choice.parts()));
  await merged.next();
  await expect.poll(() => subject.residents.get('a')?.turns.waiting()).toBe(2);
  subject.fail();
  await expect(
    (async () => {
      for await (const _ of merged);
    })(),
  ).rejects.toThrow('crashed');
  await expect.poll(() => subject.residents.get('a')?.users).toBe(0);
  expect(subject.live.active({ caller: null })).toBe(0);
  expect(subject.ended.sort()).toEqual(['cancelled', 'cancelled', 'failed']);
});

describe('a reader that takes nothing of its answer', () => {
  const MINUTE = 60_000;
  // Catches connections that are open and not read, each of which keeps a place of the model for as long as it likes.
  test('for a minute has no place any more, and hears why when it comes back', async () => {
    const subject = open();
    const parts = (await subject.begin()).parts();
    await parts.next();
    const other = (await subject.begin()).parts();
    const next = other.next();
    await expect.poll(() => subject.residents.get('a')?.turns.waiting()).toBe(1);
    subject.clock.advance(MINUTE - 1);
    expect(subject.residents.get('a')?.turns.waiting()).toBe(1);
    subject.clock.advance(1);
    expect((await next).value).toMatchObject({ t: 'content' });
    expect([...subject.running].filter((signal) => !signal.aborted)).toHaveLength(1);
    await expect(parts.next()).rejects.toMatchObject({
      slug: 'generation-timeout',
      message: expect.stringContaining('60 s'),
    });
    expect(subject.ended).toEqual(['failed']);
    await other.return(undefined as never);
    expect([subject.residents.get('a')?.turns.active(), subject.residents.get('a')?.users]).toEqual([0, 0]);
  });

  // Catches a time that runs while the reader waits for the model, or over all parts together.
  test('counts only while it takes nothing: a slow one gets its whole answer', async () => {
    const subject = open();
    const first = (await subject.begin()).parts();
    await first.next();
    await first.return(undefined as never);
    const parts = (await subject.begin()).parts();
    for (let n = 0; n < 5; n++) {
      expect((await parts.next()).value).toMatchObject({ t: 'content' });
      subject.clock.advance(MINUTE - 1);
    }
    await parts.return(undefined as never);
    expect(subject.ended).toEqual(['cancelled', 'cancelled']);
    // Nothing of it is left that ends what comes later.
    const last = (await subject.begin()).parts();
    await last.next();
    subject.clock.advance(2);
    expect((await last.next()).value).toMatchObject({ t: 'content' });
    await last.return(undefined as never);
  });
});
