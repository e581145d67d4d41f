/** The tree of attempts and steps with their bars in time: virtual rows, a line for now, and an axis that can be zoomed. */
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, useRef } from 'react';
import type { TaskDetail } from '../../../../contract/automation/tasks.ts';
import { duration } from '../../../lib/format.ts';
import { useBrush } from '../../../ui/brush/use-brush.ts';
import { Button } from '../../../ui/buttons.tsx';
import text from '../../../ui/styles/text.module.css';
import css from './timeline.module.css';
import { AXIS, TimelineAxis, TimelineOverlay } from './timeline-axis.tsx';
import { rangeLabel } from './timeline-range.ts';
import { TimelineRow } from './timeline-row.tsx';
import { treeKey } from './tree-keys.ts';
import { useStepTree } from './use-step-tree.ts';
import { useTimelineRange } from './use-timeline-range.ts';
import { useZoomKeys } from './use-zoom-keys.ts';

const onAxis = (target: EventTarget) => target instanceof Element && target.closest('[data-axis]') !== null;

export interface StepTimelineProps {
  task: TaskDetail;
  /** Id of the chosen row. */
  selected: string | null;
  onSelect(id: string): void;
}

/** Needs a task with at least one attempt. */
export function StepTimeline({ task, selected, onSelect }: StepTimelineProps) {
  const frame = useRef<HTMLDivElement>(null);
  const tree = useStepTree(task);
  const time = useTimelineRange(task, frame);
  const { range, move } = time;
  const chosen = tree.rows.find(({ id }) => id === selected);
  useZoomKeys(time.isZoomed, move, () => {
    const bar = chosen?.segments.at(-1);
    return bar === undefined ? (range.from + range.to) / 2 : (bar.from + (bar.to ?? Date.now())) / 2;
  });
  return (
    <div className={css.timeline} data-testid="timeline" ref={frame}>
      {time.isZoomed ? (
        <span className={css.zoom}>
          <Button small kind="ghost" action="timeline.fit" showKey onClick={() => move({ type: 'fit' })}>
            Reset zoom
          </Button>
        </span>
      ) : null}
      <Tree tree={tree} time={time} selected={selected} onSelect={onSelect} />
      <span className={text.hidden} aria-live="polite">
        {time.isZoomed ? `Shows ${rangeLabel(range, time.zero)}` : ''}
      </span>
    </div>
  );
}

interface TreeProps extends Pick<StepTimelineProps, 'selected' | 'onSelect'> {
  tree: ReturnType<typeof useStepTree>;
  time: ReturnType<typeof useTimelineRange>;
}

/** Of the rows only those in view are in the page, and the chosen one, because the tree points to it for assistive technology. */
function Tree({ tree: { rows, folded, fold }, time, selected, onSelect }: TreeProps) {
  'use no memo'; // The virtualizer is one mutable object; the compiler would freeze its first answer.
  const scroll = useRef<HTMLDivElement>(null);
  const index = rows.findIndex(({ id }) => id === selected);
  const rowHeight = document.documentElement.dataset.density === 'compact' ? 28 : 32;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: AXIS,
    scrollPaddingStart: AXIS,
    getItemKey: (at) => rows[at]?.id ?? at,
    rangeExtractor: (shown) => {
      const all = defaultRangeExtractor(shown);
      return index < 0 || all.includes(index) ? all : [...all, index].sort((a, b) => a - b);
    },
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.floor((scroll.current?.clientHeight ?? 0) / rowHeight);
    const act = treeKey(event, rows, index, folded, page);
    if (act === null) return;
    event.preventDefault();
    if (act.type === 'fold') return fold(act.id, act.folded);
    const row = rows[act.index];
    if (row === undefined) return;
    onSelect(row.id);
    virtual.scrollToIndex(act.index, { align: 'auto' });
  };
  const { lane, mark, handlers } = useAxisPointer(time);
  return (
    <div
      className={css.tree}
      ref={scroll}
      role="tree"
      aria-label="Steps"
      tabIndex={0}
      aria-activedescendant={rows[index]?.id}
      // The tree has the focus, its rows only look as if they had; a row may be gone with the next scroll.
      onFocus={(event) => event.target !== event.currentTarget && event.currentTarget.focus({ preventScroll: true })}
      onKeyDown={onKeyDown}
      {...handlers}
    >
      <TimelineAxis range={time.range} zero={time.zero} />
      <TimelineOverlay isLive={time.isLive} lane={lane} mark={mark} />
      <div className={css.rows} role="presentation" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          return row === undefined ? null : (
            <TimelineRow
              key={item.key}
              row={row}
              range={time.range}
              moment={time.moment}
              top={item.start - AXIS}
              selected={item.index === index}
              open={!folded.has(row.id)}
              onSelect={onSelect}
              onFold={fold}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Dragging over the bars zooms to a piece of the time, a double click shows all of it again. */
function useAxisPointer({ range, move }: TreeProps['time']) {
  const lane = useRef<HTMLDivElement>(null);
  const mark = useRef<HTMLDivElement>(null);
  const at = (share: number) => range.from + share * (range.to - range.from);
  const brush = useBrush({
    area: lane,
    mark,
    startsOn: onAxis,
    label: ([from, to]) => duration(at(to) - at(from)),
    onBrush: ([from, to]) => move({ type: 'show', range: { from: at(from), to: at(to) } }),
  });
  const onDoubleClick = ({ target }: MouseEvent) => {
    if (onAxis(target)) move({ type: 'fit' });
  };
  return { lane, mark, handlers: { ...brush, onDoubleClick } };
}
