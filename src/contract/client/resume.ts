/** Where a history stream continues after a lost connection, and which items it has had already. */
import type { Gap } from '../kernel/frames.ts';

/** The position of one stream. */
export interface Position {
  /** Sequence number to continue after; undefined before the first item. */
  readonly since: number | undefined;
  /** Notes an item. @returns false when the stream has had it */
  accept(frameSeq: number, item: unknown): boolean;
  /** The history is another one: goes on wherever the host begins. */
  restart(): void;
}

/** Starts after `since`, or wherever the host begins. */
export function createPosition(since: number | undefined): Position {
  let last = since;
  return {
    get since() {
      return last;
    },
    restart() {
      last = undefined;
    },
    accept(frameSeq, item) {
      if (isGap(item)) {
        last = item.next_since;
        return true;
      }
      // After a reconnect the host may repeat what was on its way when the connection broke.
      const seq = seqOf(item) ?? frameSeq;
      if (last !== undefined && seq <= last && !isHello(item)) return false;
      last = Math.max(seq, last ?? 0);
      return true;
    },
  };
}

function isGap(item: unknown): item is Gap {
  return typeof item === 'object' && item !== null && 'type' in item && item.type === 'gap' && 'next_since' in item;
}

function seqOf(item: unknown): number | undefined {
  return typeof item === 'object' && item !== null && 'seq' in item && typeof item.seq === 'number'
    ? item.seq
    : undefined;
}

function isHello(item: unknown): boolean {
  return typeof item === 'object' && item !== null && 'type' in item && item.type === 'hello';
}
