/** Housekeeping: runs chores one after the other, a while after start and then every hour, in small steps. */
import type { Clock } from './clock.ts';
import type { Part } from './lifecycle.ts';
import type { Logger } from './log/logger.ts';

/** One chore. */
export interface Chore {
  /** Completes the sentence "… failed". */
  name: string;
  /**
   * Yields to the event loop every few milliseconds, and returns early when the host stops.
   * @param signal aborted when the host stops
   */
  run(signal: AbortSignal): void | Promise<void>;
}

/** Nothing at start-up that can wait. */
const FIRST_MS = 60_000;
const EVERY_MS = 3_600_000;

/** The part that runs `chores`; its stop waits for the chore that is running. */
export function createMaintenance(
  clock: Clock,
  log: Logger,
  chores: readonly Chore[],
): Part & Required<Pick<Part, 'start' | 'stop'>> {
  const stopped = new AbortController();
  let cancel: () => void = () => undefined;
  let current: Promise<void> = Promise.resolve();

  async function runAll(): Promise<void> {
    for (const chore of chores) {
      if (stopped.signal.aborted) return;
      try {
        await chore.run(stopped.signal);
      } catch (error) {
        log.warn('maintenance', `${chore.name} failed; it is tried again in an hour`, { error });
      }
    }
  }

  function plan(delayMs: number): void {
    cancel = clock.schedule(() => {
      current = runAll().then(() => {
        if (!stopped.signal.aborted) plan(EVERY_MS);
      });
    }, delayMs);
  }

  return {
    name: 'maintenance',
    start: () => plan(FIRST_MS),
    stop() {
      stopped.abort();
      cancel();
      return current;
    },
  };
}
