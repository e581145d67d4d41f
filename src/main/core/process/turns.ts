/** Whose request is next when several callers wait: they take turns, each with a bounded queue of its own. */

/** A request that waits for its turn. */
interface Waiting {
  readonly caller: string;
  readonly text: string;
}

/** Waiting and running requests of callers. */
export interface Turns<J> {
  /** False when the caller, or all callers together, have too many waiting. */
  add(job: J): boolean;
  /** Takes the next request of the caller that has waited longest for a turn and may run one more. */
  take(): J | undefined;
  /** @returns false when it does not wait any more */
  remove(job: J): boolean;
  /** A request that was taken has ended. */
  done(job: J): void;
  /** Removes all that wait. */
  clear(): J[];
}

/** Requests, and characters in them, that wait at the same time. */
const OF_ONE = { jobs: 1000, size: 16 * 1024 * 1024 };
const OF_ALL = { jobs: 4000, size: 64 * 1024 * 1024 };

/** True when `more` still fits to what waits; a single one always does. */
const fits = (jobs: readonly Waiting[], more: Waiting, limit: typeof OF_ONE) =>
  jobs.length === 0 ||
  (jobs.length < limit.jobs && jobs.reduce((size, { text }) => size + text.length, more.text.length) <= limit.size);

/** @param perCaller requests of one caller that may run at the same time */
export function createTurns<J extends Waiting>(perCaller: number): Turns<J> {
  /** In the order of turns. */
  const waiting = new Map<string, J[]>();
  const running = new Set<J>();

  const mayRun = (caller: string) => [...running].filter((job) => job.caller === caller).length < perCaller;

  return {
    add(job) {
      const own = waiting.get(job.caller) ?? [];
      if (!fits(own, job, OF_ONE) || !fits([...waiting.values()].flat(), job, OF_ALL)) return false;
      waiting.set(job.caller, [...own, job]);
      return true;
    },
    take() {
      const caller = [...waiting.keys()].find(mayRun);
      if (caller === undefined) return undefined;
      const [job, ...others] = waiting.get(caller) ?? [];
      // Its next request waits for the end of the round.
      waiting.delete(caller);
      if (others.length > 0) waiting.set(caller, others);
      if (job) running.add(job);
      return job;
    },
    remove(job) {
      const own = waiting.get(job.caller) ?? [];
      const others = own.filter((other) => other !== job);
      if (others.length > 0) waiting.set(job.caller, others);
      else waiting.delete(job.caller);
      return others.length < own.length;
    },
    done: (job) => void running.delete(job),
    clear() {
      const jobs = [...waiting.values()].flat();
      waiting.clear();
      return jobs;
    },
  };
}
