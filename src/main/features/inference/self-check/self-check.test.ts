import { expect, test } from 'vitest';
import { memoryLog } from '../../../../../tests/support/core.ts';
import { never, openResidents } from '../../../../../tests/support/models/residents.ts';
import { DEFAULT_SETTINGS } from '../../../../contract/host/settings.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { SelfCheck } from '../../../../contract/models/self-check.ts';
import type { Resident } from '../models/resident.ts';
import type { Engine } from '../run/engine.ts';
import { createSelfCheck } from './index.ts';

/** Models whose engine answers what is given, and the checks that were kept. */
function open(generate: Engine['generate'], known: Record<string, SelfCheck> = {}) {
  const kept = new Map(Object.entries(known));
  const saved: string[] = [];
  const asked: string[] = [];
  let told = Promise.withResolvers<void>();
  const engine: Partial<Engine> = {
    async *generate(ask, signal) {
      asked.push('messages' in ask.prompt ? (ask.prompt.messages[0]?.content ?? '') : '');
      return yield* generate(ask, signal);
    },
  };
  let loaded: (resident: Resident) => void = () => undefined;
  const subject = openResidents({ engine, loaded: (resident) => loaded(resident) });
  const check = createSelfCheck({
    source: {
      selfCheck: {
        wanted: (id) => !kept.has(id),
        save(id, found) {
          kept.set(id, found);
          saved.push(id);
          told.resolve();
          told = Promise.withResolvers();
        },
      },
    },
    settings: { get: (key) => DEFAULT_SETTINGS[key], onChange: () => () => undefined },
    clock: subject.clock,
    log: memoryLog(),
    tempDir: '',
  });
  loaded = check.loaded;
  return { ...subject, kept, saved, asked, isTold: () => told.promise };
}

const answering = (text: string): Engine['generate'] =>
  async function* () {
    yield { t: 'text', text, tokens: 2 };
    return { t: 'finished', reason: 'stop', completion_tokens: 2 };
  };

/** Lets what is due run to where it waits. */
async function pass(subject: ReturnType<typeof open>, ms: number): Promise<void> {
  subject.clock.advance(ms);
  await new Promise((resolve) => setImmediate(resolve));
}

test('a model is checked once, when it is idle after its first load', async () => {
  const subject = open(answering('4, Paris, blue'));
  const { residents, a, kept, saved } = subject;
  (await residents.lease(a, never)).release();
  expect(saved).toEqual([]);
  const told = subject.isTold();
  await pass(subject, 1_000);
  await told;
  expect(kept.get('a')).toMatchObject({
    ...{ verdict: 'passed', right: 3, asked: 3, findings: [], device: 'cpu', context_length: 4096 },
  });
  expect(residents.get('a')?.turns.active()).toBe(0);
  await residents.load(a, { forceReload: true });
  await pass(subject, 60_000);
  expect(saved).toEqual(['a']);
});

// Catches a check that holds up a conversation, and one that is never made because of it.
test('it waits while the model is used, gives its place to whoever waits for one, and begins again later', async () => {
  const gate = Promise.withResolvers<void>();
  let first = true;
  const subject = open(async function* () {
    yield { t: 'text', text: '4', tokens: 1 };
    if (first) await gate.promise;
    first = false;
    yield { t: 'text', text: ' Paris', tokens: 1 };
    return { t: 'finished', reason: 'stop', completion_tokens: 2 };
  });
  const { residents, a, asked, saved } = subject;
  const lease = await residents.lease(a, never);
  await pass(subject, 1_000);
  expect(asked).toEqual([]);
  lease.release();
  await pass(subject, 15_000);
  expect(asked).toHaveLength(1);
  const entering = residents.get('a')?.turns.enter('someone', never);
  gate.resolve();
  (await entering)?.();
  expect(saved).toEqual([]);
  const told = subject.isTold();
  await pass(subject, 15_000);
  await told;
  expect(saved).toEqual(['a']);
  expect(asked).toHaveLength(4);
});

// Catches a check that keeps a model in memory which another one needs.
test('it ends with the model that is unloaded meanwhile, and is kept for the next load', async () => {
  const begun = Promise.withResolvers<void>();
  const subject = open(async function* (_ask, signal) {
    yield { t: 'text', text: '4', tokens: 1 };
    begun.resolve();
    await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new AppError('cancelled'))));
    return { t: 'finished', reason: 'stop', completion_tokens: 1 };
  });
  const { residents, a, saved } = subject;
  await residents.load(a, {});
  await pass(subject, 1_000);
  await begun.promise;
  await residents.unload(a);
  await pass(subject, 60_000);
  expect(saved).toEqual([]);
  expect(residents.get('a')).toBeUndefined();
});

test('an engine that fails is told as the finding', async () => {
  // biome-ignore lint/correctness/useYield: it fails before it writes
  const subject = open(async function* () {
    throw new AppError('generation-timeout', 'No token came.');
  });
  await subject.residents.load(subject.a, {});
  const told = subject.isTold();
  await pass(subject, 1_000);
  await told;
  expect(subject.kept.get('a')).toMatchObject({ verdict: 'failed', findings: ['No token came.'] });
});
