/** Where a model goes, with which context, and why it is refused. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteText } from '../../../../contract/kernel/text/byte-text.ts';
import { estimate, MIB } from './estimate.ts';
import { fitOf } from './fit.ts';
import { type FreeMemory, NOTHING_HELD, type PlanFacts, type PlanSettings, plan } from './plan.ts';

const GIB = 1024 * MIB;
/** Llama 3.1 8B in Q4_K_M: 32 layers, 8 heads of keys, 128 numbers each. */
const LLAMA: PlanFacts = {
  ...{ name: 'Llama', variant: 'Q4_K_M', format: 'gguf', type: 'chat', bytes: 4.6 * GIB, context_length: 131_072 },
  memory: {
    ...{ weights: 4.58 * GIB, layers: 32, embedding: 4096, feed_forward: 14_336, heads: 32 },
    ...{ cached_per_token: 32 * 8 * 256, vocabulary: 128_256 },
  },
};
const SETTINGS: PlanSettings = { contextLength: 8192, parallel: 1, promptBatch: 128, gpu: true };
const free = (ram: number, vram: number | null = null): FreeMemory => ({
  ...{ ram: ram * GIB, vram: vram === null ? null : vram * GIB, vramTotal: null, gpu: vram === null ? null : 1 },
});

test('a model goes to the card, to both, to memory, or nowhere', () => {
  expect(plan(LLAMA, free(1, 10), SETTINGS)).toMatchObject({ target: 'gpu', gpuIndex: 1, gpuPercent: 100 });
  expect(plan(LLAMA, free(16, 4), SETTINGS)).toMatchObject({ target: 'split', gpuIndex: 1 });
  expect(plan(LLAMA, free(16), SETTINGS)).toMatchObject({ target: 'cpu', gpuIndex: null, takes: { vram: 0 } });
  expect(plan(LLAMA, free(2, 1), SETTINGS)).toMatchObject({ target: 'none', gpuIndex: null });
});

// Catches a promise of memory that the settings, the caller or the engine do not use.
test('a card that is not used is not counted on', () => {
  expect(plan(LLAMA, free(1, 10), { ...SETTINGS, gpu: false }).target).toBe('none');
  expect(plan(LLAMA, free(1, 10), SETTINGS, { gpuLayers: 0 }).target).toBe('none');
  expect(plan({ ...LLAMA, format: 'onnx' }, free(1, 10), SETTINGS).target).toBe('none');
});

test('layers that are asked for have to fit the card, and the others main memory', () => {
  const at = (gpuLayers: number, ram: number) => plan(LLAMA, free(ram, 5), SETTINGS, { gpuLayers });
  expect(at(33, 64).target).toBe('none');
  expect(at(16, 64)).toMatchObject({ target: 'split', gpuPercent: 48 });
  expect(at(16, 2).target).toBe('none');
});

test('each request side by side takes a context of its own, of chat models only', () => {
  const bytes = (type: PlanFacts['type'], parallel: number) =>
    plan({ ...LLAMA, type }, free(64), { ...SETTINGS, parallel }).bytes;
  expect(bytes('chat', 4) - bytes('chat', 1)).toBeGreaterThan(3 * GIB);
  expect(bytes('vision', 4)).toBe(bytes('chat', 4));
  expect(bytes('embedding', 4)).toBe(bytes('embedding', 1));
});

// Catches a batch that the engine takes and the plan does not count.
test('more of a prompt at once takes more memory, and is what the model is loaded with', () => {
  const at = (promptBatch: number) => plan(LLAMA, free(64), { ...SETTINGS, promptBatch });
  expect(at(2048).promptBatch).toBe(2048);
  expect(at(2048).bytes - at(128).bytes).toBeGreaterThan(1920 * 128_256 * 4);
});

test('the usual context is shortened to fit, one that is asked for is refused with the one that would', () => {
  const shortened = plan(LLAMA, free(5.7), SETTINGS);
  expect(shortened).toMatchObject({ target: 'cpu', contextLength: shortened.largestContext });
  expect(shortened.reason).toMatch(/Its context is shortened to [\d,]+ tokens\./);
  const refused = plan(LLAMA, free(5.7), SETTINGS, { contextLength: 32_768 });
  expect(refused).toMatchObject({ target: 'none', contextLength: 32_768, largestContext: shortened.largestContext });
  expect(refused.reason).toMatch(/needs [\d.]+ GB, but only 5.5 GB of memory are free.*context of [\d,]+ tokens/);
  expect(plan(LLAMA, free(64), SETTINGS, { contextLength: 1_000_000 }).contextLength).toBe(131_072);
});

test('what idle models give back counts, what loads are about to take does not', () => {
  const held = (ram: number, idle: number) => ({ loading: { ram, vram: 0 }, idle: { ram: idle, vram: 0 } });
  const at = (ram: number, loading: number, idle: number) =>
    plan(LLAMA, free(ram), SETTINGS, { contextLength: 8192 }, held(loading * GIB, idle * GIB));
  expect(at(8, 0, 0)).toMatchObject({ target: 'cpu', unloads: false });
  expect(at(4, 0, 4)).toMatchObject({ target: 'cpu', unloads: true, reason: expect.stringContaining('unloaded') });
  expect(at(8, 4, 0)).toMatchObject({ target: 'none', unloads: false });
});

test('a badge says where it goes, of what is free there', () => {
  expect(fitOf(plan(LLAMA, free(1, 10), SETTINGS))).toMatchObject({ verdict: 'gpu', available_mb: 10_240 });
  expect(fitOf(plan(LLAMA, free(16), SETTINGS))).toMatchObject({ verdict: 'cpu', available_mb: 16_128 });
});

const anyModel = fc
  .record({
    weights: fc.integer({ min: 1, max: 8000 }),
    trained: fc.option(fc.integer({ min: 1, max: 200_000 }), { nil: null }),
    cached: fc.integer({ min: 0, max: 200_000 }),
    format: fc.constantFrom('gguf' as const, 'onnx' as const),
    type: fc.constantFrom('chat' as const, 'embedding' as const, 'rerank' as const),
    named: fc.boolean(),
  })
  .map(
    ({ weights, trained, cached, format, type, named }): PlanFacts => ({
      ...{ ...LLAMA, format, type, context_length: trained, bytes: weights * MIB },
      memory: named
        ? null
        : {
            ...{ weights: weights * MIB, layers: 8, embedding: 512, feed_forward: 2048, heads: 8 },
            ...{ vocabulary: 32_000, cached_per_token: cached },
            ...(format === 'onnx' ? { onnx: { cache_bytes: 4 as const } } : {}),
          },
    }),
  );
const anyMachine = fc
  .record({
    ram: fc.integer({ min: 0, max: 20_000 }),
    vram: fc.option(fc.integer({ max: 20_000, min: 0 }), { nil: null }),
  })
  .map(
    ({ ram, vram }): FreeMemory => ({
      ...{ ram: ram * MIB, vram: vram === null ? null : vram * MIB, vramTotal: null, gpu: vram === null ? null : 0 },
    }),
  );

// Catches a search that ends one step too early, or gives a context that does not fit.
test('the largest context fits, and the next step does not', () => {
  fc.assert(
    fc.property(anyModel, anyMachine, fc.integer({ min: 1, max: 8 }), (model, machine, parallel) => {
      const settings = { ...SETTINGS, parallel };
      const fits = (contextLength: number) => plan(model, machine, settings, { contextLength }).target !== 'none';
      const trained = model.context_length ?? 2048;
      const { largestContext: largest } = plan(model, machine, settings);
      if (largest === null) return void expect(fits(Math.min(512, trained))).toBe(false);
      expect(fits(largest)).toBe(true);
      expect(largest).toBeLessThanOrEqual(trained);
      if (largest < trained) expect(fits(Math.min(trained, largest + 256))).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test('what is taken is never more than what is free, and no less than the estimate', () => {
  fc.assert(
    fc.property(anyModel, anyMachine, (model, machine) => {
      const { target, takes, available, bytes, contextLength } = plan(model, machine, SETTINGS, {}, NOTHING_HELD);
      if (model.memory !== null) expect(bytes).toBe(estimate(model.memory, { context: contextLength }).total);
      if (target === 'none') return;
      expect(takes.ram + takes.vram).toBe(bytes);
      expect(takes.ram).toBeLessThanOrEqual(available.ram);
      expect(takes.vram).toBeLessThanOrEqual(available.vram);
    }),
    { numRuns: 500 },
  );
});

// Catches “It needs 7.2 MB” above a line that says 8.0 MB of the same model.
test('the sentence and the figure of what a model needs agree', () => {
  const fit = fitOf(plan({ ...LLAMA, bytes: 304 * 1024, memory: null }, free(16), SETTINGS));
  expect(fit.reason).toContain(`It needs ${byteText(fit.required_mb * MIB)};`);
});
