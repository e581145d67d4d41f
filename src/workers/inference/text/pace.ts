/** How many tokens of a prompt to compute at once, by how long the last ones took: a cancel waits for the batch that is being computed. */

/** What a batch should take at most, ms; a cancelled answer should free its place within a quarter of a second. */
const BATCH_MS = 120;
/** Smaller batches read the weights too often for what they compute. */
const SMALLEST = 16;

/** See {@link createPace}. */
export interface Pace {
  /** Tokens of the next batch. */
  readonly size: number;
  /** Tells how long a batch took, ms. */
  took(tokens: number, ms: number): void;
}

/** The pace of one loaded model; it begins with small batches. */
export function createPace(largest: number): Pace {
  let size = Math.min(SMALLEST, largest);
  return {
    get size() {
      return size;
    },
    took(tokens, ms) {
      const fitting = Math.floor((tokens * BATCH_MS) / Math.max(ms, 1));
      // A batch that was cut short at the end of a prompt says little about longer ones: at most twice as many.
      size = Math.min(largest, Math.max(SMALLEST, Math.min(fitting, 2 * size)));
    },
  };
}
