/** How a model comes to its end, and what is left for the next request. */
import { describe, expect, test } from 'vitest';
import { factsOf, MIB, never, openResidents as open } from '../../../../../tests/support/models/residents.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';

describe('a load that fails', () => {
  function failing() {
    let fails = true;
    const subject = open({
      engine: {
        async load({ context_length }) {
          if (fails) throw new AppError('model-corrupted', 'broken tensor');
          return factsOf(context_length);
        },
      },
    });
    const repair = () => {
      fails = false;
    };
    return { ...subject, repair };
  }

  // Catches a model that stays "loading" for ever after a failed load.
  test('fails for all that wait, leaves nothing behind and may be tried again', async () => {
    const { residents, a, repair } = failing();
    const all = await Promise.allSettled([residents.lease(a, never), residents.load(a, {}), residents.lease(a, never)]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(all[0]).toMatchObject({ reason: { slug: 'model-corrupted' } });
    expect(residents.get('a')).toBeUndefined();
    repair();
    expect((await residents.lease(a, never)).facts.device).toBe('cpu');
  });

  test('does not keep the next model from being loaded', async () => {
    const { residents, a, b, repair } = failing();
    const first = residents.load(a, {});
    await expect(first).rejects.toThrow('broken tensor');
    repair();
    await residents.load(b, {});
    expect(residents.ids(null)).toEqual(['b']);
  });

  test('is told to who lists models: come, and gone', async () => {
    const { residents, changed, a } = failing();
    await residents.load(a, {}).catch(() => undefined);
    expect(changed).toEqual(['a', 'a']);
  });
});

describe('an unload', () => {
  // Catches a cancelled load that goes on in the engine and takes memory which nobody counts.
  test('while the model is loading ends the load', async () => {
    const gate = Promise.withResolvers<void>();
    const { residents, calls, a } = open({ hold: gate.promise });
    const load = residents.load(a, {});
    load.catch(() => undefined);
    await expect.poll(() => calls).toEqual(['load a 4096']);
    const unload = residents.unload(a);
    gate.resolve();
    await unload;
    await expect(load).rejects.toThrow();
    expect([residents.get('a'), calls]).toEqual([undefined, ['load a 4096']]);
  });

  test('that the engine refuses is told in the log, and the model counts as gone', async () => {
    const { residents, log, a } = open({ engine: { unload: () => Promise.reject(new Error('no such model')) } });
    await residents.load(a, {});
    await residents.unload(a);
    expect(residents.all()).toEqual([]);
    expect(log.lines).toContain('warn models a model could not be unloaded');
  });

  test('of one model leaves the others alone', async () => {
    const { residents, a, b } = open();
    const kept = await residents.lease(b, never);
    await residents.load(a, {});
    await residents.unload(a);
    expect([residents.ids(null), kept.resident.going.signal.aborted]).toEqual([['b'], false]);
  });
});

describe('the idle time', () => {
  test('begins with the last of several requests', async () => {
    const { residents, clock, a } = open({ settings: { model_ttl_seconds: 10 } });
    const [first, second] = await Promise.all([residents.lease(a, never), residents.lease(a, never)]);
    first.release();
    clock.advance(20_000);
    expect(residents.get('a')).toBeDefined();
    second.release();
    clock.advance(9_999);
    expect(residents.get('a')).toBeDefined();
    clock.advance(1);
    expect(residents.get('a')).toBeUndefined();
  });

  // Catches a lease that counts down twice, so that a model leaves under another request.
  test('does not begin because one request is released twice', async () => {
    const { residents, clock, a } = open({ settings: { model_ttl_seconds: 10 } });
    const [first] = await Promise.all([residents.lease(a, never), residents.lease(a, never)]);
    first.release();
    first.release();
    clock.advance(20_000);
    expect(residents.get('a')?.users).toBe(1);
  });

  test('is that of the load, and 0 keeps the model; a later load sets it anew', async () => {
    const { residents, clock, a, b } = open({ settings: { model_ttl_seconds: 10 } });
    await residents.load(a, { ttlSeconds: 0 });
    await residents.load(b, { ttlSeconds: 100 });
    clock.advance(99_000);
    expect(residents.ids(null)).toEqual(['a', 'b']);
    clock.advance(1_000);
    expect(residents.ids(null)).toEqual(['a']);
    await residents.load(a, { ttlSeconds: 5 });
    expect(residents.get('a')?.pinned).toBe(false);
    clock.advance(5_000);
    expect(residents.ids(null)).toEqual([]);
  });

  test('of nought in the settings keeps a model, but lets it make room', async () => {
    const { residents, clock, a, b } = open({ settings: { model_ttl_seconds: 0, max_loaded_models: 1 } });
    await residents.load(a, {});
    clock.advance(1_000_000);
    expect(residents.ids(null)).toEqual(['a']);
    await residents.load(b, {});
    expect(residents.ids(null)).toEqual(['b']);
  });
});

describe('an engine that was ended for a cancel', () => {
  // Catches models that an operator has loaded and finds gone, because a caller left work that could not be interrupted.
  test('gets its models back as they were', async () => {
    const { residents, calls, clock, engine, a, b } = open({ settings: { model_ttl_seconds: 10, auto_load: false } });
    await residents.load(a, { contextLength: 1024, ttlSeconds: 0 });
    await residents.load(b, { contextLength: 512, gpuLayers: 3, ttlSeconds: 100 });
    residents.lost(engine, true);
    expect(residents.all()).toEqual([]);
    await expect.poll(() => residents.all().flatMap(({ facts }) => facts ?? []).length).toBe(2);
    expect(calls.slice(2)).toEqual(['load a 1024', 'load b 512']);
    expect(residents.get('b')).toMatchObject({ gpuLayers: 3, ttlSeconds: 100, pinned: false });
    clock.advance(101_000);
    expect(residents.ids(null)).toEqual(['a']);
    residents.lost(engine, false);
    expect(residents.all()).toEqual([]);
  });

  test('is told in the log when one of them does not come back', async () => {
    const { residents, log, engine, a } = open();
    await residents.load(a, {});
    engine.load = () => Promise.reject(new AppError('model-corrupted', 'gone'));
    residents.lost(engine, true);
    await expect.poll(() => log.lines).toContain('warn models a could not be loaded again');
  });

  // Catches the idle time of a model that went with its process, which unloads the same model in the next one.
  test('leaves no idle time behind that unloads what came after it', async () => {
    const { residents, calls, clock, engine, a } = open({ settings: { model_ttl_seconds: 10 } });
    const lease = await residents.lease(a, never);
    residents.lost(engine, false);
    const next = await residents.lease(a, never);
    lease.release();
    clock.advance(20_000);
    expect(residents.get('a')).toBe(next.resident);
    await expect.poll(() => calls.at(-1)).toBe('load a 4096');
  });
});

// Catches metrics that tell a model which its process took along from one that made room.
test('why a model left is counted', async () => {
  const { residents, clock, engine, tally, a, b } = open({ settings: { model_ttl_seconds: 10, max_loaded_models: 1 } });
  await residents.load(a, {});
  await residents.load(b, {});
  clock.advance(10_000);
  await residents.load(a, {});
  await residents.unload(a);
  await residents.load(a, {});
  residents.lost(engine, false);
  expect(tally.read().moves.map(({ model, cause, count }) => `${model} ${cause} ${count}`)).toEqual([
    'a room 1',
    'b idle 1',
    'a asked 1',
    'a ended 1',
  ]);
});

describe('room', () => {
  // Catches an eviction of as many models as there are, where one is enough.
  test('is made by no more models than the next one needs', async () => {
    const { residents, calls, clock, a, b, c } = open({ free: 256 + 210, settings: { max_loaded_models: 10 } });
    await residents.load(a, { contextLength: 256 });
    clock.advance(1);
    await residents.load(b, { contextLength: 256 });
    clock.advance(1);
    await residents.load(c, { contextLength: 256 });
    expect(calls).toEqual(['load a 256', 'load b 256', 'unload a', 'load c 256']);
  });

  test('is refused by a number that counts models which are still loading', async () => {
    const gate = Promise.withResolvers<void>();
    const { residents, a, b } = open({ hold: gate.promise, settings: { max_loaded_models: 1 } });
    const first = residents.load(a, {});
    await expect(residents.load(b, {})).rejects.toMatchObject({
      slug: 'resource-limit-exceeded',
      extra: { resource: 'loaded_models', limit: 1, current: 1, retry_after: 5 },
    });
    gate.resolve();
    await first;
  });

  test('of a chat model is counted for each context side by side', async () => {
    const { residents, a } = open({ settings: { parallel: 4 } });
    expect((await residents.load(a, { contextLength: 1024 })).bytes).toBe(100 * MIB + 4 * 1024 * 1024);
    const vectors = open({ settings: { parallel: 4 }, model: { type: 'embedding' } });
    expect((await vectors.residents.load(vectors.a, { contextLength: 1024 })).bytes).toBe(101 * MIB);
  });
});

test('layers on the card are part of how a model is loaded', async () => {
  const { residents, calls, a } = open();
  await residents.load(a, { gpuLayers: 10 });
  await residents.load(a, { gpuLayers: 10 });
  await residents.load(a, {});
  expect(calls).toHaveLength(1);
  await residents.load(a, { gpuLayers: 0 });
  expect(calls.slice(1)).toEqual(['unload a', 'load a 4096']);
});

// Catches a host that waits at its stop for models that compute.
test('before the host stops everything that computes ends, and no idle time runs on', async () => {
  const { residents, calls, clock, a, b } = open({ settings: { model_ttl_seconds: 10 } });
  const lease = await residents.lease(a, never);
  await residents.load(b, {});
  residents.dispose();
  clock.advance(100_000);
  expect([lease.resident.going.signal.aborted, residents.all()]).toEqual([true, []]);
  expect(calls.filter((call) => call.startsWith('unload'))).toEqual([]);
});
