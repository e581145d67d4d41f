/** What is said of the memory of a machine, and of models for it. */
import { describe, expect, test } from 'vitest';
import type { CatalogueEntry } from '../../../../contract/models/hardware.ts';
import { createAdvice } from './advice.ts';
import { MIB } from './estimate.ts';
import { plan } from './plan.ts';

const entry = (repo: string, changes: Partial<CatalogueEntry> = {}): CatalogueEntry =>
  ({
    ...{ name: repo, repo, variant: 'Q4_K_M', type: 'chat', format: 'gguf', bytes: 1024 * MIB, parameters: 1e9 },
    ...{ ram_gb: 2, license: 'MIT', description: 'A model.', context_length: 4096 },
    ...changes,
  }) as CatalogueEntry;

function open(ramMb: number, vramMb: number | null = null, entries: CatalogueEntry[] = [entry('o/m')]) {
  const vram = vramMb === null ? null : vramMb * MIB;
  const free = { ram: ramMb * MIB, vram, vramTotal: vram, gpu: vram === null ? null : 0 };
  return createAdvice({
    catalogue: async () => entries,
    matches: (ref) => (ref.startsWith('o/here') ? [{} as never] : []),
    planner: {
      free: () => free,
      cardsKnown: async () => undefined,
      plan: (model, wish) => plan(model, free, { contextLength: 8192, parallel: 1, promptBatch: 128, gpu: true }, wish),
    },
  });
}

describe('whether a size can be loaded', () => {
  test.each([
    [3000, true, 'Model can fit in VRAM (4000 MB available)'],
    [4000, true, 'Model can fit in RAM (8000 MB available), will run on CPU'],
    [8000, false, 'Model too large! Need 8000 MB but only have 8000 MB RAM and 4000 MB VRAM'],
  ])('%i MB: %s', async (size, can_load, recommendation) => {
    expect(await open(8000, 4000).feasibility(size)).toEqual({
      ...{ can_load, model_size_mb: size, available_ram_mb: 8000, available_vram_mb: 4000, recommendation },
    });
  });

  test('without a card the memory decides', async () => {
    expect(await open(8000).feasibility(100)).toMatchObject({ can_load: true, available_vram_mb: 0 });
  });
});

describe('sizes that are recommended', () => {
  const sizesOf = async (ram: number, vram: number | null = null) =>
    (await open(ram, vram).recommendations()).recommended_sizes;

  test('follow the card before the memory, and leave some of both', async () => {
    expect((await sizesOf(64_000, 40_000))[0]).toBe('70B');
    expect((await sizesOf(64_000, 18_000))[0]).toBe('34B');
    expect((await sizesOf(64_000, 9_000))[0]).toBe('13B');
    // 70 % of 8 000 MB are less than a card needs for the smallest of its rows.
    expect((await sizesOf(64_000, 8_000))[0]).toBe('7B');
    expect((await sizesOf(16_000))[0]).toBe('3B');
    expect(await sizesOf(1_000)).toEqual(['1B']);
  });
});

describe('models that are recommended', () => {
  test('say whether they fit now and whether they are here', async () => {
    const large = entry('o/large', { bytes: 40_000 * MIB, parameters: 70e9 });
    const { models } = await open(8000, null, [entry('o/small'), large, entry('o/here')]).recommendations();
    expect(models.map(({ repo, fits, installed }) => [repo, fits, installed])).toEqual([
      ['o/small', true, false],
      ['o/large', false, false],
      ['o/here', true, true],
    ]);
  });

  // Catches an offer of gigabytes that nothing here can use.
  test('are none of a kind that no engine computes', async () => {
    const kinds = [
      entry('o/ner', { type: 'ner', format: 'onnx' }),
      entry('o/speech', { type: 'speech' }),
      entry('o/chat'),
    ];
    const { models } = await open(8000, null, kinds).recommendations();
    expect(models.map(({ repo }) => repo)).toEqual(['o/ner', 'o/chat']);
  });
});
