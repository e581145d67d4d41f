import { type RefObject, useMemo, useState } from 'react';
import type { TaskDetail } from '../../../../contract/automation/tasks.ts';
import { endOf, latestOf, queuedAt } from './step-tree.ts';
import { extentOf, liveEnd, type Move, moved, type Range } from './timeline-range.ts';
import { useNowLine } from './use-now-line.ts';

/** What the axis of a task shows. `frame` is given `--now`, see {@link useNowLine}. */
export function useTimelineRange(task: TaskDetail, frame: RefObject<HTMLElement | null>) {
  const [chosen, setChosen] = useState<Range | null>(null);
  const { zero, queued, end, latest } = useMemo(
    () => ({
      zero: Date.parse(task.attempts[0]?.started_at ?? task.created_at),
      queued: queuedAt(task),
      end: endOf(task),
      latest: latestOf(task),
    }),
    [task],
  );
  const extentAt = (moment: number) => extentOf(queued, zero, end ?? liveEnd(zero, moment));
  const moment = useNowLine(frame, end === null, end ?? latest, (at) => chosen ?? extentAt(at).home);
  const extent = extentAt(moment);
  return {
    range: chosen ?? extent.home,
    /** The moment that is called 0, unix ms. */
    zero,
    /** The moment that bars without an end were laid out for, unix ms. */
    moment,
    isLive: end === null,
    isZoomed: chosen !== null,
    move: (next: Move) => setChosen((old) => moved(old, next, extent)),
  };
}
