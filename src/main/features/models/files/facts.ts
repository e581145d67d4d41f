/** What the files of a model say about it, whatever their format. What they do not say is null. */
import type { ModelFormat, ModelType } from '../../../../contract/models/models.ts';

/** What the memory of a loaded model follows from; all counts are of the whole model. */
export interface MemoryFacts {
  /** Bytes of all tensors. */
  weights: number;
  layers: number;
  embedding: number;
  feed_forward: number;
  heads: number;
  /** Numbers that the cache of keys and values keeps for one token, over all layers. */
  cached_per_token: number;
  vocabulary: number;
  /** Of ONNX models, which another engine loads in its own way. */
  onnx?: {
    /** Bytes of one number in the cache. */
    cache_bytes: 2 | 4;
    /** Of models of speech and pictures: bytes that the encoder computes with. */
    encoder?: number;
  };
}

/** See file comment. */
export interface ModelFacts {
  format: ModelFormat;
  type: ModelType;
  name: string | null;
  architecture: string | null;
  parameters: number | null;
  quant: string | null;
  context_length: number | null;
  layers: number | null;
  embedding_size: number | null;
  vocabulary: number | null;
  chat_template: boolean;
  tokenizer: string | null;
  license: string | null;
  /** Null for models whose memory is estimated by the size of the file. */
  memory: MemoryFacts | null;
}

/** Short printable text of a file that may hold anything, of at most `max` characters (code points); null when it has none. */
export function wordOf(value: unknown, max = 200): string | null {
  if (typeof value !== 'string') return null;
  // Longer than that it is no name, and to replace in it would take time.
  const word = value
    .slice(0, 4 * max)
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
  return word === '' ? null : [...word].slice(0, max).join('');
}

/** A count of a file that may hold anything: null unless it is a whole number from 1 to `max`. */
export function countOf(value: unknown, max = 10_000_000): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max ? value : null;
}
