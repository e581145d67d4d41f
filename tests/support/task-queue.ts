/** The real queue on a real database; only the attempts are the test's, which decides when and how each of them ends. */

import type { ProfileId } from '../../src/contract/kernel/scalars.ts';
import type { TaskDeps } from '../../src/main/features/tasks/deps.ts';
import type { EndWindow } from '../../src/main/features/tasks/run/end-window.ts';
import { createQueue, type Queue } from '../../src/main/features/tasks/run/queue.ts';
import type { Run, RunEnd } from '../../src/main/features/tasks/run/runner.ts';
import type { StopReason } from '../../src/main/features/tasks/run/stop-switch.ts';
import type { Claimed } from '../../src/main/features/tasks/store/claim-store.ts';
import type { Orphan } from '../../src/main/features/tasks/store/orphan-store.ts';
import type { NewTask } from '../../src/main/features/tasks/store/queue-store.ts';
import { createTaskStore, type TaskStore } from '../../src/main/features/tasks/store/store.ts';
import { openTestCore, type TestCore } from './core.ts';
import { endWith, newTask } from './task-store.ts';

/** One started attempt. */
export interface Attempt {
  task: Claimed;
  stops: [StopReason, number][];
  /** Writes its end through the queue, as the runner does. */
  end(more?: Parameters<typeof endWith>[0]): Promise<void>;
  /** Settles its run without an end. */
  settle(end: RunEnd | Error): void;
}

/** See {@link openQueue}. */
export interface QueueHarness extends AsyncDisposable {
  core: TestCore;
  store: TaskStore;
  queue: Queue;
  /** Profiles in use. */
  busy: Set<ProfileId>;
  /** Attempts in the order of their start. */
  started: Attempt[];
  /** Ids of the tasks that were recovered. */
  recovered: string[];
  profileFree(): void;
  power(event: PowerEvent): void;
  add(more?: Partial<NewTask>): string;
  /** The last attempt of a task. */
  attemptOf(id: string): Attempt;
  /** Ids of the tasks that were started. */
  ids(): string[];
}

type PowerEvent = 'on-battery' | 'on-ac' | 'suspend' | 'resume';

/** Lets the queue look as often as it wants to. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function attemptFor(task: Claimed, finish: EndWindow['finish']): { attempt: Attempt; run: Run } {
  const { promise: done, resolve, reject } = Promise.withResolvers<RunEnd>();
  const stops: Attempt['stops'] = [];
  const attempt: Attempt = {
    task,
    stops,
    async end(more) {
      const status = await finish(task.attempt_token, endWith(more));
      resolve(status ?? 'fenced');
    },
    settle: (end) => (end instanceof Error ? reject(end) : resolve(end)),
  };
  const stop = (reason: StopReason, graceMs: number) => void stops.push([reason, graceMs]);
  return {
    attempt,
    run: { taskId: task.id, token: task.attempt_token, profileId: task.profile_id, stop, done },
  };
}

/** Opens a queue of width 4 that is not started yet; disposing it stops it. */
export function openQueue(): QueueHarness {
  const core = openTestCore();
  core.settings.update({ 'executor.max_running': 4, 'executor.grace_seconds': 1 });
  const store = createTaskStore(core.db, core.events, core.clock);
  const busy = new Set<ProfileId>();
  const started: Attempt[] = [];
  const recovered: string[] = [];
  let profileFree = () => {};
  let power: (event: PowerEvent) => void = () => {};
  const deps = {
    ...{ ...core, instanceId: 'me' },
    profiles: {
      busy: () => busy,
      onFree: (listener: () => void) => {
        profileFree = listener;
        return () => undefined;
      },
    },
    platform: {
      onPowerEvent: (listener: typeof power) => {
        power = listener;
        return () => undefined;
      },
    },
  } as unknown as TaskDeps;
  const begin = (task: Claimed, finish: EndWindow['finish']): Run => {
    const { attempt, run } = attemptFor(task, finish);
    started.push(attempt);
    return run;
  };
  const queue = createQueue(deps, store, begin, async (orphans: readonly Orphan[]) => {
    for (const orphan of orphans) {
      recovered.push(orphan.id);
      store.finish(orphan.attempt_token, endWith({ name: 'interrupt', attemptStatus: 'interrupted' }));
    }
  });
  return {
    ...{ core, store, queue, busy, started, recovered },
    profileFree: () => profileFree(),
    power: (event) => power(event),
    add(more = {}) {
      const row = newTask(core.clock.now(), more);
      store.insert([row]);
      return row.id;
    },
    attemptOf(id) {
      const found = started.findLast(({ task }) => task.id === id);
      if (!found) throw new Error('not started');
      return found;
    },
    ids: () => started.map(({ task }) => task.id),
    async [Symbol.asyncDispose]() {
      for (const attempt of started) attempt.settle('fenced');
      await queue.stop();
      core[Symbol.dispose]();
    },
  };
}
