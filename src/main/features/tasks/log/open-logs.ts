/** Reference-counted open logs: readers and writers of a task share one, and the last of them closes it. */
import type { TaskLog } from './task-log.ts';

/** The use of an open log. */
export interface LogLease {
  log: TaskLog;
  /** Ends the use; the last one closes the log. */
  giveBack(): Promise<void>;
}

/** See {@link createOpenLogs}. */
export interface OpenLogs {
  /** @throws Error of the file system when it cannot be opened */
  take(taskId: string, mode: { write: boolean }): Promise<LogLease>;
  /** Uses a log for reading and gives it back. */
  use<T>(taskId: string, work: (log: TaskLog) => Promise<T>): Promise<T>;
  /** Wakes the followers of a task that has ended. */
  ended(taskId: string): void;
}

interface Open {
  log: Promise<TaskLog>;
  users: number;
  writers: number;
}

/** @param openLog opens the log of a task; `writers` is how many write it at any later moment */
export function createOpenLogs(openLog: (taskId: string, writers: () => number) => Promise<TaskLog>): OpenLogs {
  const all = new Map<string, Open>();

  function entryOf(taskId: string): Open {
    const known = all.get(taskId);
    if (known) return known;
    const entry: Open = { users: 0, writers: 0, log: openLog(taskId, () => entry.writers) };
    all.set(taskId, entry);
    return entry;
  }

  async function take(taskId: string, { write }: { write: boolean }): Promise<LogLease> {
    const entry = entryOf(taskId);
    entry.users += 1;
    if (write) entry.writers += 1;

    async function giveBack(): Promise<void> {
      entry.users -= 1;
      if (write) entry.writers -= 1;
      if (entry.users > 0) return;
      all.delete(taskId);
      await entry.log.then((log) => log.close()).catch(() => undefined);
    }

    try {
      return { log: await entry.log, giveBack };
    } catch (error) {
      await giveBack();
      throw error;
    }
  }

  return {
    take,
    async use(taskId, work) {
      const lease = await take(taskId, { write: false });
      try {
        return await work(lease.log);
      } finally {
        await lease.giveBack();
      }
    },
    ended(taskId) {
      void all.get(taskId)?.log.then(
        (log) => log.end(),
        () => undefined,
      );
    },
  };
}
