/** Which quantization is meant, and how long the answer of the hub is kept. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manualClock } from '../../../../../tests/support/core.ts';
import { type HubServer, openHubServer } from '../../../../../tests/support/models/hub-server.ts';
import { MIB } from '../memory/estimate.ts';
import { type LoadWish, type PlanFacts, plan } from '../memory/plan.ts';
import { createHubClient } from './client.ts';
import { createHostRules } from './hosts.ts';
import type { Quant } from './listing.ts';
import { chooseQuant, createQuants, quantNamed } from './quants.ts';

const GIB = 1024 * MIB;
const quant = (key: string, gib: number): Quant => ({ key, format: 'gguf', files: [], bytes: gib * GIB });
const ram = (gib: number) => (model: PlanFacts, wish?: LoadWish) =>
  plan(
    model,
    { ram: gib * GIB, vram: null, vramTotal: null, gpu: null },
    { contextLength: 8192, parallel: 1, promptBatch: 128, gpu: true },
    wish,
  );

describe('without a name', () => {
  test('the usual one is taken, also when a larger one would fit', () => {
    const quants = [quant('Q2_K', 1), quant('Q4_K_M', 2), quant('Q8_0', 4)];
    expect(chooseQuant('owner/model-3B', quants, ram(64))?.key).toBe('Q4_K_M');
  });

  // Catches the first of the list, which is the smallest and the worst in most repos.
  test('the largest that fits is taken when there is no usual one', () => {
    const quants = [quant('Q2_K', 1), quant('Q5_0', 3), quant('Q8_0', 40)];
    expect(chooseQuant('owner/model-3B', quants, ram(16))?.key).toBe('Q5_0');
  });

  test('the first is taken when none fits, and none when there is none', () => {
    expect(chooseQuant('owner/model-70B', [quant('Q5_0', 50), quant('Q8_0', 70)], ram(4))?.key).toBe('Q5_0');
    expect(chooseQuant('owner/model', [], ram(4))).toBeUndefined();
  });
});

test('a name is found whatever its case, and a wrong one is answered with those that there are', () => {
  const quants = [quant('Q4_K_M', 2), quant('q4f16', 1)];
  expect(quantNamed('o/m', quants, 'q4_k_m').key).toBe('Q4_K_M');
  expect(quantNamed('o/m', quants, 'Q4F16').key).toBe('q4f16');
  expect(() => quantNamed('o/m', quants, 'Q4')).toThrow(
    expect.objectContaining({ slug: 'model-not-found', extra: { model: 'o/m', available: ['Q4_K_M', 'q4f16'] } }),
  );
});

describe('what the hub said', () => {
  let hub: HubServer;
  beforeEach(async () => {
    hub = await openHubServer('o/m', { 'm-Q4_0.gguf': Buffer.alloc(2000) });
  });
  afterEach(() => hub[Symbol.asyncDispose]());

  const { signal } = new AbortController();
  function open() {
    const clock = manualClock();
    const endpoint = () => hub.url;
    const rules = createHostRules(endpoint, () => []);
    const token = async () => null;
    const client = createHubClient({ rules, endpoint, offline: () => false, token, silenceMs: 2000, pauseMs: 1 });
    return { clock, ask: createQuants(client, clock) };
  }

  test('is kept for some minutes and asked for again after them', async () => {
    const { clock, ask } = open();
    expect((await ask('o/m', 'main', signal)).map(({ key }) => key)).toEqual(['Q4_0']);
    hub.files.set('m-Q8_0.gguf', Buffer.alloc(3000));
    clock.advance(299_000);
    expect(await ask('o/m', 'main', signal)).toHaveLength(1);
    expect(hub.requests).toHaveLength(1);
    clock.advance(1000);
    expect(await ask('o/m', 'main', signal)).toHaveLength(2);
  });

  // Catches an error that is kept like an answer: a gated repo would stay closed after the token was set.
  test('is not kept when it was a refusal', async () => {
    const { ask } = open();
    await expect(ask('o/other', 'main', signal)).rejects.toMatchObject({ slug: 'model-not-found' });
    await expect(ask('o/other', 'main', signal)).rejects.toMatchObject({ slug: 'model-not-found' });
    expect(hub.requests).toHaveLength(2);
  });

  test('of one revision is not that of another', async () => {
    const { ask } = open();
    await ask('o/m', 'main', signal);
    await expect(ask('o/m', 'v2', signal)).rejects.toMatchObject({ slug: 'model-not-found' });
  });
});
