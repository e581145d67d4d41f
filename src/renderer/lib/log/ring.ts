/** The newest lines of a log, at most {@link RING_CAPACITY}; older ones are asked for again when the user scrolls there. */
import type { Json } from '../../../contract/kernel/scalars.ts';

/** Lines kept in memory. */
export const RING_CAPACITY = 50_000;

/** Severity as the viewer shows it. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One line. */
export interface LogRow {
  seq: number;
  /** Unix ms. */
  at: number;
  level: LogLevel;
  source: string;
  text: string;
  data: Json;
  /** Set on lines of the viewer itself, such as a gap. */
  mark?: true;
}

/** See {@link createLogRing}. */
export interface LogRing {
  readonly length: number;
  at(index: number): LogRow | undefined;
  /** Sequence of the oldest line, 0 when there is none. */
  first(): number;
  /** Sequence of the newest line, 0 when there is none. */
  last(): number;
  /** Adds newer lines; what is not newer than the newest is ignored. @returns lines that fell out at the old end */
  append(rows: readonly LogRow[]): number;
  /** Adds older lines as far as there is room. @returns how many were taken */
  prepend(rows: readonly LogRow[]): number;
  /** Lets the newest lines go. */
  dropLast(count: number): void;
  clear(): void;
}

/** Creates an empty ring. Index 0 is the oldest line. */
export function createLogRing(capacity = RING_CAPACITY): LogRing {
  let slots: (LogRow | undefined)[] = new Array(capacity);
  let start = 0;
  let length = 0;
  const slot = (index: number) => (start + index + capacity) % capacity;
  const at = (index: number) => (index < 0 || index >= length ? undefined : slots[slot(index)]);
  return {
    get length() {
      return length;
    },
    at,
    first: () => at(0)?.seq ?? 0,
    last: () => at(length - 1)?.seq ?? 0,
    append: (rows) => {
      let dropped = 0;
      for (const row of rows) {
        const newest = at(length - 1);
        if (newest !== undefined && row.seq <= newest.seq) continue;
        if (length === capacity) {
          slots[start] = row;
          start = slot(1);
          dropped += 1;
        } else {
          slots[slot(length)] = row;
          length += 1;
        }
      }
      return dropped;
    },
    prepend: (rows) => {
      let taken = 0;
      for (let index = rows.length - 1; index >= 0 && length < capacity; index -= 1) {
        const row = rows[index];
        const oldest = at(0);
        if (row === undefined || (oldest !== undefined && row.seq >= oldest.seq)) continue;
        start = slot(-1);
        slots[start] = row;
        length += 1;
        taken += 1;
      }
      return taken;
    },
    dropLast: (count) => {
      for (let dropped = 0; dropped < count && length > 0; dropped += 1) {
        length -= 1;
        slots[slot(length)] = undefined;
      }
    },
    clear: () => {
      slots = new Array(capacity);
      start = 0;
      length = 0;
    },
  };
}
