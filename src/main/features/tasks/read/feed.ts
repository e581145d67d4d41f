/** Events of single tasks as they happen, straight from the event table: a follower that was away misses nothing. */

import { isTerminal, type TaskEvent } from '../../../../contract/automation/tasks.ts';
import type { Change } from '../../../../contract/host/telemetry.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { type Clock, iso } from '../../../core/clock.ts';
import type { Events } from '../../../core/events.ts';
import { notFound } from '../../../core/operation/versioned.ts';
import type { TimeSlicer } from '../../../core/time-slicer.ts';
import type { TaskStore } from '../store/store.ts';

/** What a follower gets. */
export type FeedItem = TaskEvent | { type: 'gap'; dropped: number; next_since: number };

/** See {@link createFeed}. */
export interface Feed {
  /**
   * Events after `since` (all that are kept without it) until the task ends.
   * @throws AppError `not-found`, or `cursor-expired` with `oldest` when events after `since` are gone
   */
  follow(taskId: string, since: number | undefined, signal: AbortSignal): AsyncGenerator<FeedItem, void>;
  /** Resolves when the task has ended. @throws AppError `cancelled` when the caller stops waiting */
  end(taskId: string, signal: AbortSignal): Promise<void>;
  dispose(): void;
}

/** Recent changes of one followed task, shared by its followers. */
interface Tail {
  followers: number;
  changes: Change[];
  /** Every change after this number is in `changes`. */
  after: number;
  waiting: Set<() => void>;
  notifying: boolean;
}

const TAIL_LENGTH = 512;
const PAGE = 200;
const ITEMS_PER_TURN = 64;

const TYPES: Record<string, TaskEvent['type']> = {
  'task.created': 'status',
  'task.updated': 'status',
  'task.step': 'step',
  'task.progress': 'progress',
  'task.artifact': 'artifact',
  'task.ended': 'end',
};

function toTaskEvent(change: Change): TaskEvent | null {
  const type = TYPES[change.type];
  if (type === undefined) return null;
  const { data } = change;
  const screenshot =
    type === 'artifact' &&
    typeof data === 'object' &&
    data !== null &&
    !Array.isArray(data) &&
    data.kind === 'screenshot';
  return { seq: change.seq, type: screenshot ? 'screenshot' : type, at: change.at, data };
}

/** Creates the feed; it listens to the event table until it is disposed. */
export function createFeed(deps: { events: Events; store: TaskStore; clock: Clock; timeSlicer: TimeSlicer }): Feed {
  const { events, store, clock, timeSlicer } = deps;
  const tails = new Map<string, Tail>();

  const unsubscribe = events.subscribe((changes) => {
    for (const change of changes) {
      const tail = change.entity === 'task' ? tails.get(change.id) : undefined;
      if (!tail) continue;
      tail.changes.push(change);
      if (tail.changes.length > 2 * TAIL_LENGTH) {
        tail.changes = tail.changes.slice(-TAIL_LENGTH);
        tail.after = (tail.changes[0]?.seq ?? change.seq) - 1;
      }
      notify(tail);
    }
  });

  function notify(tail: Tail): void {
    if (tail.notifying) return;
    tail.notifying = true;
    timeSlicer.run(() => {
      tail.notifying = false;
      const woken = [...tail.waiting];
      tail.waiting.clear();
      for (const wake of woken) timeSlicer.run(wake);
    });
  }

  function join(taskId: string): Tail {
    const known = tails.get(taskId);
    if (known) {
      known.followers += 1;
      return known;
    }
    const tail: Tail = { followers: 1, changes: [], after: events.head(), waiting: new Set(), notifying: false };
    tails.set(taskId, tail);
    return tail;
  }

  function leave(taskId: string, tail: Tail): void {
    tail.followers -= 1;
    if (tail.followers === 0) tails.delete(taskId);
  }

  const changesAfter = (taskId: string, tail: Tail, cursor: number): Change[] =>
    cursor >= tail.after ? tail.changes.filter((change) => change.seq > cursor) : events.listOf(taskId, cursor, PAGE);

  function more(tail: Tail, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        tail.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      tail.waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
      if (signal.aborted) wake();
    });
  }

  const isOver = (taskId: string) => {
    const status = store.status(taskId);
    return status === null || isTerminal(status);
  };

  /** Events of a task are complete while its first one is kept. */
  function requireHistory(taskId: string, since: number): void {
    const first = events.listOf(taskId, 0, 1)[0];
    if (first?.type === 'task.created') return;
    const oldest = first?.seq ?? events.head() + 1;
    if (since >= events.oldest() - 1) return;
    throw new AppError('cursor-expired', undefined, { extra: { oldest } });
  }

  return {
    async *follow(taskId, since, signal) {
      const row = store.get(taskId);
      if (!row) throw notFound('task', taskId);
      if (since !== undefined) requireHistory(taskId, since);
      const tail = join(taskId);
      let cursor = since ?? 0;
      let sent = 0;
      try {
        while (!signal.aborted) {
          const changes = changesAfter(taskId, tail, cursor);
          for (const change of changes) {
            if (signal.aborted) return;
            cursor = change.seq;
            const event = toTaskEvent(change);
            if (event === null) continue;
            yield event;
            if (event.type === 'end') return;
            sent += 1;
            if (sent % ITEMS_PER_TURN === 0) await timeSlicer.next();
          }
          if (changes.length > 0) continue;
          if (isOver(taskId)) {
            // Its events are gone or were read before; a follower from the start still learns that it is over.
            if (since === undefined && sent === 0) {
              const data = { status: store.status(taskId) ?? 'deleted' };
              yield { seq: events.head(), type: 'end', at: iso(row.finished_at ?? clock.now()), data };
            }
            return;
          }
          await more(tail, signal);
        }
      } finally {
        leave(taskId, tail);
      }
    },
    async end(taskId, signal) {
      const tail = join(taskId);
      try {
        while (!isOver(taskId)) {
          if (signal.aborted) throw new AppError('cancelled');
          await more(tail, signal);
        }
      } finally {
        leave(taskId, tail);
      }
    },
    dispose() {
      unsubscribe();
      for (const tail of tails.values()) notify(tail);
    },
  };
}
