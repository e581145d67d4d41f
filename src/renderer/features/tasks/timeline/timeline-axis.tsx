import { useElementSize } from '@mantine/hooks';
import type { RefObject } from 'react';
import { BrushMark } from '../../../ui/brush/brush-mark.tsx';
import text from '../../../ui/styles/text.module.css';
import css from './timeline.module.css';
import { type Range, ticksOf } from './timeline-range.ts';

/** Height of the axis, px; timeline.module.css has it too. */
export const AXIS = 24;
/** Room that the words of one tick need, px. */
const TICK_ROOM = 60;

/** The head of the tree with the ticks. @param zero the moment that is called 0 */
export function TimelineAxis({ range, zero }: { range: Range; zero: number }) {
  const { ref, width } = useElementSize();
  return (
    <div className={`${css.row} ${css.axis}`} aria-hidden="true">
      <span>Step</span>
      <span className={css.ticks} data-axis data-testid="ticks" ref={ref}>
        {ticksOf(range, zero, Math.floor(width / TICK_ROOM)).map(({ left, label }) => (
          <span key={label} style={{ left: `${left}%` }} data-end={left > 88 ? true : undefined}>
            {label}
          </span>
        ))}
      </span>
      <span className={text.num}>Time</span>
    </div>
  );
}

/** What lies over all rows: the line of now, and the piece that is being dragged. */
export function TimelineOverlay({
  isLive,
  lane,
  mark,
}: {
  isLive: boolean;
  lane: RefObject<HTMLDivElement | null>;
  mark: RefObject<HTMLDivElement | null>;
}) {
  return (
    <div className={`${css.row} ${css.lanes}`} aria-hidden="true">
      <span />
      <div className={css.lane} ref={lane}>
        {isLive ? <div className={css.now} data-testid="now" /> : null}
        <BrushMark ref={mark} />
      </div>
    </div>
  );
}
