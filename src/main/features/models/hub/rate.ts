/** Progress of a download: how fast, and how long it still takes. Shown progress never goes back. */
import type { Job } from '../../../../contract/host/jobs.ts';
import type { Clock } from '../../../core/clock.ts';

/** The rate is that of so long a stretch, ms. */
const WINDOW_MS = 5_000;

/** @returns takes the bytes that were added, and tells the progress */
export function createRate(clock: Clock, total: number, tell: (progress: Partial<Job['progress']>) => void) {
  let done = 0;
  let shown = 0;
  const marks: { at: number; done: number }[] = [];
  return {
    add(bytes: number, step: string): void {
      done += bytes;
      shown = Math.max(shown, Math.min(done, total));
      const at = clock.monotonic();
      // A part that was there, or that is given up, was not downloaded now.
      if (bytes < 0 || marks.length === 0) marks.splice(0, marks.length, { at, done });
      marks.push({ at, done });
      while (marks.length > 2 && at - (marks[0]?.at ?? at) > WINDOW_MS) marks.shift();
      const [oldest] = marks;
      const span = oldest === undefined ? 0 : at - oldest.at;
      const rate = oldest === undefined || span < 200 ? null : Math.max(0, ((done - oldest.done) / span) * 1000);
      tell({
        percent: total === 0 ? 100 : Math.floor((shown / total) * 1000) / 10,
        ...{ done_bytes: shown, total_bytes: total, step },
        bytes_per_second: rate === null ? null : Math.round(rate),
        eta_seconds: rate === null || rate === 0 ? null : Math.ceil((total - done) / rate),
      });
    },
  };
}
