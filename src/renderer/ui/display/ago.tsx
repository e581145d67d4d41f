import { ago, dateTime, duration } from '../../lib/format.ts';
import { useHostNow, useNow } from '../../lib/use-now.ts';
import text from '../styles/text.module.css';
import css from './ago.module.css';

/** A moment as distance from now; the exact time is its tooltip. */
export function Ago({ at }: { at: string | number | null }) {
  const now = useNow();
  if (at === null) return <span className={text.faint}>–</span>;
  return (
    <time className={css.ago} dateTime={new Date(at).toISOString()} title={dateTime(at)}>
      {ago(at, now)}
    </time>
  );
}

/** How long something ran, or has been running. */
export function Elapsed({ from, ms }: { from: string | null; ms: number | null }) {
  if (ms !== null) return duration(ms);
  return from === null ? <span className={text.faint}>–</span> : <Running from={from} />;
}

function Running({ from }: { from: string }) {
  const now = useHostNow();
  return duration(Math.max(0, now - Date.parse(from)));
}
