/** The tree of attempts and steps with their bars in time: virtual rows, a line for now, and an axis that can be zoomed. */
import { useElementSize } from '@mantine/hooks';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, useMemo, useRef, useState } from 'react';
import type { TaskDetail } from '../../../../contract/automation/tasks.ts';
import { duration } from '../../../lib/format.ts';
import { useActions } from '../../../lib/keys/use-actions.ts';
import { Button } from '../../../ui/buttons.tsx';
import { useBrush } from '../../../ui/use-brush.ts';
import { endOf, latestOf, queuedAt, treeRows } from './step-tree.ts';
import { extentOf, liveEnd, type Move, moved, type Range, rangeLabel, ticksOf } from './timeline-range.ts';
import { TimelineRow } from './timeline-row.tsx';
import { treeKey } from './tree-keys.ts';
import { useNowLine } from './use-now-line.ts';
import { useZoomKeys } from './use-zoom-keys.ts';

/** Height of the axis, px; timeline.css has it too. */
const AXIS = 24;
/** Room that the words of one tick need, px. */
const TICK_ROOM = 60;

const onAxis = (target: Element) => target.closest('.track, .ticks') !== null;

/** Props of {@link StepTimeline}. */
export interface StepTimelineProps {
  task: TaskDetail;
  /** Id of the chosen row. */
  selected: string | null;
  onSelect(id: string): void;
}

/** See the file's head. Needs a task with at least one attempt. */
export function StepTimeline({ task, selected, onSelect }: StepTimelineProps) {
  'use no memo'; // The virtualizer is one mutable object; the compiler would freeze its first answer.
  const frame = useRef<HTMLDivElement>(null);
  const scroll = useRef<HTMLDivElement>(null);
  const lane = useRef<HTMLDivElement>(null);
  const mark = useRef<HTMLDivElement>(null);
  const { ref: axis, width } = useElementSize();
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<Range | null>(null);
  const rows = useMemo(() => treeRows(task, folded), [task, folded]);
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
  const range = chosen ?? extent.home;
  const move = (next: Move) => setChosen((old) => moved(old, next, extent));
  const index = rows.findIndex(({ id }) => id === selected);
  useZoomKeys(chosen !== null, move, () => {
    const bar = rows[index]?.segments.at(-1);
    return bar === undefined ? (range.from + range.to) / 2 : (bar.from + (bar.to ?? Date.now())) / 2;
  });

  const rowHeight = document.documentElement.dataset.density === 'compact' ? 28 : 32;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: AXIS,
    scrollPaddingStart: AXIS,
    getItemKey: (at) => rows[at]?.id ?? at,
    // The chosen row stays in the page, because the tree points to it for assistive technology.
    rangeExtractor: (shown) => {
      const all = defaultRangeExtractor(shown);
      return index < 0 || all.includes(index) ? all : [...all, index].sort((a, b) => a - b);
    },
  });
  const fold = (id: string, on: boolean) =>
    setFolded((old) => (on ? new Set([...old, id]) : new Set([...old].filter((item) => item !== id))));
  useActions([
    {
      id: 'steps.expand',
      title: 'Expand all steps',
      group: 'Task',
      layer: 'detail',
      keys: ['E'],
      run: () => setFolded(new Set()),
    },
    {
      id: 'steps.fold',
      title: 'Collapse all steps',
      group: 'Task',
      layer: 'detail',
      keys: ['W'],
      run: () => setFolded(new Set(rows.flatMap(({ id, hasChildren }) => (hasChildren ? [id] : [])))),
    },
  ]);

  const at = (share: number) => range.from + share * (range.to - range.from);
  const brush = useBrush({
    area: lane,
    mark,
    startsOn: onAxis,
    label: ([from, to]) => duration(at(to) - at(from)),
    onBrush: ([from, to]) => move({ type: 'show', range: { from: at(from), to: at(to) } }),
  });
  const onDoubleClick = (event: MouseEvent) => {
    if (event.target instanceof Element && onAxis(event.target)) move({ type: 'fit' });
  };

  return (
    <div className="timeline" ref={frame}>
      {chosen === null ? null : (
        <span className="zoom">
          <Button small kind="ghost" action="timeline.fit" showKey onClick={() => move({ type: 'fit' })}>
            Reset zoom
          </Button>
        </span>
      )}
      <div
        className="tree"
        ref={scroll}
        role="tree"
        aria-label="Steps"
        tabIndex={0}
        aria-activedescendant={index < 0 ? undefined : rows[index]?.id}
        // The tree has the focus, its rows only look as if they had; a row may be gone with the next scroll.
        onFocus={(event) => event.target !== event.currentTarget && event.currentTarget.focus({ preventScroll: true })}
        onKeyDown={(event) => {
          const act = treeKey(event, rows, index, folded, Math.floor((scroll.current?.clientHeight ?? 0) / rowHeight));
          if (act === null) return;
          event.preventDefault();
          if (act.type === 'fold') return fold(act.id, act.folded);
          const row = rows[act.index];
          if (row === undefined) return;
          onSelect(row.id);
          virtual.scrollToIndex(act.index, { align: 'auto' });
        }}
        onDoubleClick={onDoubleClick}
        {...brush}
      >
        <div className="tree-row axis" aria-hidden="true">
          <span>Step</span>
          <span className="ticks" ref={axis}>
            {ticksOf(range, zero, Math.floor(width / TICK_ROOM)).map(({ left, label }) => (
              <span key={label} style={{ left: `${left}%` }} data-end={left > 88 ? true : undefined}>
                {label}
              </span>
            ))}
          </span>
          <span className="num">Time</span>
        </div>
        <div className="tree-row lanes" aria-hidden="true">
          <span />
          <div className="lane" ref={lane}>
            {end === null ? <div className="now" /> : null}
            <div className="brush-mark" ref={mark} hidden />
          </div>
        </div>
        <div className="tree-rows" role="presentation" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return row === undefined ? null : (
              <TimelineRow
                key={item.key}
                row={row}
                range={range}
                moment={moment}
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
      <span className="visually-hidden" aria-live="polite">
        {chosen === null ? '' : `Shows ${rangeLabel(range, zero)}`}
      </span>
    </div>
  );
}
