/** Deletes what is old or too much: finished tasks, in small steps, their files after their rows. */
import path from 'node:path';
import { entryOf, listOwned, removeOwned } from '../../core/disk/owned-trees.ts';
import type { TimeSlicer } from '../../core/scheduling/time-slicer.ts';
import type { TaskDeps } from './deps.ts';
import type { Oldest } from './store/retention-store.ts';
import type { TaskStore } from './store/store.ts';

/** See {@link createRetention}. */
export interface Retention {
  /** One pass. @returns how many tasks were deleted */
  run(signal: AbortSignal): Promise<number>;
}

const MIB = 1_048_576;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Hours of statistics that are kept: twice what the dashboard can ask for. */
const STATISTICS_HOURS = 336;
const FOLDERS_PER_TURN = 200;
const TASKS_PER_TURN = 200;

/** @param forget removes what a deleted task left outside its rows */
export function createRetention(
  deps: TaskDeps,
  store: TaskStore,
  timeSlicer: TimeSlicer,
  forget: (id: string) => Promise<void>,
): Retention {
  const { clock, settings } = deps;

  /** Finished tasks, those that were made first come first. Each is looked at once, however many that have not ended stand before it. */
  async function* finished(before: number, signal: AbortSignal): AsyncGenerator<{ id: string; endedAt: number }> {
    let last: Oldest | null = null;
    do {
      const page: Oldest[] = store.oldest(last, before, TASKS_PER_TURN);
      for (const { id, ended_at: endedAt } of page) {
        if (signal.aborted) return;
        if (endedAt !== null) yield { id, endedAt };
      }
      last = page.at(-1) ?? null;
      await timeSlicer.next();
    } while (last !== null);
  }

  /** One task a transaction, each in its share of a turn: no step holds up the host. */
  async function remove(id: string): Promise<number> {
    if (!store.deleteFinished(id)) return 0;
    await forget(id);
    await timeSlicer.next();
    return 1;
  }

  async function run(signal: AbortSignal): Promise<number> {
    let deleted = 0;
    const limit = clock.now() - settings.get('retention.tasks_days') * DAY_MS;
    for await (const { id, endedAt } of finished(limit, signal)) if (endedAt < limit) deleted += await remove(id);
    const room = settings.get('retention.artifacts_mb') * MIB;
    if (store.usedBytes() > room) {
      for await (const { id } of finished(Number.MAX_SAFE_INTEGER, signal)) {
        deleted += await remove(id);
        if (store.usedBytes() <= room) break;
      }
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
