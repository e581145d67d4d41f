/** The batch window of ends: attempts that end in one turn of the event loop share a transaction with each other and with the next claims. */
import type { TaskStatus } from '../../../../contract/automation/tasks.ts';
import type { AttemptEnd } from '../store/end-store.ts';
import type { TaskStore } from '../store/store.ts';

/** See {@link createEndWindow}. */
export interface EndWindow {
  /**
   * Writes the end of an attempt with the next commit; rejects when it cannot be written.
   * @returns the state of the task, or null when the token is not in force any more
   */
  finish(token: string, end: AttemptEnd): Promise<TaskStatus | null>;
  /** Writes what waits, and what `more` does, in one transaction. @throws what `more` throws; the ends are written all the same */
  commit<T>(more: () => T): T;
  /** Writes what waits, if anything does. */
  flush(): void;
}

interface Waiting {
  token: string;
  end: AttemptEnd;
  resolve(status: TaskStatus | null): void;
  reject(error: unknown): void;
}

/**
 * @param plan asks for a commit in the next turn of the event loop
 * @param keep whether an end that cannot be written waits for the next commit, by what was thrown
 */
export function createEndWindow(
  store: Pick<TaskStore, 'batch' | 'finish'>,
  plan: () => void,
  keep: (error: unknown) => boolean = () => false,
): EndWindow {
  let waiting: Waiting[] = [];

  function writeAlone(one: Waiting): void {
    try {
      one.resolve(store.finish(one.token, one.end));
    } catch (error) {
      if (keep(error)) waiting.push(one);
      else one.reject(error);
    }
  }

  function commit<T>(more: () => T): T {
    const ends = waiting;
    waiting = [];
    if (ends.length === 0) return store.batch(more);
    try {
      const [states, result] = store.batch(() => [ends.map(({ token, end }) => store.finish(token, end)), more()]);
      ends.forEach(({ resolve }, i) => void resolve(states[i] ?? null));
      return result;
    } catch {
      // What cannot be written must not hold the others back.
      ends.forEach(writeAlone);
      return store.batch(more);
    }
  }

  return {
    commit,
    flush() {
      if (waiting.length > 0) commit(() => undefined);
    },
    finish: (token, end) =>
      new Promise((resolve, reject) => {
        waiting.push({ token, end, resolve, reject });
        plan();
      }),
  };
}
