import { expect, test } from 'vitest';
import { ROOT } from '../../../../../tests/support/core.ts';
import { EngineUse } from '../../../../contract/models/engine.ts';
import type { MemoryFacts } from '../files/facts.ts';
import { createCatalogue } from './catalogue.ts';
import { estimate, estimateByName, MIB } from './estimate.ts';
import { freeNow } from './fit.ts';
import { chooseProvider } from './machine.ts';

const GIB = 1024 * MIB;
/** Llama 3.1 8B in Q4_K_M: 32 layers, 8 heads of keys, 128 numbers each. */
const LLAMA: MemoryFacts = {
  ...{ weights: 4.58 * GIB, layers: 32, embedding: 4096, feed_forward: 14_336, heads: 32 },
  ...{ cached_per_token: 32 * 8 * 256, vocabulary: 128_256 },
};
test('the cache grows with the context, the sequences and the number type', () => {
  const at = (context: number, more = {}) => estimate(LLAMA, { context, ...more }).cache;
  // What llama.cpp reports for this model: 1 GiB for 8192 tokens in f16.
  expect(at(8192)).toBe(GIB);
  expect(at(8192, { parallel: 4 })).toBe(4 * GIB);
  expect(at(8192, { cache: 'q8_0' })).toBeCloseTo(GIB * (34 / 64), -6);
  expect(at(1)).toBe(at(256));
});

test('without files the name tells: parameters and quantization', () => {
  expect(estimateByName('x/Llama-3-8B', 'q4_0', 4096, null) / GIB).toBeCloseTo((8e9 * 0.57 * 1.1 + 512 * MIB) / GIB, 2);
  expect(estimateByName('x/unknown', null, 4096, null)).toBeGreaterThan(6e9);
});

test('cards whose memory nobody knows are not counted on', () => {
  const card = { name: 'x', vendor: 'Intel', totalMb: null, usedMb: null, usage: null };
  expect(freeNow(1, [card])).toMatchObject({ vram: null, gpu: null });
  expect(freeNow(1, [card, { ...card, totalMb: 8192, usedMb: 1024 }])).toMatchObject({ vram: 7168 * MIB, gpu: 1 });
});

test.each([
  ['linux', 'NVIDIA', 'GeForce RTX 4070', 'cuda'],
  ['linux', 'Advanced Micro Devices, Inc.', 'Radeon RX 7800', 'rocm'],
  ['win32', 'AMD', 'Radeon RX 7800', 'directml'],
  ['linux', 'Intel Corporation', 'Arc A770', 'openvino'],
  ['darwin', 'Apple', 'M3', 'metal'],
] as const)('on %s a card of %s (%s) computes with %s', (platform, vendor, name, provider) => {
  const cards = [{ name, vendor, totalMb: null, usedMb: null, usage: null }];
  expect(chooseProvider(cards, platform)).toMatchObject({ provider });
  expect(chooseProvider([], 'linux')).toMatchObject({ provider: 'cpu', fallbacks: [] });
});

test('the catalogue has the form that it has to have, each model once, and something for small machines', async () => {
  const models = await createCatalogue(ROOT)();
  expect(new Set(models.map(({ repo, variant }) => `${repo}:${variant}`)).size).toBe(models.length);
  for (const type of EngineUse.options)
    expect(
      models.some((entry) => entry.type === type && entry.ram_gb <= 4),
      type,
    ).toBe(true);
  // Catches a size in another unit: no quantization has more than 4.5 bytes or less than a quarter of one for a parameter.
  for (const { repo, bytes, parameters } of models) {
    expect(bytes / parameters, repo).toBeGreaterThan(0.25);
    expect(bytes / parameters, repo).toBeLessThan(4.5);
  }
});
