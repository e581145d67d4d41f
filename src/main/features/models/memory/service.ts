/** Answers to the questions whether a model can be loaded, and which ones suit this machine. */
import type { Operations } from '../../../../contract/index.ts';
import type { OutputOf, ParsedInputOf } from '../../../../contract/kernel/define.ts';
import type { CatalogueEntry, MemoryEstimate } from '../../../../contract/models/hardware.ts';
import type { Hardware } from '../../../core/hardware.ts';
import { refIn, variantIn } from '../registry/named.ts';
import { splitRef } from '../registry/resolve.ts';
import { refOf, sizedOf } from '../registry/views.ts';
import type { ModelRow } from '../schema.ts';
import type { ReadCatalogue } from './catalogue.ts';
import { largestContext, MIB } from './estimate.ts';
import { type FreeMemory, freeNow, place, requiredBytes, type Sized } from './fit.ts';
import { hardwareInfo, recipesFor } from './machine.ts';

type Output<Op extends keyof Operations> = OutputOf<Operations[Op]>;

/** Sizes that are recommended from so much memory that can be used, MiB; on a card and in memory. */
const VRAM_SIZES: readonly (readonly [number, readonly string[]])[] = [
  [24_000, ['70B', '34B', '13B', '7B', '3B']],
  [12_000, ['34B', '13B', '7B', '3B', '1B']],
  [6_000, ['13B', '7B', '3B', '1B']],
];
const RAM_SIZES: readonly (readonly [number, readonly string[]])[] = [
  [16_000, ['7B', '3B', '1B']],
  [8_000, ['3B', '1B']],
  [0, ['1B']],
];
/** Of what is free, this much can be used without others suffering. */
const SAFE = 0.7;

const mb = (bytes: number) => Math.floor(bytes / MIB);

/** Creates the service. */
export function createMemoryService(deps: {
  hardware: Hardware;
  catalogue: ReadCatalogue;
  /** Installed models that a reference means. */
  matches(ref: string, variant?: string): readonly ModelRow[];
}) {
  const { hardware, catalogue, matches } = deps;
  const free = async (): Promise<FreeMemory> => freeNow(await hardware.graphics());

  /** What is known of a model: its files when it is here, else its name. */
  function known(
    model: string,
    variant: string | undefined,
  ): { sized: Sized; basis: 'file' | 'name'; quant: string | null } {
    const [row] = matches(model, variant);
    if (row) return { sized: sizedOf(row), basis: 'file', quant: row.facts?.quant ?? row.variant };
    const named = splitRef(model);
    const quant = variant ?? named.variant;
    const sized = { name: named.repo, variant: quant ?? named.repo, bytes: null, context_length: null, memory: null };
    return { sized, basis: 'name', quant };
  }

  async function estimateOf(input: ParsedInputOf<Operations['estimate_memory']>): Promise<MemoryEstimate> {
    const { context_length } = input;
    const [model, variant] = [refIn(input), variantIn(input)];
    const { sized, basis, quant } = known(model, variant);
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

  async function compatibility(input: ParsedInputOf<Operations['compatibility']>): Promise<Output<'compatibility'>> {
    const { execution_provider: provider } = await hardwareInfo(hardware);
    const found = await estimateOf({ ...input, context_length: 4096 });
    const wantsCpu = input.device === 'cpu';
    const onCard = !wantsCpu && found.fits_in_vram;
    const compatible = onCard || found.fits_in_ram;
    const card = provider === 'metal' ? 'metal' : `cuda:${found.loading_strategy.gpu_index ?? 0}`;
    const device = !compatible ? 'none' : onCard ? card : 'cpu';
    const need = `${found.estimated_mb} MB of memory`;
    return {
      model: found.model,
      compatible,
      message: compatible ? `Model fits in ${onCard ? 'VRAM' : 'RAM'}` : 'Insufficient memory for model',
      estimated_memory_mb: found.estimated_mb,
      available_memory_mb: onCard ? (found.available_vram_mb ?? 0) : found.available_ram_mb,
      recommended_device: device,
      requirements: [need],
      missing_requirements: compatible ? [] : [need],
      recommendations: compatible ? [] : adviceFor(found),
    };
  }

  const adviceFor = ({ largest_context: largest }: MemoryEstimate) => [
    ...(largest === null ? [] : [`Load it with a context of at most ${largest} tokens.`]),
    'Use a smaller quantization or a smaller model.',
    'Unload other models or close other programs.',
  ];

  return {
    estimateOf,
    compatibility,
    hardwareInfo: () => hardwareInfo(hardware),
    recipes: async () => recipesFor(await hardwareInfo(hardware)),
    async feasibility(size: number): Promise<Output<'check_model_feasibility'>> {
      const { ram, vramTotal } = await free();
      const [available_ram_mb, available_vram_mb] = [mb(ram), mb(vramTotal ?? 0)];
      const inVram = size < available_vram_mb;
      const can_load = inVram || size < available_ram_mb;
      const recommendation = inVram
        ? `Model can fit in VRAM (${available_vram_mb} MB available)`
        : can_load
          ? `Model can fit in RAM (${available_ram_mb} MB available), will run on CPU`
          : `Model too large! Need ${size} MB but only have ${available_ram_mb} MB RAM and ${available_vram_mb} MB VRAM`;
      return { can_load, model_size_mb: size, available_ram_mb, available_vram_mb, recommendation };
    },
    async recommendations(): Promise<Output<'get_recommended_models'>> {
      const memory = await free();
      const [available_ram_mb, available_vram_mb] = [mb(memory.ram), mb(memory.vramTotal ?? 0)];
      const [safe_ram_mb, safe_vram_mb] = [Math.floor(available_ram_mb * SAFE), Math.floor(available_vram_mb * SAFE)];
      const sizes =
        VRAM_SIZES.find(([from]) => safe_vram_mb >= from)?.[1] ??
        RAM_SIZES.find(([from]) => safe_ram_mb >= from)?.[1] ??
        [];
      const models = (await catalogue()).filter(isRunnable).map((entry) => {
        const fits =
          place(requiredBytes({ ...entry, context_length: null, memory: null }, 4096), memory).target !== 'none';
        return { ...entry, fits, installed: matches(refOf(entry)).length > 0 };
      });
      return {
        ...{ available_ram_mb, available_vram_mb, safe_ram_mb, safe_vram_mb, recommended_sizes: [...sizes], models },
        recommendation: `For your system (${available_ram_mb} MB RAM, ${available_vram_mb} MB VRAM), we recommend models up to ${sizes[0]}`,
      };
    },
  };
}
/** What no engine runs yet is not recommended. */
const isRunnable = ({ format, type }: CatalogueEntry) =>
  format === 'gguf' && (type === 'chat' || type === 'embedding' || type === 'rerank');

export type MemoryService = ReturnType<typeof createMemoryService>;
