/** What this machine can run: whether a size can be loaded, and which models are recommended. */
import type { Operations } from '../../../../contract/index.ts';
import type { OutputOf } from '../../../../contract/kernel/define.ts';
import { loadedAs } from '../../../../contract/models/engines.ts';
import type { CatalogueEntry } from '../../../../contract/models/hardware.ts';
import { refOf } from '../../../../contract/models/reference.ts';
import type { ModelRow } from '../schema.ts';
import type { ReadCatalogue } from './catalogue.ts';
import { mb } from './estimate.ts';
import type { FitPlanner } from './fit.ts';
import { notHere, USUAL_CONTEXT } from './plan.ts';

type Output<Op extends keyof Operations> = OutputOf<Operations[Op]>;

/** Recommended model sizes, by the least usable memory that they take, MiB; on a card, and in memory. */
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
/** Share of the free memory that models may use, so that other programs keep some. */
const SAFE = 0.7;

/** Only models that an engine runs for what they are made for are recommended. */
const isRunnable = (entry: CatalogueEntry) => loadedAs(entry) === entry.type;

export interface AdviceDeps {
  catalogue: ReadCatalogue;
  /** Installed models that a reference means. */
  matches(ref: string): readonly ModelRow[];
  planner: FitPlanner;
}

export function createAdvice({ catalogue, matches, planner }: AdviceDeps) {
  async function free() {
    await planner.cardsKnown();
    return planner.free();
  }

  return {
    /** @param size MiB */
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
        const { target } = planner.plan(notHere(entry), { contextLength: USUAL_CONTEXT });
        return { ...entry, fits: target !== 'none', installed: matches(refOf(entry)).length > 0 };
      });
      return {
        ...{ available_ram_mb, available_vram_mb, safe_ram_mb, safe_vram_mb, recommended_sizes: [...sizes], models },
        recommendation: `For your system (${available_ram_mb} MB RAM, ${available_vram_mb} MB VRAM), we recommend models up to ${sizes[0]}`,
      };
    },
  };
}
