/** What turns texts into vectors, whatever computes it. */
import type { TextRole } from '../../../contract/models/engine.ts';

/** Vectors of some texts, one after the other in one array. */
export interface Embedded {
  /** Each of `dimensions` numbers, of unit length, in the order of the texts. */
  vectors: Float32Array;
  dimensions: number;
  /** Tokens of all texts, counted by what embedded them. */
  tokens: number;
  /** The vector of the text at an index. */
  at(index: number): Float32Array;
}

export function embeddedOf(vectors: Float32Array, dimensions: number, tokens: number): Embedded {
  const at = (index: number) => vectors.subarray(index * dimensions, (index + 1) * dimensions);
  return { vectors, dimensions, tokens, at };
}

/** One embedding model that can be used now. */
export interface Embedder {
  /** Named in answers. */
  readonly id: string;
  readonly dimensions: number;
  /**
   * @param as what the texts are, where one kind is compared with the other
   * @throws AppError `cancelled` when the caller has left, and what the engine says
   */
  embed(texts: readonly string[], as?: TextRole): Promise<Embedded>;
}
