/** What is free now, and what the plan for a model looks like to callers. */
import type { ModelFit } from '../../../../contract/models/models.ts';
import type { Gpu, Hardware } from '../../../core/hardware.ts';
import type { SettingsReader } from '../../../core/settings.ts';
import { MIB } from './estimate.ts';
import { type FreeMemory, type Held, type LoadPlan, type LoadWish, type PlanFacts, plan } from './plan.ts';

/** What is free now. */
export function freeNow(ram: number, cards: readonly Gpu[]): FreeMemory {
  const sizes = cards.map(({ totalMb, usedMb }, index) => ({
    index,
    total: totalMb === null ? null : totalMb * MIB,
    free: totalMb === null ? null : (totalMb - (usedMb ?? 0)) * MIB,
  }));
  const best = sizes.filter(({ free }) => free !== null).sort((a, b) => (b.free ?? 0) - (a.free ?? 0))[0];
  return { ram, vram: best?.free ?? null, vramTotal: best?.total ?? null, gpu: best?.index ?? null };
}

/** Plans models by this machine, its settings and what is loaded. */
export function createFitPlanner(deps: {
  hardware: Pick<Hardware, 'freeMemory' | 'graphics' | 'graphicsNow'>;
  settings: SettingsReader;
  held(): Held;
}) {
  const { hardware, settings, held } = deps;
  const free = (): FreeMemory => freeNow(hardware.freeMemory(), hardware.graphicsNow());
  return {
    free,
    /** Resolves when the graphics cards are known; those that are not yet are not counted on. */
    cardsKnown: async (): Promise<void> => void (await hardware.graphics()),
    plan(model: PlanFacts, wish: LoadWish = {}, holding: Held = held()): LoadPlan {
      const gpu = settings.get('inference.gpu') !== 'off';
      const usual = {
        contextLength: settings.get('inference.context_length'),
        parallel: settings.get('parallel'),
        promptBatch: settings.get('inference.prompt_batch'),
        gpu,
      };
      return plan(model, free(), usual, wish, holding);
    },
  };
}
export type FitPlanner = ReturnType<typeof createFitPlanner>;

/** The plan as the panel's badge shows it. */
export function fitOf({ target, bytes, available, contextLength, largestContext, reason }: LoadPlan): ModelFit {
  return {
    verdict: target,
    required_mb: Math.ceil(bytes / MIB),
    available_mb: Math.floor((target === 'gpu' ? available.vram : available.ram) / MIB),
    context_length: contextLength,
    largest_context: largestContext,
    reason,
  };
}
