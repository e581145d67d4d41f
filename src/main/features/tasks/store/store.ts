/** All SQL of tasks, in five parts: the queue, ends of attempts, what hangs off an attempt, views, retention. */
import type { Clock } from '../../../core/clock.ts';
import type { Db } from '../../../core/db/index.ts';
import type { Events } from '../../../core/events.ts';
import { createDetailStore, type DetailStore } from './detail-store.ts';
import { createEndStore, type EndStore } from './end-store.ts';
import { createQueueStore, type QueueStore } from './queue-store.ts';
import { createRetentionStore, type RetentionStore } from './retention-store.ts';
import { createViewStore, type ViewStore } from './view-store.ts';

/** Everything that reads or writes the tables of tasks. */
export interface TaskStore extends QueueStore, EndStore, DetailStore, ViewStore, RetentionStore {}

/** Prepares the statements over an open database. */
export function createTaskStore(db: Db, events: Events, clock: Clock): TaskStore {
  return {
    ...createQueueStore(db, events, clock),
    ...createEndStore(db, events, clock),
    ...createDetailStore(db, events, clock),
    ...createViewStore(db),
    ...createRetentionStore(db, events),
  };
}
