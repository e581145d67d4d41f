/** All SQL of tasks, in four parts: life cycle, what hangs off an attempt, views, retention. */
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import { createDetailStore, type DetailStore } from './store-detail.ts';
import { createLifeStore, type LifeStore } from './store-life.ts';
import { createRetentionStore, type RetentionStore } from './store-retention.ts';
import { createViewStore, type ViewStore } from './store-view.ts';

/** Everything that reads or writes the tables of tasks. */
export interface TaskStore extends LifeStore, DetailStore, ViewStore, RetentionStore {}

/** Prepares the statements over an open database. */
export function createTaskStore(db: Db, events: Events, clock: Clock): TaskStore {
  return {
    ...createLifeStore(db, events, clock),
    ...createDetailStore(db, events, clock),
    ...createViewStore(db),
    ...createRetentionStore(db, events),
  };
}
