import { describe, expect, test } from 'vitest';
import { factsOf, MIB, never, openResidents as open } from '../../../../../tests/support/models/residents.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';

describe('loading', () => {
  test('once for all that ask at the same time', async () => {
    const { residents, calls, a } = open();
    const leases = await Promise.all([1, 2, 3].map(() => residents.lease(a, never)));
    expect(calls).toEqual(['load a 4096']);
    expect(residents.get('a')?.users).toBe(3);
    for (const lease of leases) lease.release();
    expect(residents.get('a')?.users).toBe(0);
  });

  test('has the engine compute as much of a prompt at once as the setting says', async () => {
    const asked: number[] = [];
    const { residents, a } = open({
      settings: { 'inference.prompt_batch': 32 },
      engine: {
        async load({ context_length, prompt_batch }) {
          asked.push(prompt_batch);
          return factsOf(context_length);
        },
      },
    });
    await residents.load(a, {});
    expect(asked).toEqual([32]);
  });

  // Catches a model that is unloaded, or a load that ends for all, because one of those who wait for it has left.
  test('goes on when a caller leaves', async () => {
    const gate = Promise.withResolvers<void>();
    const { residents, a } = open({ hold: gate.promise });
    const gone = new AbortController();
    const left = residents.lease(a, gone.signal);
    const stays = residents.lease(a, never);
    await expect.poll(() => residents.get('a')?.users).toBe(2);
    gone.abort();
    await expect(left).rejects.toMatchObject({ slug: 'cancelled' });
    gate.resolve();
    expect((await stays).facts.context_length).toBe(4096);
    expect(residents.get('a')?.users).toBe(1);
  });

  // Catches a caller that is kept waiting against its wish, and a load that ends with the patience of one caller.
  test('is waited for as long as a caller wants, and goes on after that', async () => {
    const gate = Promise.withResolvers<void>();
    const { residents, clock, a } = open({ hold: gate.promise });
    const patient = residents.lease(a, never);
    const seconds = residents.lease(a, never, 2000);
    seconds.catch(() => undefined);
    await expect.poll(() => residents.get('a')?.users).toBe(2);
    clock.advance(1999);
    const late = { slug: 'service-unavailable', extra: { reason: 'model_loading', model: 'a', percent: 0 } };
    await expect(Promise.race([seconds, Promise.resolve('waits')])).resolves.toBe('waits');
    clock.advance(1);
    await expect(seconds).rejects.toMatchObject(late);
    expect(residents.get('a')?.users).toBe(1);
    gate.resolve();
    await patient;
    expect((await residents.lease(a, never, 0)).facts.context_length).toBe(4096);
  });

  test('is not done on demand when that is off', async () => {
    const { residents, a } = open({ settings: { auto_load: false } });
    await expect(residents.lease(a, never)).rejects.toMatchObject({ slug: 'model-not-loaded' });
    await residents.load(a, {});
    await residents.lease(a, never);
  });

  test('happens again only for what the loaded model does not serve', async () => {
    const { residents, calls, a } = open();
    await residents.load(a, { contextLength: 1024 });
    await residents.load(a, { contextLength: 512 });
    await residents.load(a, { ttlSeconds: 5 });
    expect(calls).toEqual(['load a 1024']);
    await residents.load(a, { contextLength: 2048 });
    await residents.load(a, { forceReload: true });
    expect(calls.slice(1)).toEqual(['unload a', 'load a 2048', 'unload a', 'load a 4096']);
  });
});

describe('a load that ends the engine', () => {
  const crash = () =>
    Promise.reject(
      new AppError('service-unavailable', 'ended', {
        extra: { reason: 'worker_crashed' },
        cause: new Error('llama ended by SIGABRT.'),
      }),
    );

  // Catches a file that ends the engine, and what all others compute in it, each time that a request names it.
  test('is the fault of the model when nothing else was computed, and the second time in any case', async () => {
    const { residents, source, engine, a, b } = open({ engine: { load: crash } });
    const ended: string[] = [];
    source.endedEngine = (id, reason) => void ended.push(`${id}: ${reason}`);
    await expect(residents.load(a, {})).rejects.toMatchObject({ extra: { reason: 'worker_crashed' } });
    expect(ended).toEqual(['a: llama ended by SIGABRT.']);
    const gate = Promise.withResolvers<void>();
    engine.load = () => gate.promise.then(crash);
    const loads = [a, b].map((model) => residents.load(model, {}).catch(() => undefined));
    await expect.poll(() => residents.all().length).toBe(2);
    residents.lost(engine, false);
    gate.resolve();
    await Promise.all(loads);
    expect(ended).toHaveLength(1);
    await residents.load(b, {}).catch(() => undefined);
    expect(ended).toHaveLength(2);
  });

  // Catches a model that is marked as broken because the host ended the engine for the sake of another caller.
  // So does, the second time, one that is never blamed: it would keep the engine from all others for as long as somebody asks for it.
  test('is the fault of the model only the second time when the host ended the engine', async () => {
    const cause = new AppError('worker-crashed', 'was ended', { extra: { killed: true } });
    const load = () =>
      Promise.reject(new AppError('service-unavailable', 'ended', { extra: { reason: 'worker_crashed' }, cause }));
    const { residents, source, a } = open({ engine: { load } });
    const ended: string[] = [];
    source.endedEngine = (id) => void ended.push(id);
    await expect(residents.load(a, {})).rejects.toMatchObject({ extra: { reason: 'worker_crashed' } });
    expect(ended).toEqual([]);
    await expect(residents.load(a, {})).rejects.toMatchObject({ extra: { reason: 'worker_crashed' } });
    expect(ended).toEqual(['a']);
  });

  // Catches a model that is loaded by name only from then on, because somebody has cancelled twice what cannot be interrupted.
  test('is never the fault of the model when the engine had heard of the cancel and was only at a step of another', async () => {
    const load = () => {
      const cause = new AppError('worker-crashed', 'was ended', { extra: { killed: true, heard: true } });
      return Promise.reject(
        new AppError('service-unavailable', 'ended', { extra: { reason: 'worker_crashed' }, cause }),
      );
    };
    const { residents, source, engine, a } = open({ engine: { load } });
    const ended: string[] = [];
    source.endedEngine = (id) => void ended.push(id);
    for (let n = 0; n < 5; n++)
      await expect(residents.load(a, {})).rejects.toMatchObject({ extra: { reason: 'worker_crashed' } });
    expect(ended).toEqual([]);
    // What it does itself counts as before, and nothing of these with it.
    engine.load = crash;
    await expect(residents.load(a, {})).rejects.toMatchObject({ extra: { reason: 'worker_crashed' } });
    expect(ended).toEqual(['a']);
  });

  test('is told when the model is loaded all the same', async () => {
    const { residents, source, a } = open();
    const loaded: string[] = [];
    source.wasLoaded = (id) => void loaded.push(id);
    await residents.load(a, {});
    expect(loaded).toEqual(['a']);
  });
});

describe('memory', () => {
  // Catches a load that takes the memory of the whole machine because it was counted afterwards.
  test('that does not hold the model is refused before anything is loaded, with the context that would fit', async () => {
    const { residents, calls, a } = open({ free: 358 });
    await expect(residents.load(a, { contextLength: 4096 })).rejects.toMatchObject({
      slug: 'out-of-memory',
      extra: { required_mb: 104, available_mb: 102, largest_context_length: 2048 },
    });
    await expect(open({ free: 300 }).residents.load(a, {})).rejects.toMatchObject({
      extra: { largest_context_length: null },
    });
    expect(calls).toEqual([]);
  });

  test('that holds less than the context that nobody asked for gives a smaller one', async () => {
    const { residents, calls, a } = open({ free: 358 });
    expect((await residents.load(a, {})).facts?.context_length).toBe(2048);
    expect(calls).toEqual(['load a 2048']);
  });

  // Catches models that are thrown out for one that does not fit even then.
  test('is not made when the model would not fit anyway', async () => {
    const { residents, calls, a, b } = open({ free: 358 });
    await residents.load(a, { contextLength: 256 });
    await expect(residents.load({ ...b, sizeBytes: 900 * MIB }, {})).rejects.toMatchObject({ slug: 'out-of-memory' });
    expect(calls).toEqual(['load a 256']);
  });

  // Catches two models that are loaded at the same time into the memory of one.
  test('that a load is about to take is not given to the next one', async () => {
    const gate = Promise.withResolvers<void>();
    const { residents, a, b } = open({ free: 460, hold: gate.promise });
    const first = residents.load(a, { contextLength: 4096 });
    const second = residents.load(b, { contextLength: 4096 });
    await expect(second).rejects.toMatchObject({ slug: 'out-of-memory' });
    gate.resolve();
    await first;
  });

  // Catches a load that reaches the engine before the unload of the same model has ended there.
  test('a model that is wanted again while it leaves is loaded after it has left', async () => {
    const { residents, calls, a } = open();
    await residents.load(a, {});
    const left = residents.unload(a);
    await residents.lease(a, never);
    await left;
    expect(calls).toEqual(['load a 4096', 'unload a', 'load a 4096']);
  });

  test('is made by what was used longest ago, never by what computes or is kept', async () => {
    const { residents, calls, clock, a, b, c } = open({ settings: { max_loaded_models: 2 } });
    (await residents.lease(a, never)).release();
    clock.advance(10);
    (await residents.lease(b, never)).release();
    clock.advance(10);
    (await residents.lease(a, never)).release();
    await residents.load(c, { ttlSeconds: 0 });
    expect(calls.slice(2)).toEqual(['unload b', 'load c 4096']);
    const busy = await residents.lease(a, never);
    await expect(residents.load(b, {})).rejects.toMatchObject({ slug: 'resource-limit-exceeded' });
    busy.release();
    await residents.load(b, {});
    expect(residents.ids(null).sort()).toEqual(['b', 'c']);
  });
});

describe('room for another model', () => {
  // Catches a chat model that an embedding unloads beside gigabytes of free memory.
  test('is not needed while memory is free, however many there are', async () => {
    const { residents, calls, a, b, c } = open({ settings: { max_loaded_models: 0 } });
    for (const model of [a, b, c]) await residents.load(model, {});
    expect(calls).toEqual(['load a 4096', 'load b 4096', 'load c 4096']);
    expect(residents.madeRoom()).toEqual([]);
  });

  // Catches a model that is gone, and nobody knows for what.
  test('is told: what left, for which one, and when', async () => {
    const { residents, log, clock, a, b, c } = open({ settings: { max_loaded_models: 1 } });
    for (const model of [a, b, c]) await residents.load(model, {});
    const at = clock.now();
    expect(residents.madeRoom()).toEqual([
      { id: 'b', for: 'c', at },
      { id: 'a', for: 'b', at },
    ]);
    expect(log.lines).toContain('info models a unloaded: to make room for b');
  });

  // Catches a model that a request has begun to use while the load of another one was planned.
  test('is not made by a model that is taken into use meanwhile', async () => {
    const gate = Promise.withResolvers<void>();
    let plans = 0;
    const { residents, source, a, b } = open({ settings: { max_loaded_models: 1 } });
    await residents.load(a, {});
    const usual = source.plan;
    source.plan = async (...all) => {
      plans += 1;
      await gate.promise;
      return usual(...all);
    };
    const next = residents.load(b, {});
    await expect.poll(() => plans).toBe(1);
    const lease = await residents.lease(a, never);
    gate.resolve();
    await expect(next).rejects.toMatchObject({ slug: 'resource-limit-exceeded' });
    expect(lease.resident.going.signal.aborted).toBe(false);
  });
});

describe('leaving the memory', () => {
  test('happens after the idle time, not while somebody computes', async () => {
    const { residents, calls, clock, a } = open({ settings: { model_ttl_seconds: 60 } });
    const lease = await residents.lease(a, never);
    clock.advance(100_000);
    expect(residents.get('a')).toBeDefined();
    lease.release();
    clock.advance(59_000);
    expect(residents.get('a')).toBeDefined();
    clock.advance(1_000);
    expect(residents.get('a')).toBeUndefined();
    await expect.poll(() => calls).toContain('unload a');
  });

  test('by name ends what computes; a process that has ended holds nothing', async () => {
    const { residents, engine, a, b } = open();
    const lease = await residents.lease(a, never);
    await residents.unload(a);
    expect(lease.resident.going.signal.aborted).toBe(true);
    await expect(residents.unload(a)).rejects.toMatchObject({ slug: 'model-not-loaded' });
    await residents.load(b, {});
    residents.lost(engine, false);
    expect(residents.all()).toEqual([]);
  });
});
