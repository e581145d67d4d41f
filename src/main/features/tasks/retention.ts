/** Deletes what is old or too much: finished tasks, in small steps, their files after their rows. */
import path from 'node:path';
import { entryOf, listOwned, removeOwned } from '../../core/disk/owned-trees.ts';
import type { TimeSlicer } from '../../core/scheduling/time-slicer.ts';
import type { TaskDeps } from './deps.ts';
import type { TaskStore } from './store/store.ts';

/** See {@link createRetention}. */
export interface Retention {
  /** One pass. @returns how many tasks were deleted */
  run(signal: AbortSignal): Promise<number>;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Hours of statistics that are kept: twice what the dashboard can ask for. */
const STATISTICS_HOURS = 336;
const FOLDERS_PER_TURN = 200;

/** @param forget removes what a deleted task left outside its rows */
export function createRetention(
  deps: TaskDeps,
  store: TaskStore,
  timeSlicer: TimeSlicer,
  forget: (id: string) => Promise<void>,
): Retention {
  const { clock, settings } = deps;

  /** Finished tasks that ended before the limit, or the oldest ones while there is too much. */
  function nextToGo(): string | null {
    const limit = clock.now() - settings.get('retention.tasks_days') * DAY_MS;
    const old = store.oldestFinished(limit);
    if (old !== null) return old;
    const room = settings.get('retention.artifacts_mb') * 1_048_576;
    return store.usedBytes() > room ? store.oldestFinished(Number.MAX_SAFE_INTEGER) : null;
  }

  async function run(signal: AbortSignal): Promise<number> {
    let deleted = 0;
    for (let id = nextToGo(); id !== null && !signal.aborted; id = nextToGo()) {
      // One task a transaction, each in its share of a turn: no step holds up the host.
      if (!store.deleteFinished(id)) break;
      deleted += 1;
      await forget(id);
      await timeSlicer.next();
    }
    store.pruneHours(Math.floor(clock.now() / HOUR_MS) - STATISTICS_HOURS);
    await sweepFolders(signal);
    return deleted;
  }

  /** Folders whose rows are gone: the host died between the two. */
  async function sweepFolders(signal: AbortSignal): Promise<void> {
    const { tasks } = deps.paths;
    const dataDir = path.dirname(tasks);
    for (const [i, { name }] of (await listOwned(dataDir, tasks)).entries()) {
      if (signal.aborted) return;
      if (i % FOLDERS_PER_TURN === 0) await timeSlicer.next();
      if (name.startsWith('tsk_') && !store.exists(name)) {
        await removeOwned(dataDir, entryOf(tasks, name));
      }
    }
  }

  return { run };
}
