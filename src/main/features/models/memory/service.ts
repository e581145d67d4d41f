/** Estimates whether a model can be loaded, and recommends models for this machine. */
import type { Operations } from '../../../../contract/index.ts';
import type { OutputOf, ParsedInputOf } from '../../../../contract/kernel/define.ts';
import type { MemoryEstimate } from '../../../../contract/models/hardware.ts';
import { splitRef } from '../../../../contract/models/reference.ts';
import type { Hardware } from '../../../core/hardware.ts';
import { refIn, variantIn } from '../registry/named.ts';
import { sizedOf } from '../registry/views.ts';
import type { ModelRow } from '../schema.ts';
import { createAdvice } from './advice.ts';
import type { ReadCatalogue } from './catalogue.ts';
import { largestContext, MIB, mb } from './estimate.ts';
import { type FreeMemory, freeNow, place, requiredBytes, type Sized, USUAL_CONTEXT } from './fit.ts';
import { hardwareInfo, recipesFor } from './machine.ts';

type Output<Op extends keyof Operations> = OutputOf<Operations[Op]>;

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
): { sized: Sized; basis: 'file' | 'name'; quant: string | null } {
  if (row) return { sized: sizedOf(row), basis: 'file', quant: row.facts?.quant ?? row.variant };
  const named = splitRef(model);
  const quant = variant ?? named.variant;
  const sized = { name: named.repo, variant: quant ?? named.repo, bytes: null, context_length: null, memory: null };
  return { sized, basis: 'name', quant };
}

/** Whether a model can be loaded, and on which device. */
function compatibilityOf(found: MemoryEstimate, provider: string, wanted: string | undefined): Output<'compatibility'> {
  const onCard = wanted !== 'cpu' && found.fits_in_vram;
  const compatible = onCard || found.fits_in_ram;
  const card = provider === 'metal' ? 'metal' : `cuda:${found.loading_strategy.gpu_index ?? 0}`;
  const need = `${found.estimated_mb} MB of memory`;
  return {
    model: found.model,
    compatible,
    message: compatible ? `Model fits in ${onCard ? 'VRAM' : 'RAM'}` : 'Insufficient memory for model',
    estimated_memory_mb: found.estimated_mb,
    available_memory_mb: onCard ? (found.available_vram_mb ?? 0) : found.available_ram_mb,
    recommended_device: !compatible ? 'none' : onCard ? card : 'cpu',
    requirements: [need],
    missing_requirements: compatible ? [] : [need],
    recommendations: compatible ? [] : remediesFor(found),
  };
}

export function createMemoryService(deps: {
  hardware: Hardware;
  catalogue: ReadCatalogue;
  /** Installed models that a reference means. */
  matches(ref: string, variant?: string): readonly ModelRow[];
}) {
  const { hardware, catalogue, matches } = deps;
  const free = async (): Promise<FreeMemory> => freeNow(await hardware.graphics());

  async function estimateOf(input: ParsedInputOf<Operations['estimate_memory']>): Promise<MemoryEstimate> {
    const { context_length } = input;
    const [model, variant] = [refIn(input), variantIn(input)];
    const { sized, basis, quant } = known(matches(model, variant), model, variant);
    const memory = await free();
    const required = requiredBytes(sized, context_length);
    const strategy = place(required, memory);
    const estimated = Math.ceil(required / MIB);
    const fitsInVram = strategy.target === 'gpu';
    const most = Math.max(sized.context_length ?? context_length, context_length);
    return {
      model,
      quantization: quant,
      estimated_mb: estimated,
      estimated_memory_mb: estimated,
      estimated_vram_mb: memory.vram === null ? null : Math.ceil((estimated * strategy.gpu_percent) / 100),
      available_ram_mb: mb(memory.ram),
      available_vram_mb: memory.vram === null ? null : mb(memory.vram),
      fits_in_ram: required <= memory.ram,
      fits_in_vram: fitsInVram,
      can_load: strategy.target !== 'none',
      loading_strategy: strategy,
      reason: strategy.target === 'none' ? strategy.reason : null,
      largest_context: sized.memory === null ? null : largestContext(sized.memory, memory.ram, most),
      basis,
    };
  }

  return {
    estimateOf,
    async compatibility(input: ParsedInputOf<Operations['compatibility']>): Promise<Output<'compatibility'>> {
      const { execution_provider: provider } = await hardwareInfo(hardware);
      return compatibilityOf(await estimateOf({ ...input, context_length: USUAL_CONTEXT }), provider, input.device);
    },
    hardwareInfo: () => hardwareInfo(hardware),
    recipes: async () => recipesFor(await hardwareInfo(hardware)),
    ...createAdvice({ catalogue, matches, free }),
  };
}

export type MemoryService = ReturnType<typeof createMemoryService>;
