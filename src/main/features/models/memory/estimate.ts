/** Memory that a model takes, before it is loaded. */
import type { MemoryFacts } from '../files/facts.ts';

/** Number type of the key-value cache. */
export type CacheType = 'f32' | 'f16' | 'q8_0' | 'q4_0';

export const MIB = 1024 * 1024;
/** Whole MiB, rounded down. */
export const mb = (bytes: number) => Math.floor(bytes / MIB);

/** How a model is to be loaded. */
export interface LoadShape {
  /** Tokens of each sequence. */
  context: number;
  /** Sequences at the same time, each with a context of its own. */
  parallel?: number;
  cache?: CacheType;
  /** Tokens of a prompt that are computed at once. */
  batch?: number;
}

/** Bytes by what they hold. */
export interface Estimate {
  weights: number;
  cache: number;
  /** Buffers of a computation, and the tables of the tokenizer. */
  compute: number;
  total: number;
}

/** Bytes of one number; blocks of quantized ones carry a scale. */
const CACHE_BYTES: Record<CacheType, number> = { f32: 4, f16: 2, q8_0: 34 / 32, q4_0: 18 / 32 };
/** llama.cpp keeps a token as text, in a map by text and with its attributes. */
const TOKEN_BYTES = 160;
/** The cache has cells in multiples of this. */
export const CONTEXT_STEP = 256;
const FLOAT = 4;
const HALF = 2;
/** Threads, graphs and tables of any context; measured. */
const BASE = 6 * MIB;

/** Tokens of a prompt that the ONNX engine computes at once. */
const ONNX_PIECE = 64;
/** ONNX Runtime without a model, and the engine's own tables; measured. */
const ONNX_BASE = 24 * MIB;
/** Of the sequence that computes: its keys and values before and after a step, and while they are put together; measured. */
const ONNX_COPIES = 2.5;

/** Estimate for a model of the ONNX engine. A model that keeps nothing for its tokens reads all of them at once. */
function estimateOnnx(facts: MemoryFacts, onnx: NonNullable<MemoryFacts['onnx']>, shape: LoadShape): Estimate {
  const { context, parallel = 1 } = shape;
  const writes = facts.cached_per_token > 0;
  const sequence = context * facts.cached_per_token * onnx.cache_bytes;
  const piece = writes ? Math.min(ONNX_PIECE, context) : context;
  const states = piece * (4 * facts.embedding + 2 * facts.feed_forward) * FLOAT;
  const scores = piece * context * facts.heads * FLOAT * 2;
  const logits = writes ? piece * facts.vocabulary * FLOAT * 2 : 0;
  const own = states + scores + logits + (onnx.encoder ?? 0);
  const working = ONNX_BASE + own + facts.vocabulary * TOKEN_BYTES + ONNX_COPIES * sequence;
  const { weights } = facts;
  const cache = sequence * parallel;
  return { weights, cache, compute: Math.ceil(working), total: Math.ceil(weights + cache + working) };
}

/** Estimate for a model whose header is known. */
export function estimate(facts: MemoryFacts, shape: LoadShape): Estimate {
  if (facts.onnx !== undefined) return estimateOnnx(facts, facts.onnx, shape);
  const { parallel = 1, cache: type = 'f16', batch = 128 } = shape;
  const cells = Math.ceil(shape.context / CONTEXT_STEP) * CONTEXT_STEP * parallel;
  const cache = cells * facts.cached_per_token * CACHE_BYTES[type];
  // The widest moment of one layer, the mask of what each token sees, and the output. Scores of heads are not kept: with flash attention
  // they exist in tiles only.
  const states = batch * (4 * facts.embedding + 2 * facts.feed_forward) * FLOAT;
  const mask = batch * cells * HALF;
  const logits = facts.vocabulary * (batch + parallel) * FLOAT;
  const compute = BASE + states + mask + logits + facts.vocabulary * TOKEN_BYTES;
  const total = facts.weights + cache + compute;
  return { weights: facts.weights, cache: Math.ceil(cache), compute: Math.ceil(compute), total: Math.ceil(total) };
}

/** Bytes of one weight by a part of the name of the quantization; the first that fits. */
const WEIGHT_BYTES: readonly (readonly [RegExp, number])[] = [
  [/fp32|f32/, 4],
  [/fp16|bf16|f16/, 2],
  [/q8|int8/, 1.06],
  [/q6/, 0.82],
  [/q5/, 0.69],
  [/q4|int4/, 0.57],
  [/q3/, 0.44],
  [/q2/, 0.33],
];

/** Parameters by a name such as `Llama-3.2-3B`, in billions; 3 when the name holds no count. */
export function parametersOf(name: string): number {
  const named = /(?<!\d)(\d+(?:\.\d+)?)b(?![a-z])/i.exec(name)?.[1];
  return named === undefined ? 3 : Number(named);
}

/** Estimate for a model of which only the name, or also the size of its files, is known. */
export function estimateByName(name: string, variant: string | null, context: number, bytes: number | null): number {
  const billions = parametersOf(name);
  const word = (variant ?? '').toLowerCase();
  const perWeight = WEIGHT_BYTES.find(([pattern]) => pattern.test(word))?.[1] ?? 2;
  const weights = bytes ?? billions * 1e9 * perWeight;
  return Math.ceil(weights * 1.1 + (context * 0.125 * MIB * billions) / 8);
}
