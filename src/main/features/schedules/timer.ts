/** Wakes up when the next time of a schedule comes; notices that the clock was set, or that the computer slept. */
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { ScheduleStore } from './store.ts';

/** Longest wait, ms: after a sleep no event of the system is needed to go on. */
const LONGEST_MS = 30_000;
/** Pause before what could not be worked on is tried again, ms. */
const AGAIN_MS = 1000;
/** Steps of the clock that are no steps but the pace of two clocks, ms. */
const PACE_MS = 1000;

/** A timer that runs until it is stopped. */
export interface ScheduleTimer {
  start(): void;
  /** Looks again: schedules have changed. */
  wake(): void;
  /** Resolves when what is under way has ended. */
  stop(): Promise<void>;
}

/** @param fire settles what has come */
export function createScheduleTimer(deps: {
  store: Pick<ScheduleStore, 'earliest' | 'shiftIntervals'>;
  clock: Clock;
  log: Pick<Logger, 'error' | 'info'>;
  fire(): Promise<void>;
}): ScheduleTimer {
  const { store, clock, log, fire } = deps;
  let cancel: () => void = () => undefined;
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = true;
  let last = { wall: 0, monotonic: 0 };

  /** Intervals count seconds, not readings of the clock: when it is set back they go on as if it were not. */
  function noticeSteps(): void {
    const now = { wall: clock.now(), monotonic: clock.monotonic() };
    const step = now.wall - last.wall - (now.monotonic - last.monotonic);
    last = now;
    if (step >= -PACE_MS) return;
    store.shiftIntervals(Math.round(step));
    log.info('schedules', 'the clock of the computer was set back', { seconds: Math.round(-step / 1000) });
  }

  async function turn(): Promise<void> {
    do {
      again = false;
      noticeSteps();
      await fire().catch((error: unknown) => log.error('schedules', 'schedules could not be worked on', { error }));
    } while (again && !stopped);
  }

  function arm(): void {
    cancel();
    if (stopped) return;
    const next = store.earliest();
    const left = next === null ? LONGEST_MS : next - clock.now();
    // What is due still could not be worked on.
    const wait = left <= 0 ? AGAIN_MS : Math.min(LONGEST_MS, left);
    cancel = clock.schedule(look, wait);
  }

  function look(): void {
    if (stopped) return;
    if (running) {
      again = true;
      return;
    }
    running = turn().finally(() => {
      running = null;
      arm();
    });
  }

  return {
    start() {
      stopped = false;
      last = { wall: clock.now(), monotonic: clock.monotonic() };
      look();
    },
    wake() {
      look();
    },
    async stop() {
      stopped = true;
      cancel();
      await running;
    },
  };
}
