/** Whether a model fits into the memory that is free now, and where. */
import type { ModelFit } from '../../../../contract/models/models.ts';
import { freeMemory, type Gpu } from '../../../core/hardware.ts';
import type { MemoryFacts } from '../files/facts.ts';
import { estimate, estimateByName, largestContext, MIB } from './estimate.ts';
import { bytes } from './words.ts';

/** Memory that is free, bytes. */
export interface FreeMemory {
  ram: number;
  /** Of the card with the most; null without a card whose memory is known. */
  vram: number | null;
  vramTotal: number | null;
  /** Number of that card. */
  gpu: number | null;
}

/** The facts from which the memory of a model is estimated. */
export interface Sized {
  name: string;
  variant: string | null;
  bytes: number | null;
  context_length: number | null;
  memory: MemoryFacts | null;
}

/** Where a model goes. */
export interface Placement {
  target: 'gpu' | 'split' | 'cpu' | 'none';
  gpu_index: number | null;
  gpu_percent: number;
  cpu_percent: number;
  reason: string;
}

/** Context for estimates when none is given, tokens. */
export const USUAL_CONTEXT = 4096;
/** Other programs draw on the card too, and its driver fails instead of swapping. */
const VRAM_MARGIN = 1.2;
/** At least half of a split model must fit into main memory. */
const SPLIT_MARGIN = 1.1 / 2;

/** What is free now. */
export function freeNow(cards: readonly Gpu[]): FreeMemory {
  const sizes = cards.map(({ totalMb, usedMb }, index) => ({
    index,
    total: totalMb === null ? null : totalMb * MIB,
    free: totalMb === null ? null : (totalMb - (usedMb ?? 0)) * MIB,
  }));
  const best = sizes.filter(({ free }) => free !== null).sort((a, b) => (b.free ?? 0) - (a.free ?? 0))[0];
  return { ram: freeMemory(), vram: best?.free ?? null, vramTotal: best?.total ?? null, gpu: best?.index ?? null };
}

/** Bytes that a model takes with a context. */
export function requiredBytes(model: Sized, context: number): number {
  if (model.memory !== null) return estimate(model.memory, { context }).total;
  return estimateByName(model.name, model.variant, context, model.bytes);
}

/** Where something that takes `required` bytes goes. */
export function place(required: number, free: FreeMemory): Placement {
  const needs = `needs ${bytes(required)}`;
  const ram = bytes(free.ram);
  if (free.vram !== null && required * VRAM_MARGIN <= free.vram)
    return placement('gpu', free, 100, `It ${needs}; ${bytes(free.vram)} are free on the graphics card.`);
  if (free.vram !== null && free.vram > 0 && free.ram >= required * SPLIT_MARGIN) {
    const share = Math.max(1, Math.min(99, Math.floor((free.vram / (required * VRAM_MARGIN)) * 100)));
    const rest = required * (1 - share / 100);
    if (rest <= free.ram)
      return placement('split', free, share, `It ${needs}: ${share} % go to the graphics card, the rest to memory.`);
  }
  if (required <= free.ram) return placement('cpu', free, 0, `It ${needs}; ${ram} of memory are free.`);
  return { ...placement('none', free, 0, `It ${needs}, but only ${ram} of memory are free.`), cpu_percent: 0 };
}

function placement(target: Placement['target'], free: FreeMemory, share: number, reason: string): Placement {
  const index = target === 'gpu' || target === 'split' ? free.gpu : null;
  return { target, gpu_index: index, gpu_percent: share, cpu_percent: 100 - share, reason };
}

/** Whether a model fits into the free memory with a context, by default {@link USUAL_CONTEXT}. */
export function fitOf(model: Sized, free: FreeMemory, context?: number): ModelFit {
  const trained = model.context_length ?? USUAL_CONTEXT;
  const wanted = context ?? Math.min(trained, USUAL_CONTEXT);
  const required = requiredBytes(model, wanted);
  const placed = place(required, free);
  const available = placed.target === 'gpu' ? (free.vram ?? 0) : free.ram;
  const largest = model.memory === null ? null : largestContext(model.memory, available, Math.max(trained, wanted));
  const advice =
    placed.target !== 'none' || largest === null
      ? ''
      : ` It would fit with a context of ${largest.toLocaleString('en')} tokens.`;
  return {
    verdict: placed.target,
    required_mb: Math.ceil(required / MIB),
    available_mb: Math.floor(available / MIB),
    context_length: wanted,
    largest_context: largest,
    reason: placed.reason + advice,
  };
}
