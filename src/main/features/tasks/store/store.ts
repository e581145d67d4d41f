/** All SQL of tasks: the queue, claims, ends and orphans of attempts, what hangs off an attempt, lists and views, retention. */
import type { Page } from '../../../../contract/kernel/paging.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Db } from '../../../core/db/index.ts';
import type { Events } from '../../../core/events.ts';
import type { TaskRow } from '../schema.ts';
import { type ClaimStore, createClaimStore } from './claim-store.ts';
import { createDetailStore, type DetailStore } from './detail-store.ts';
import { createEndStore, type EndStore } from './end-store.ts';
import { listTasks, matchingTasks, type TaskFilter, type TaskListInput } from './list-store.ts';
import { createOrphanStore, type OrphanStore } from './orphan-store.ts';
import { createQueueStore, type QueueStore } from './queue-store.ts';
import { createRetentionStore, type RetentionStore } from './retention-store.ts';
import { createViewStore, type ViewStore } from './view-store.ts';

/** Everything that reads or writes the tables of tasks. */
export interface TaskStore
  extends QueueStore,
    ClaimStore,
    EndStore,
    OrphanStore,
    DetailStore,
    ViewStore,
    RetentionStore {
  list(query: TaskListInput): Page<TaskRow>;
  /** Ids of all tasks that match, oldest first. */
  matching(filter: TaskFilter): string[];
}

/** Prepares the statements over an open database. */
export function createTaskStore(db: Db, events: Events, clock: Clock): TaskStore {
  const views = createViewStore(db);
  return {
    ...createQueueStore(db, events, clock),
    ...createClaimStore(db, events, clock),
    ...createEndStore(db, events, clock),
    ...createOrphanStore(db, clock),
    ...createDetailStore(db, events, clock),
    ...views,
    ...createRetentionStore(db, events),
    list: (query) => listTasks(db, views.counts, query),
    matching: (filter) => matchingTasks(db, filter),
  };
}
