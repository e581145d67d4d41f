/** Estimates whether a model can be loaded, and recommends models for this machine. */
import type { Operations } from '../../../../contract/index.ts';
import type { OutputOf, ParsedInputOf } from '../../../../contract/kernel/define.ts';
import type { MemoryEstimate } from '../../../../contract/models/hardware.ts';
import { splitRef } from '../../../../contract/models/reference.ts';
import type { Hardware } from '../../../core/hardware.ts';
import { refIn, variantIn } from '../registry/named.ts';
import { planFactsOf } from '../registry/views.ts';
import type { ModelRow } from '../schema.ts';
import { createAdvice } from './advice.ts';
import type { ReadCatalogue } from './catalogue.ts';
import { MIB, mb } from './estimate.ts';
import type { FitPlanner } from './fit.ts';
import { hardwareInfo, recipesFor } from './machine.ts';
import { type LoadWish, notHere, type PlanFacts } from './plan.ts';

type Output<Op extends keyof Operations> = OutputOf<Operations[Op]>;

/** A model and a quantization, each under one of two names. */
type Named = Parameters<typeof refIn>[0] & Parameters<typeof variantIn>[0];

/** What to do about a model that does not fit. */
const remediesFor = ({ largest_context: largest }: MemoryEstimate) => [
  ...(largest === null ? [] : [`Load it with a context of at most ${largest} tokens.`]),
  'Use a smaller quantization or a smaller model.',
  'Unload other models or close other programs.',
];

/** The facts about a model: from its files when it is installed, else from its name. */
function known(
  [row]: readonly ModelRow[],
  model: string,
  variant: string | undefined,
): { facts: PlanFacts; basis: 'file' | 'name'; quant: string | null } {
  if (row) return { facts: planFactsOf(row), basis: 'file', quant: row.facts?.quant ?? row.variant };
  const named = splitRef(model);
  const quant = variant ?? named.variant;
  const facts = notHere({ name: named.repo, variant: quant ?? named.repo, format: 'gguf', bytes: null });
  return { facts, basis: 'name', quant };
}

const FITS_IN = { gpu: 'VRAM', split: 'VRAM and RAM', cpu: 'RAM' } as const;

/** Whether a model can be loaded, and on which device. */
function compatibilityOf(found: MemoryEstimate, provider: string): Output<'compatibility'> {
  const { target, gpu_index } = found.loading_strategy;
  const compatible = target !== 'none';
  const card = provider === 'metal' ? 'metal' : `cuda:${gpu_index ?? 0}`;
  const need = `${found.estimated_mb} MB of memory`;
  const [ram, vram] = [found.available_ram_mb, found.available_vram_mb ?? 0];
  return {
    model: found.model,
    compatible,
    message: compatible ? `Model fits in ${FITS_IN[target]}` : 'Insufficient memory for model',
    estimated_memory_mb: found.estimated_mb,
    available_memory_mb: target === 'gpu' ? vram : target === 'split' ? vram + ram : ram,
    recommended_device: !compatible ? 'none' : target === 'cpu' ? 'cpu' : card,
    requirements: [need],
    missing_requirements: compatible ? [] : [need],
    recommendations: compatible ? [] : remediesFor(found),
  };
}

export function createMemoryService(deps: {
  hardware: Hardware;
  planner: FitPlanner;
  catalogue: ReadCatalogue;
  /** Installed models that a reference means. */
  matches(ref: string, variant?: string): readonly ModelRow[];
}) {
  const { hardware, planner, matches } = deps;

  /** @param wish the usual context unless it names one */
  async function estimateWith(input: Named, wish: LoadWish): Promise<MemoryEstimate> {
    const [model, variant] = [refIn(input), variantIn(input)];
    const { facts, basis, quant } = known(matches(model, variant), model, variant);
    await planner.cardsKnown();
    const { ram, vram } = planner.free();
    const found = planner.plan(facts, wish);
    const estimated = Math.ceil(found.bytes / MIB);
    const { target, gpuPercent, reason } = found;
    return {
      model,
      quantization: quant,
      estimated_mb: estimated,
      estimated_memory_mb: estimated,
      estimated_vram_mb: vram === null ? null : Math.ceil((estimated * gpuPercent) / 100),
      available_ram_mb: mb(ram),
      available_vram_mb: vram === null ? null : mb(vram),
      fits_in_ram: planner.plan(facts, { contextLength: found.contextLength, gpuLayers: 0 }).target === 'cpu',
      fits_in_vram: target === 'gpu',
      can_load: target !== 'none',
      loading_strategy: {
        ...{ target, gpu_index: found.gpuIndex, gpu_percent: gpuPercent, reason },
        cpu_percent: target === 'none' ? 0 : 100 - gpuPercent,
      },
      reason: target === 'none' ? reason : null,
      // A name is no ground for more than a rough size.
      largest_context: basis === 'name' ? null : found.largestContext,
      basis,
    };
  }

  return {
    estimateOf: (input: ParsedInputOf<Operations['estimate_memory']>) =>
      estimateWith(input, { contextLength: input.context_length }),
    async compatibility(input: ParsedInputOf<Operations['compatibility']>): Promise<Output<'compatibility'>> {
      const { execution_provider: provider } = await hardwareInfo(hardware);
      return compatibilityOf(await estimateWith(input, input.device === 'cpu' ? { gpuLayers: 0 } : {}), provider);
    },
    hardwareInfo: () => hardwareInfo(hardware),
    recipes: async () => recipesFor(await hardwareInfo(hardware)),
    ...createAdvice(deps),
  };
}

export type MemoryService = ReturnType<typeof createMemoryService>;
