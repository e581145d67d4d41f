/** Rows and connections for tests of the store. */

import { createDb, openConnection } from '../../src/main/core/db/index.ts';
import { createEvents } from '../../src/main/core/events.ts';
import { createFaults } from '../../src/main/core/faults.ts';
import { newId } from '../../src/main/core/ids.ts';
import { rankOf } from '../../src/main/features/tasks/model/lanes.ts';
import { newToken } from '../../src/main/features/tasks/run/run-env.ts';
import type { Claimed, ClaimLimits } from '../../src/main/features/tasks/store/claim-store.ts';
import type { AttemptEnd } from '../../src/main/features/tasks/store/end-store.ts';
import type { NewTask } from '../../src/main/features/tasks/store/queue-store.ts';
import { createTaskStore, type TaskStore } from '../../src/main/features/tasks/store/store.ts';
import { openTestCore, type TestCore } from './core.ts';

/** A row to insert; due now. */
export function newTask(now: number, more: Partial<NewTask> = {}): NewTask {
  const priority = more.priority ?? 1;
  const due = more.due_at ?? now;
  return {
    id: newId('task'),
    status: 'queued',
    kind: 'process',
    command_id: null,
    command_version: null,
    command_name: 'Test',
    spec: '{"kind":"process","argv":["true"]}',
    input: '{}',
    input_schema: '{}',
    profile_id: null,
    profile: null,
    proxy_id: null,
    batch_id: null,
    schedule_id: null,
    retry_of: null,
    labels: '[]',
    concurrency_key: null,
    timeout_seconds: 60,
    retry: '{"max":0,"backoff_seconds":0,"factor":1}',
    max_attempts: 1,
    overrides: '{}',
    ...more,
    priority,
    due_at: due,
    rank: rankOf(priority, due),
  };
}

/** The end of an attempt, a success unless told otherwise. */
export function endWith(more: Partial<AttemptEnd> = {}): AttemptEnd {
  return {
    name: 'succeed',
    attemptStatus: 'succeeded',
    output: null,
    error: null,
    exitCode: 0,
    next: null,
    log: { lines: 0, bytes: 0, dropped: 0 },
    ...more,
  };
}

export interface StoreHarness extends Disposable {
  core: TestCore;
  store: TaskStore;
  add(more?: Partial<NewTask>): string;
  claim(more?: Partial<ClaimLimits>): Claimed | null;
  /** The same database through another connection, as another process would have it. */
  second(): { store: TaskStore; close(): void };
}

/** A store on a temporary database. */
export function openStore(): StoreHarness {
  const core = openTestCore();
  const store = createTaskStore(core.db, core.events, core.clock);
  return {
    core,
    store,
    add(more) {
      const row = newTask(core.clock.now(), more);
      store.insert([row]);
      return row.id;
    },
    claim: (more) => claimFrom(store, core.clock.now(), more),
    second() {
      const db = createDb(openConnection(core.db.path), core.faults);
      return {
        store: createTaskStore(db, createEvents(db, core.clock, createFaults()), core.clock),
        close: () => db.close(),
      };
    },
    [Symbol.dispose]: () => core[Symbol.dispose](),
  };
}

/** One claim without limits but those given. */
export function claimFrom(store: TaskStore, now: number, more: Partial<ClaimLimits> = {}): Claimed | null {
  return store.claim({
    token: newToken(),
    owner: 'me',
    leaseUntil: now + 15_000,
    maxRunning: 1_000_000,
    slowestLane: 3,
    busyProfiles: [],
    ...more,
  });
}
