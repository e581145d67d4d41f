/**
 * The claim loop. It sleeps until something may start: a task was created or has ended, a profile is free, a setting changed, or
 * the next due time has come; at the latest after 30 s it looks by itself, because clocks jump and computers sleep.
 */
import type { TaskStatus } from '../../../../contract/automation/tasks.ts';
import type { TaskDeps } from '../deps.ts';
import { type Activity, activityInForce, slowestLane } from '../model/lanes.ts';
import type { Orphan } from '../store/end-store.ts';
import type { Claimed } from '../store/queue-store.ts';
import type { TaskStore } from '../store/store.ts';
import { createEndWindow, type EndWindow } from './end-window.ts';
import { newToken } from './run-env.ts';
import type { Run } from './runner.ts';

/** How often leases are extended, and how long one lasts, ms. */
const HEARTBEAT_MS = 5_000;
const LEASE_MS = 15_000;
/** The loop looks at least this often, ms. */
const LOOK_MS = 30_000;
/** Claims in one turn of the event loop. */
const CLAIMS_PER_TURN = 4;
/** Running tasks may finish by themselves this long when the host stops, ms. */
const FINISH_MS = 2_000;

/** See {@link createQueue}. */
export interface Queue {
  start(): void;
  /** No new claims; running tasks get a moment to finish, then are stopped. Resolves when no process of any is left. */
  stop(): Promise<void>;
  /** Something may be able to start. */
  wake(): void;
  /** The run of a task on this host. */
  run(taskId: string): Run | undefined;
  running(): number;
  activity(): Activity;
  /** False when the loop has made no progress for three times its longest sleep. */
  healthy(): boolean;
}

/**
 * @param begin   starts a claimed task; `finish` writes its end
 * @param recover ends attempts that nobody looks after
 */
export function createQueue(
  deps: TaskDeps,
  store: TaskStore,
  begin: (task: Claimed, finish: EndWindow['finish']) => Run,
  recover: (orphans: readonly Orphan[]) => Promise<unknown>,
): Queue {
  const { clock, settings, log } = deps;
  const runs = new Map<string, Run>();
  const cleanups: (() => void)[] = [];
  let state: 'idle' | 'open' | 'stopping' = 'idle';
  let planned = false;
  let onBattery = false;
  let lookedAt = clock.monotonic();
  let cancelLook: (() => void) | null = null;
  let cancelBeat: (() => void) | null = null;

  const ends = createEndWindow(store, plan);
  const activity = () => activityInForce(settings.get('executor.activity'), onBattery);

  function wake(): void {
    if (state === 'open') plan();
  }

  function plan(): void {
    if (planned) return;
    planned = true;
    setImmediate(() => {
      planned = false;
      look();
    });
  }

  function look(): void {
    if (state !== 'open') return ends.flush();
    cancelLook?.();
    let again = LOOK_MS;
    try {
      const claimed = ends.commit(() => {
        store.promote();
        return claimSome();
      });
      for (const task of claimed) launch(task);
      if (claimed.length === CLAIMS_PER_TURN) wake();
      const due = store.nextDue();
      if (due !== null) again = Math.min(again, Math.max(1, due - clock.now()));
      recoverExpired();
      lookedAt = clock.monotonic();
    } catch (error) {
      // A full disk or a lock held too long: what is in the queue stays there until it passes.
      log.error('tasks', 'the queue could not be read', { error });
      again = 1_000;
    }
    cancelLook = clock.schedule(wake, again);
  }

  function claimSome(): Claimed[] {
    const limits = {
      owner: deps.instanceId,
      maxRunning: settings.get('executor.paused') ? 0 : settings.get('executor.max_running'),
      slowestLane: slowestLane(activity()),
      busyProfiles: [...deps.profiles.busy()],
    };
    const claimed: Claimed[] = [];
    while (claimed.length < CLAIMS_PER_TURN) {
      const task = store.claim({ ...limits, token: newToken(), leaseUntil: clock.now() + LEASE_MS });
      if (!task) break;
      claimed.push(task);
    }
    return claimed;
  }

  function launch(task: Claimed): void {
    const run = begin(task, ends.finish);
    runs.set(task.id, run);
    void run.done
      .catch((error: unknown): TaskStatus | null => {
        // Its lease runs out and the attempt is recovered like that of a dead host.
        log.error('tasks', 'the end of a task could not be written', { task_id: task.id, error });
        return null;
      })
      .then((end) => {
        if (runs.get(task.id) === run) runs.delete(task.id);
        // A released task starts when its profile is free, which wakes the loop; waking it now would be a spin.
        if (end !== 'released') wake();
      });
    cancelBeat ??= clock.schedule(beat, HEARTBEAT_MS);
  }

  function beat(): void {
    cancelBeat = null;
    if (runs.size === 0) return;
    cancelBeat = clock.schedule(beat, HEARTBEAT_MS);
    const all = [...runs.values()];
    try {
      const kept = store.heartbeat(
        all.map((run) => run.token),
        clock.now() + LEASE_MS,
      );
      for (const run of all) {
        if (kept.has(run.token) || !runs.has(run.taskId)) continue;
        log.warn('tasks', 'the lease of a task was lost', { task_id: run.taskId });
        run.stop('shutdown', 0);
      }
    } catch (error) {
      log.error('tasks', 'leases could not be extended', { error });
    }
  }

  function recoverExpired(): void {
    const mine = new Set([...runs.values()].map((run) => run.token));
    const lost = store.expired().filter((orphan) => !mine.has(orphan.attempt_token));
    if (lost.length > 0) void recover(lost).then(wake);
  }

  return {
    start() {
      state = 'open';
      cleanups.push(
        deps.events.subscribe((changes) => {
          if (changes.some((change) => change.type === 'task.created')) wake();
        }),
        settings.onChange((keys) => {
          if (keys.some((key) => key.startsWith('executor.'))) wake();
        }),
        deps.profiles.onFree(wake),
        deps.platform.onPowerEvent((event) => {
          if (event === 'on-battery' || event === 'on-ac') onBattery = event === 'on-battery';
          wake();
        }),
      );
      wake();
    },
    async stop() {
      if (state === 'idle') return;
      state = 'stopping';
      for (const cleanup of cleanups.splice(0)) cleanup();
      cancelLook?.();
      const all = [...runs.values()];
      const grace = settings.get('executor.grace_seconds') * 1000;
      const cancel = clock.schedule(() => {
        for (const run of all) run.stop('shutdown', grace);
      }, FINISH_MS);
      await Promise.allSettled(all.map((run) => run.done));
      cancel();
      cancelBeat?.();
    },
    wake,
    run: (taskId) => runs.get(taskId),
    running: () => runs.size,
    activity,
    healthy: () => state !== 'open' || clock.monotonic() - lookedAt < 3 * LOOK_MS,
  };
}
