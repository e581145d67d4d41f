/** One moment that several charts of the same times show together. */
export interface ChartCursor {
  /** Unix s of a point, null while nobody points at one. */
  at(): number | null;
  set(at: number | null): void;
  subscribe(listener: () => void): () => void;
}

/** Creates a cursor that points at nothing. */
export function createChartCursor(): ChartCursor {
  let at: number | null = null;
  const listeners = new Set<() => void>();
  return {
    at: () => at,
    set(next) {
      if (next === at) return;
      at = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Index of the time nearest to `at` in ascending `times`, -1 when there is none. */
export function indexNear(times: readonly number[], at: number): number {
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const before = times[low - 1];
  return before !== undefined && at - before < Math.abs((times[low] ?? 0) - at) ? low - 1 : high;
}
