/** Texts that are longer than a model takes, read in windows that overlap: every token is classified where it has text on both sides. */
import { AppError } from '../../../../contract/kernel/errors.ts';

/** Tokens from `from` to `to` are read; of those from `first` to `last` the answer counts. */
export interface Window {
  from: number;
  to: number;
  first: number;
  last: number;
}

/** Tokens that a window has at least; with fewer there is nothing to understand. */
const LEAST = 8;
const MOST_OVERLAP = 128;

/**
 * @param capacity tokens that one window holds
 * @throws AppError `context-length-exceeded` when that is too few
 */
export function windowsOf(count: number, capacity: number): Window[] {
  if (capacity < LEAST)
    throw new AppError('context-length-exceeded', 'What is asked leaves the model no room for the text. Shorten it.', {
      extra: { context_length: capacity },
    });
  if (count <= capacity) return [{ from: 0, to: count, first: 0, last: count }];
  const overlap = Math.min(MOST_OVERLAP, Math.floor(capacity / 4));
  const windows: Window[] = [];
  for (let next = 0, first = 0; first < count; next += capacity - overlap) {
    // The last one begins earlier instead of being short.
    const from = Math.min(next, count - capacity);
    const to = from + capacity;
    const last = to === count ? count : to - Math.floor(overlap / 2);
    windows.push({ from, to, first, last });
    first = last;
  }
  return windows;
}
