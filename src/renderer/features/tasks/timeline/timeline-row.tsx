import { ChevronDown, ChevronRight } from 'lucide-react';
import type { CSSProperties } from 'react';
import { duration } from '../../../lib/format.ts';
import { lineOf } from '../../../lib/text/tame.ts';
import { Elapsed } from '../../../ui/display/ago.tsx';
import { lookOf, StatusIcon } from '../../../ui/display/status.tsx';
import text from '../../../ui/styles/text.module.css';
import { type Segment, type TreeRow, WORTH_SAYING_MS } from './step-tree.ts';
import css from './timeline.module.css';
import { placeOf, type Range } from './timeline-range.ts';

/** Deeper rows are not moved further to the right. */
const MOST_INDENT = 12;

const WORDS = { wait: 'Queued', retry: 'Waiting to retry', run: 'Running', aside: 'Outside of steps' } as const;
/** What a row stands for that is no step. */
const ASIDE = 'The browser starts or ends, the trace is stored, or the script works outside of its steps';

export interface TimelineRowProps {
  row: TreeRow;
  range: Range;
  /** The moment that bars without an end were laid out for, unix ms; `--now` carries them on. */
  moment: number;
  /** Offset from the first row, px. */
  top: number;
  selected: boolean;
  open: boolean;
  onSelect(id: string): void;
  onFold(id: string, folded: boolean): void;
}

function Bar({ segment, state, range, moment }: { segment: Segment; state: string; range: Range; moment: number }) {
  const { kind, from } = segment;
  const to = segment.to ?? moment;
  const place = placeOf({ from, to }, range);
  if (typeof place === 'string') return null;
  const { left, width, cutLeft, cutRight } = place;
  const hint = [
    `${WORDS[kind]}${segment.to === null ? '' : `: ${duration(to - from)}`}`,
    cutLeft ? 'starts before the visible range' : null,
    cutRight ? 'continues after the visible range' : null,
  ];
  const style: CSSProperties & Record<'--left', number> = { '--left': left };
  if (segment.to !== null) style.width = `${width}%`;
  return (
    <span
      className={css.bar}
      data-testid="bar"
      data-kind={kind}
      data-tone={kind === 'run' ? lookOf(state).tone : undefined}
      data-open={segment.to === null ? true : undefined}
      data-cut={cutLeft ? (cutRight ? 'both' : 'left') : cutRight ? 'right' : undefined}
      title={hint.filter(Boolean).join(', ')}
      style={style}
    />
  );
}

/** The small arrow of a row whose bars are all outside of the range. */
function Beyond({ row, range, moment }: Pick<TimelineRowProps, 'row' | 'range' | 'moment'>) {
  const places = row.segments.map(({ from, to }) => placeOf({ from, to: to ?? moment }, range));
  const [first] = places;
  if (typeof first !== 'string' || places.some((place) => place !== first)) return null;
  return <span className={css.beyond} data-side={first} title={first === 'before' ? 'Earlier' : 'Later'} />;
}

/** One row of the tree with its bar in time. */
export function TimelineRow({ row, range, moment, top, selected, open, onSelect, onFold }: TimelineRowProps) {
  const Twist = open ? ChevronDown : ChevronRight;
  const last = row.segments.at(-1);
  const wait = row.segments.length > 1 ? row.segments[0] : undefined;
  const isAside = last?.kind === 'aside';
  const waited = wait === undefined ? 0 : (wait.to ?? moment) - wait.from;
  return (
    <div
      id={row.id}
      className={css.row}
      role="treeitem"
      tabIndex={-1}
      aria-level={row.depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-selected={selected}
      aria-expanded={row.hasChildren ? open : undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onSelect(row.id)}
      onKeyDown={(event) => event.key === 'Enter' && onSelect(row.id)}
    >
      <span className={css.name} style={{ paddingLeft: Math.min(row.depth, MOST_INDENT) * 16 }}>
        {row.hasChildren ? (
          <button
            type="button"
            className={css.twist}
            tabIndex={-1}
            aria-label={open ? 'Collapse' : 'Expand'}
            onClick={(event) => {
              event.stopPropagation();
              onFold(row.id, open);
            }}
          >
            <Twist size={14} />
          </button>
        ) : (
          <span className={css.twist} />
        )}
        {isAside ? <span className={css.twist} /> : <StatusIcon state={row.state} size={13} />}
        <span className={isAside ? `${text.clip} ${text.muted}` : text.clip} title={isAside ? ASIDE : lineOf(row.name)}>
          {lineOf(row.name)}
        </span>
        {waited < WORTH_SAYING_MS ? null : (
          <span className={`${css.waited} ${text.clip}`}>waited {duration(waited)}</span>
        )}
      </span>
      <span className={css.track} data-axis data-testid="track">
        {row.segments.map((segment) => (
          <Bar
            key={`${segment.kind}${segment.from}`}
            segment={segment}
            state={row.state}
            range={range}
            moment={moment}
          />
        ))}
        <Beyond row={row} range={range} moment={moment} />
      </span>
      <span className={`${text.num} ${text.muted}`}>
        {last === undefined ? null : (
          <Elapsed from={new Date(last.from).toISOString()} ms={last.to === null ? null : last.to - last.from} />
        )}
      </span>
    </div>
  );
}
