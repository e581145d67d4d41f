/**
 * How a model would be loaded: where it goes, with which context, and what is unloaded for it. This alone decides whether a model fits:
 * the engines are asked what it says, and the panel, estimates and recommendations say what the engines will be asked.
 */

import { byteText } from '../../../../contract/kernel/text/byte-text.ts';
import { ENGINES, engineOf, loadedAs } from '../../../../contract/models/engines.ts';
import type { ModelFormat, ModelType } from '../../../../contract/models/models.ts';
import type { MemoryFacts } from '../files/facts.ts';
import { CONTEXT_STEP, estimate, estimateByName, type LoadShape, MIB } from './estimate.ts';

/** What is known of a model. */
export interface PlanFacts {
  name: string;
  variant: string | null;
  format: ModelFormat;
  type: ModelType;
  bytes: number | null;
  /** The longest one that it was made for. */
  context_length: number | null;
  memory: MemoryFacts | null;
}

/** Memory that is free, bytes. */
export interface FreeMemory {
  ram: number;
  /** Of the card with the most; null without a card whose memory is known. */
  vram: number | null;
  vramTotal: number | null;
  /** Number of that card. */
  gpu: number | null;
}

/** Bytes of main memory and of the graphics card. */
export interface Space {
  ram: number;
  vram: number;
}

/** What models in memory hold. */
export interface Held {
  /** What loads that have begun are about to take. */
  loading: Space;
  /** What models that nobody uses give back when they are unloaded. */
  idle: Space;
}

export interface PlanSettings {
  /** Context when none is asked for, tokens. */
  contextLength: number;
  /** Requests side by side, each with a context of its own. */
  parallel: number;
  /** Tokens of a prompt that are computed at once at most. */
  promptBatch: number;
  /** Whether graphics cards are used. */
  gpu: boolean;
}

/** What a caller asks for. */
export interface LoadWish {
  contextLength?: number | undefined;
  /** 0 keeps the model off the card; null leaves it to the engine. */
  gpuLayers?: number | null | undefined;
}

export interface LoadPlan {
  target: 'gpu' | 'split' | 'cpu' | 'none';
  contextLength: number;
  parallel: number;
  promptBatch: number;
  /** All that it takes. */
  bytes: number;
  takes: Space;
  /** What it may take of each. */
  available: Space;
  /** Whether models that nobody uses are unloaded to make room. */
  unloads: boolean;
  /** The longest context that fits, in steps of 256 tokens; null when none does. */
  largestContext: number | null;
  gpuIndex: number | null;
  gpuPercent: number;
  /** In one sentence for people. */
  reason: string;
}

export const NOTHING_HELD: Held = { loading: { ram: 0, vram: 0 }, idle: { ram: 0, vram: 0 } };
/** Memory that models leave to the rest of the machine, bytes. */
const RESERVE = 256 * MIB;
/** The shortest context that is worth loading a model with. */
const LEAST_CONTEXT = 512;
/** Of models whose files do not tell what they were made for. */
export const UNKNOWN_CONTEXT = 2048;
/** Assumed of models that are not here, tokens. */
export const USUAL_CONTEXT = 4096;
/** Nothing limits the context of a model that is not here. */
const ANY_CONTEXT = 1_048_576;
/** Other programs draw on the card too, and its driver fails instead of swapping. */
const VRAM_MARGIN = 1.2;
/** At least half of a split model must fit into main memory. */
const SPLIT_MARGIN = 1.1 / 2;

/** The facts of a model of which only the name is known, and perhaps its type and the size of its files. */
export const notHere = (
  known: Pick<PlanFacts, 'name' | 'variant' | 'format' | 'bytes'> & Partial<Pick<PlanFacts, 'type'>>,
): PlanFacts => ({ type: 'chat', ...known, context_length: ANY_CONTEXT, memory: null });

type Place = Pick<LoadPlan, 'target' | 'gpuPercent'>;

/** Bytes that a model takes. */
function requiredBytes(model: PlanFacts, shape: Required<Pick<LoadShape, 'context' | 'parallel' | 'batch'>>): number {
  if (model.memory !== null) return estimate(model.memory, shape).total;
  const { context, parallel } = shape;
  return estimateByName(model.name, model.variant, context * parallel, model.bytes);
}

/** @param share how much of it has to be on the card, percent; null when the engine decides */
function place(required: number, { ram, vram }: Space, share: number | null): Place {
  const onCard = (percent: number) => (required * percent) / 100;
  const rest = (percent: number) => required - onCard(percent);
  if (share !== null && share > 0 && vram > 0) {
    const fits = onCard(share) * VRAM_MARGIN <= vram && rest(share) <= ram;
    return { target: !fits ? 'none' : share === 100 ? 'gpu' : 'split', gpuPercent: share };
  }
  if (share === null && required * VRAM_MARGIN <= vram) return { target: 'gpu', gpuPercent: 100 };
  if (share === null && vram > 0 && ram >= required * SPLIT_MARGIN) {
    const percent = Math.min(99, Math.floor((vram / (required * VRAM_MARGIN)) * 100));
    if (percent > 0 && rest(percent) <= ram) return { target: 'split', gpuPercent: percent };
  }
  return { target: required <= ram ? 'cpu' : 'none', gpuPercent: 0 };
}

/** The part of a model that a number of layers is, percent; the output counts as one more. */
function shareOf({ memory }: PlanFacts, layers: number | null | undefined): number | null {
  if (layers === null || layers === undefined) return null;
  if (layers === 0) return 0;
  return memory === null ? null : Math.max(1, Math.min(100, Math.round((layers / (memory.layers + 1)) * 100)));
}

/** The longest context up to `most` that fits; the memory that is taken grows with the context. */
function longest(most: number, fits: (context: number) => boolean): number | null {
  const least = Math.min(LEAST_CONTEXT, most);
  if (!fits(least)) return null;
  if (fits(most)) return most;
  let [low, high] = [Math.floor(least / CONTEXT_STEP), Math.ceil(most / CONTEXT_STEP)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle * CONTEXT_STEP)) low = middle;
    else high = middle;
  }
  return Math.max(low * CONTEXT_STEP, least);
}

/** What models may take. */
function spaceOf(free: FreeMemory, { loading, idle }: Held, usesCard: boolean, evicts: boolean): Space {
  const left = (all: number, taken: number, back: number) => Math.max(0, all - taken) + (evicts ? back : 0);
  return {
    ram: left(free.ram - RESERVE, loading.ram, idle.ram),
    vram: usesCard && free.vram !== null ? left(free.vram, loading.vram, idle.vram) : 0,
  };
}

function reasonOf(found: Omit<LoadPlan, 'reason'>, shortened: boolean): string {
  const { target, available, largestContext, unloads } = found;
  // Rounded as the figure beside it is.
  const needs = `It needs ${byteText(Math.ceil(found.bytes / MIB) * MIB)}`;
  const ram = byteText(available.ram);
  const tokens = largestContext?.toLocaleString('en');
  const also = `${shortened ? ` Its context is shortened to ${tokens} tokens.` : ''}${unloads ? ' Models that nobody uses are unloaded for it.' : ''}`;
  switch (target) {
    case 'gpu':
      return `${needs}; ${byteText(available.vram)} are free on the graphics card.${also}`;
    case 'split':
      return `${needs}: ${found.gpuPercent} % go to the graphics card, the rest to memory.${also}`;
    case 'cpu':
      return `${needs}; ${ram} of memory are free.${also}`;
    case 'none':
      return `${needs}, but only ${ram} of memory are free.${tokens === undefined ? '' : ` It would fit with a context of ${tokens} tokens.`}`;
  }
}

/**
 * A context that is asked for is given or refused; the usual one may be shortened to fit. Nothing is unloaded for a model that would not fit even
 * then.
 */
export function plan(
  model: PlanFacts,
  free: FreeMemory,
  settings: PlanSettings,
  { contextLength: wanted, gpuLayers }: LoadWish = {},
  held: Held = NOTHING_HELD,
): LoadPlan {
  const parallel = loadedAs(model) === 'chat' ? settings.parallel : 1;
  const { promptBatch } = settings;
  const required = (context: number) => requiredBytes(model, { context, parallel, batch: promptBatch });
  const share = shareOf(model, gpuLayers);
  const usesCard = settings.gpu && share !== 0 && ENGINES[engineOf(model.format)].offloads;
  const [now, most] = [false, true].map((evicts) => spaceOf(free, held, usesCard, evicts)) as [Space, Space];
  const at = (context: number, space: Space) => place(required(context), space, share);
  const fits = (context: number, space: Space) => at(context, space).target !== 'none';

  const trained = model.context_length ?? UNKNOWN_CONTEXT;
  const largest = longest(trained, (context) => fits(context, most));
  const asked = Math.min(wanted ?? settings.contextLength, trained);
  const shortened = wanted === undefined && largest !== null && !fits(asked, most);
  const contextLength = shortened ? Math.min(asked, largest) : asked;

  const available = fits(contextLength, now) ? now : most;
  const placed = at(contextLength, available);
  const bytes = required(contextLength);
  const vram = Math.ceil((bytes * placed.gpuPercent) / 100);
  const found = {
    ...placed,
    ...{ contextLength, parallel, promptBatch, bytes, takes: { vram, ram: bytes - vram }, available },
    unloads: available === most && placed.target !== 'none',
    largestContext: largest,
    gpuIndex: vram > 0 ? free.gpu : null,
  };
  return { ...found, reason: reasonOf(found, shortened) };
}
