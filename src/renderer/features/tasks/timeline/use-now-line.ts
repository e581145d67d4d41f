/** The clock of the timeline: four times a second one style is written, and nothing is rendered. */
import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useState } from 'react';
import { useOfflineSince } from '../../../lib/client/context.tsx';
import { percentOf, type Range } from './timeline-range.ts';

/** Time between two moves of the line, ms. */
const TICK_MS = 250;

/**
 * Keeps `--now` of `frame`, the place of now in percent of the range that `rangeAt` answers for a moment. Stands still when the task
 * has ended, the host is gone, or nobody can see the page.
 * @param latest the latest moment the host told of, unix ms; its clock may be ahead
 * @returns the moment that the bars were laid out for, renewed when now enters or leaves the range
 */
export function useNowLine(
  frame: RefObject<HTMLElement | null>,
  live: boolean,
  latest: number,
  rangeAt: (moment: number) => Range,
): number {
  const [seen, setSeen] = useState(() => Date.now());
  const stopped = useOfflineSince();
  const moment = live ? Math.max(stopped ?? seen, latest) : latest;
  const range = rangeAt(moment);
  const write = useEffectEvent(() => {
    const now = Math.max(stopped ?? Date.now(), latest);
    const place = Math.min(101, Math.max(-1, percentOf(now, range)));
    frame.current?.style.setProperty('--now', place.toFixed(3));
    if (now >= range.to !== moment >= range.to || now >= range.from !== moment >= range.from) setSeen(now);
  });
  // The range may have changed; the line must not wait for the clock.
  useLayoutEffect(() => {
    if (live) write();
  });
  useEffect(() => {
    if (!live || stopped !== null) return;
    let timer: ReturnType<typeof setInterval> | undefined;
    const turn = () => {
      clearInterval(timer);
      timer = undefined;
      if (document.hidden) return;
      write();
      timer = setInterval(() => write(), TICK_MS);
    };
    turn();
    document.addEventListener('visibilitychange', turn);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', turn);
    };
  }, [live, stopped]);
  return moment;
}
