/** Events of single tasks as they happen, straight from the event table: a follower that was away misses nothing. */

import { isTerminal, type TaskEvent } from '../../../../contract/automation/tasks.ts';
import type { Change } from '../../../../contract/host/telemetry.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { type Clock, iso } from '../../../core/clock.ts';
import type { Events } from '../../../core/events.ts';
import type { TimeSlicer } from '../../../core/scheduling/time-slicer.ts';
import { requireTask } from '../store/require.ts';
import type { TaskStore } from '../store/store.ts';
import { createTails } from './tails.ts';

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

/** Events that a follower takes before others have their turn. */
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
  const tails = createTails(events, timeSlicer);

  const isOver = (taskId: string) => {
    const status = store.status(taskId);
    return status === null || isTerminal(status);
  };

  return {
    async *follow(taskId, since, signal) {
      const row = requireTask(store, taskId);
      if (since !== undefined) requireHistory(events, taskId, since);
      const tail = tails.join(taskId);
      let cursor = since ?? 0;
      let sent = 0;
      try {
        while (!signal.aborted) {
          const recent = tail.after(cursor);
          const over = recent.length === 0 && isOver(taskId);
          // A commit is visible before its changes are delivered to listeners: the last ones of an ended task are read from the table.
          const changes = over ? events.listOf(taskId, cursor, ITEMS_PER_TURN) : recent;
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
          if (over) {
            // Its events are gone or were read before; a follower from the start still learns that it is over.
            if (since === undefined && sent === 0) {
              const data = { status: store.status(taskId) ?? 'deleted' };
              yield { seq: events.head(), type: 'end', at: iso(row.finished_at ?? clock.now()), data };
            }
            return;
          }
          await tail.more(signal);
        }
      } finally {
        tail.leave();
      }
    },
    async end(taskId, signal) {
      const tail = tails.join(taskId);
      try {
        while (!isOver(taskId)) {
          if (signal.aborted) throw new AppError('cancelled');
          await tail.more(signal);
        }
      } finally {
        tail.leave();
      }
    },
    dispose: tails.dispose,
  };
}

/**
 * Events of a task are complete while its first one is kept.
 * @throws AppError `cursor-expired` with `oldest` when some are gone, or `since` is of another history
 */
function requireHistory(events: Events, taskId: string, since: number): void {
  const first = events.listOf(taskId, 0, 1)[0];
  const next = events.head() + 1;
  if (since < next && first?.type === 'task.created') return;
  if (since < next && since >= (events.oldest() || next) - 1) return;
  throw new AppError('cursor-expired', undefined, { extra: { oldest: first?.seq ?? next } });
}
