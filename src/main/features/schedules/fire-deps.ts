/** What it takes to make the tasks of schedules. */
import type { ScheduleId } from '../../../contract/kernel/scalars.ts';
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { TaskFactory } from '../tasks/index.ts';
import type { ScheduleStore } from './store.ts';

/** What firing needs. */
export interface FireDeps {
  db: Db;
  store: ScheduleStore;
  factory: TaskFactory;
  clock: Clock;
  log: Pick<Logger, 'info' | 'warn'>;
  /** Tasks of a schedule that have not ended. */
  openOf(id: ScheduleId): string[];
  /** Cancels a task. */
  cancel(taskId: string): Promise<unknown>;
  /** From 0 up to 1. */
  random?(): number;
}
