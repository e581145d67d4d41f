import type { Job } from '../../../contract/host/jobs.ts';
import { bytes, duration } from '../../lib/format.ts';
import text from '../../ui/styles/text.module.css';
import css from './models.module.css';

/** How much is done, as a bar and a number. */
export function ShareBar({ percent, label }: { percent: number; label: string }) {
  return (
    <>
      <span
        className={css.bar}
        role="progressbar"
        aria-label={label}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <span className={css.fill} style={{ width: `${percent}%` }} />
      </span>
      <span className={`${css.figure} ${text.num}`}>{percent} %</span>
    </>
  );
}

/** Progress, speed and remaining time of a transfer. */
export function ProgressLine({ progress, paused = false }: { progress: Job['progress']; paused?: boolean }) {
  const { percent, done_bytes: done, total_bytes: total, bytes_per_second: rate, eta_seconds: left } = progress;
  const share = Math.round(percent ?? 0);
  return (
    <>
      <ShareBar percent={share} label="Progress" />
      <span className={`${text.muted} ${text.num}`}>
        {bytes(done)} of {bytes(total)}
        {paused || rate === null ? '' : ` · ${bytes(rate)}/s`}
        {paused || left === null ? '' : ` · ${duration(left * 1000)} left`}
      </span>
    </>
  );
}
