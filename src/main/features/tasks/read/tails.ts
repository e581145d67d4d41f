/** Recent changes of the tasks that are followed, shared by the followers of each. */
import type { Change } from '../../../../contract/host/telemetry.ts';
import type { Events } from '../../../core/events.ts';
import type { TimeSlicer } from '../../../core/scheduling/time-slicer.ts';
import { createWaiters, type Waiters } from './waiters.ts';

/** Changes of one task that are kept in memory at least, once there were as many. */
const TAIL_LENGTH = 512;
/** Changes that are read from the table at once. */
const PAGE = 200;

/** What one follower of a task reads from. */
export interface Tail {
  /** Changes after `seq`: from memory, or a page of the table when memory does not reach back that far. */
  after(seq: number): readonly Change[];
  /** Resolves when there may be more, or when the signal is aborted. */
  more: Waiters['more'];
  leave(): void;
}

/** See {@link createTails}. */
export interface Tails {
  join(taskId: string): Tail;
  /** Stops listening to the table and wakes every follower. */
  dispose(): void;
}

interface Shared {
  followers: number;
  changes: Change[];
  /** Every change after this number is in `changes`. */
  after: number;
  waiters: Waiters;
}

/** Listens to the event table until it is disposed. */
export function createTails(events: Events, timeSlicer: TimeSlicer): Tails {
  const tails = new Map<string, Shared>();

  const unsubscribe = events.subscribe((changes) => {
    for (const change of changes) {
      const tail = change.entity === 'task' ? tails.get(change.id) : undefined;
      if (!tail) continue;
      keep(tail, change);
      tail.waiters.notify();
    }
  });

  const emptyTail = (): Shared => ({
    followers: 0,
    changes: [],
    after: events.head(),
    waiters: createWaiters(timeSlicer),
  });

  function keep(tail: Shared, change: Change): void {
    tail.changes.push(change);
    if (tail.changes.length <= 2 * TAIL_LENGTH) return;
    tail.changes = tail.changes.slice(-TAIL_LENGTH);
    tail.after = (tail.changes[0]?.seq ?? change.seq) - 1;
  }

  return {
    join(taskId) {
      const tail = tails.get(taskId) ?? emptyTail();
      tails.set(taskId, tail);
      tail.followers += 1;
      return {
        after: (seq) =>
          seq >= tail.after ? tail.changes.filter((change) => change.seq > seq) : events.listOf(taskId, seq, PAGE),
        more: tail.waiters.more,
        leave() {
          tail.followers -= 1;
          if (tail.followers === 0) tails.delete(taskId);
        },
      };
    },
    dispose() {
      unsubscribe();
      for (const tail of tails.values()) tail.waiters.notify();
    },
  };
}
