/**
 * The claim loop. It sleeps until something may start: a task was created or has ended, a profile is free, a setting changed, or
 * the next due time has come; at the latest after 30 s it looks by itself, because clocks jump and computers sleep.
 */
import type { TaskDeps } from '../deps.ts';
import { type Activity, activityInForce, slowestLane } from '../model/lanes.ts';
import type { Claimed } from '../store/claim-store.ts';
import type { Orphan } from '../store/orphan-store.ts';
import type { TaskStore } from '../store/store.ts';
import { createEndWindow, type EndWindow } from './end-window.ts';
import { createLiveRuns } from './live-runs.ts';
import { newToken } from './run-env.ts';
import type { Run } from './runner.ts';

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
 * @param recover ends attempts without an owner
 */
export function createQueue(
  deps: TaskDeps,
  store: TaskStore,
  begin: (task: Claimed, finish: EndWindow['finish']) => Run,
  recover: (orphans: readonly Orphan[]) => Promise<unknown>,
): Queue {
  const { clock, settings, log, storage } = deps;
  let state: 'idle' | 'open' | 'stopping' = 'idle';
  let lookedAt = clock.monotonic();
  let cancelLook: (() => void) | null = null;
  let unsubscribe = () => {};

  const plan = oncePerTurn(look);
  // With a full disk the ends wait for space, and with them the profiles and the places of their tasks.
  const ends = createEndWindow(store, plan, (error) => storage.report(error) && state === 'open');
  const power = { onBattery: false };
  const activity = () => activityInForce(settings.get('executor.activity'), power.onBattery);
  const runs = createLiveRuns(deps, store, (end) => {
    // A released task starts when its profile is free, which wakes the loop; waking it now would be a spin.
    if (end !== 'released') wake();
  });

  function wake(): void {
    if (state === 'open') plan();
  }

  function look(): void {
    if (state !== 'open') return ends.flush();
    cancelLook?.();
    let again = LOOK_MS;
    try {
      const claimed = ends.commit(() => {
        store.promote();
        return claimSome(deps, store, slowestLane(activity()), runs.leaseUntil());
      });
      for (const task of claimed) runs.add(begin(task, ends.finish));
      if (claimed.length === CLAIMS_PER_TURN) wake();
      const due = store.nextDue();
      if (due !== null) again = Math.min(again, Math.max(1, due - clock.now()));
      const lost = runs.lost();
      if (lost.length > 0) void recover(lost).then(wake);
      lookedAt = clock.monotonic();
    } catch (error) {
      // A full disk or a lock held too long: what is in the queue stays there until it passes.
      log.error('tasks', 'the queue could not be read', { error });
      again = 1_000;
    }
    cancelLook = clock.schedule(wake, again);
  }

  return {
    start() {
      state = 'open';
      unsubscribe = onOpportunity(deps, power, wake);
      wake();
    },
    async stop() {
      if (state === 'idle') return;
      state = 'stopping';
      plan();
      unsubscribe();
      cancelLook?.();
      await runs.stopAll(FINISH_MS, settings.get('executor.grace_seconds') * 1000);
    },
    wake,
    run: runs.get,
    running: runs.size,
    activity,
    healthy: () => state !== 'open' || clock.monotonic() - lookedAt < 3 * LOOK_MS,
  };
}

/** A function that runs `work` in the next turn of the event loop, once however often it is called until then. */
function oncePerTurn(work: () => void): () => void {
  let planned = false;
  return () => {
    if (planned) return;
    planned = true;
    setImmediate(() => {
      planned = false;
      work();
    });
  };
}

/** Claims what may start, a few tasks at most; inside a transaction. */
function claimSome(deps: TaskDeps, store: TaskStore, lane: number, leaseUntil: number): Claimed[] {
  const { settings } = deps;
  // What begins with a full disk would only fail.
  const refused = deps.storage.refusal() !== null;
  const limits = {
    owner: deps.instanceId,
    maxRunning: settings.get('executor.paused') || refused ? 0 : settings.get('executor.max_running'),
    slowestLane: lane,
    busyProfiles: [...deps.profiles.busy()],
    leaseUntil,
  };
  const claimed: Claimed[] = [];
  while (claimed.length < CLAIMS_PER_TURN) {
    const task = store.claim({ ...limits, token: newToken() });
    if (!task) break;
    claimed.push(task);
  }
  return claimed;
}

/** Calls `wake` when something may be able to start that could not before. @returns stops it */
function onOpportunity(deps: TaskDeps, power: { onBattery: boolean }, wake: () => void): () => void {
  const stops = [
    deps.events.subscribe((changes) => {
      if (changes.some((change) => change.type === 'task.created')) wake();
    }),
    deps.settings.onChange((keys) => {
      if (keys.some((key) => key.startsWith('executor.'))) wake();
    }),
    deps.profiles.onFree(wake),
    deps.storage.onChange(wake),
    deps.platform.onPowerEvent((event) => {
      if (event === 'on-battery' || event === 'on-ac') power.onBattery = event === 'on-battery';
      wake();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
