/** What is said of whether a model fits, beside what happens when it is loaded. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../src/contract/host/settings.ts';
import { AppError } from '../../../src/contract/kernel/errors.ts';
import { engineOf, loadedAs } from '../../../src/contract/models/engines.ts';
import { heldBy } from '../../../src/main/features/inference/models/resident.ts';
import { createFitPlanner, fitOf } from '../../../src/main/features/models/memory/fit.ts';
import type { PlanFacts } from '../../../src/main/features/models/memory/plan.ts';
import { MIB, never, openResidents } from '../../support/models/residents.ts';
import { installed } from '../../support/models/source.ts';

const anyFacts = fc
  .record({
    weights: fc.integer({ min: 1, max: 6000 }),
    trained: fc.option(fc.integer({ min: 64, max: 100_000 }), { nil: null }),
    cached: fc.integer({ min: 0, max: 200_000 }),
    format: fc.constantFrom('gguf' as const, 'onnx' as const),
    type: fc.constantFrom('chat' as const, 'embedding' as const, 'rerank' as const),
    read: fc.boolean(),
  })
  .map(({ weights, trained, cached, format, type, read }): PlanFacts => {
    const onnx = format === 'onnx' ? { onnx: { cache_bytes: 4 as const } } : {};
    const sizes = {
      weights: weights * MIB,
      layers: 8,
      embedding: 512,
      feed_forward: 2048,
      heads: 8,
      vocabulary: 32_000,
    };
    const memory = read ? { ...sizes, cached_per_token: cached, ...onnx } : null;
    return { name: 'm', variant: null, format, type, bytes: weights * MIB, context_length: trained, memory };
  });
const size = fc.integer({ min: 0, max: 16_000 });
const anyMachine = fc.record({
  ram: size,
  card: fc.option(fc.record({ total: size, used: size }), { nil: null }),
  gpu: fc.constantFrom('auto' as const, 'off' as const),
  parallel: fc.integer({ min: 1, max: 4 }),
  context: fc.integer({ min: 256, max: 32_768 }),
  /** Whether a model that nobody uses is in memory. */
  idle: fc.boolean(),
});

type Machine = typeof anyMachine extends fc.Arbitrary<infer T> ? T : never;

/** A machine on which models can be judged and loaded. */
function open(facts: readonly PlanFacts[], { ram, card, gpu, parallel, context }: Machine) {
  const models = facts.map(({ format, type, context_length }, index) =>
    installed(`m${index}`, '/x', {
      type: loadedAs({ format, type }) ?? 'chat',
      engine: engineOf(format),
      contextLength: context_length ?? 2048,
    }),
  );
  const settings = { 'inference.gpu': gpu, 'inference.context_length': context, parallel };
  const values = { ...DEFAULT_SETTINGS, ...settings };
  const cards = card === null ? [] : [{ name: 'x', vendor: 'x', totalMb: card.total, usedMb: card.used, usage: null }];
  const asked: { context: number; parallel: number; gpuLayers: number | null }[] = [];
  let taken = { ram: 0, vram: 0 };
  const planner = createFitPlanner({
    hardware: {
      freeMemory: () => ram * MIB - taken.ram,
      graphics: async () => cards,
      graphicsNow: () => cards.map((one) => ({ ...one, usedMb: one.usedMb + taken.vram / MIB })),
    },
    settings: { get: (key) => values[key], onChange: () => () => undefined },
    held: () => heldBy(opened.residents.all()),
  });
  const factsOf = (id: string) => facts[models.findIndex((model) => model.id === id)] as PlanFacts;
  const opened = openResidents({
    settings,
    plan: async ({ id }, wish, held) => planner.plan(factsOf(id), wish, held),
    engine: {
      async load({ context_length, parallel: sequences, gpu_layers }) {
        asked.push({ context: context_length, parallel: sequences, gpuLayers: gpu_layers });
        return { ...{ context_length, dimensions: 0, device: 'cpu', refused_devices: [], capabilities: [] } };
      },
      async unload() {
        taken = { ram: 0, vram: 0 };
      },
    },
    loaded: ({ takes }) => {
      taken = takes;
    },
  });
  return {
    ...opened,
    planner,
    models,
    asked,
    saidOf: (at: number, wish = {}) => fitOf(planner.plan(facts[at] as PlanFacts, wish)),
  };
}

// Catches two rules for one question: a model that is said to fit and is refused, or one that is called too large and would have been loaded.
test('a model that fits is loaded with the context that was said, any other is refused for the memory that was said', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyFacts,
      anyFacts,
      anyMachine,
      fc.option(size, { nil: undefined }),
      async (first, second, machine, wish) => {
        const { residents, models, asked, saidOf } = open([first, second], machine);
        const [before, model] = models as [(typeof models)[0], (typeof models)[0]];
        if (machine.idle)
          await residents.lease(before, never).then(
            ({ release }) => release(),
            () => undefined,
          );
        asked.length = 0;
        const options = wish === undefined ? {} : { contextLength: wish + 1 };
        const said = saidOf(1, options);
        const ended = await residents.load(model, options).catch((error: unknown) => error);
        if (said.verdict !== 'none') {
          expect(asked).toMatchObject([{ context: said.context_length }]);
          const loaded = residents.get(model.id);
          expect(Math.ceil((loaded?.bytes ?? 0) / MIB)).toBe(said.required_mb);
          expect(asked[0]?.parallel).toBe(model.type === 'chat' ? machine.parallel : 1);
          return;
        }
        expect(ended).toBeInstanceOf(AppError);
        expect((ended as AppError).slug).toBe('out-of-memory');
        expect((ended as AppError).extra).toMatchObject({
          required_mb: said.required_mb,
          available_mb: said.available_mb,
          largest_context_length: said.largest_context,
        });
        // Nothing was unloaded for it.
        expect(asked).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});
