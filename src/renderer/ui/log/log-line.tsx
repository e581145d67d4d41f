import type { Json } from '../../../contract/kernel/scalars.ts';
import { parseAnsi } from '../../lib/log/ansi.ts';
import type { LogRow } from '../../lib/log/ring.ts';
import { tameMarks } from '../../lib/text/tame.ts';
import look from '../styles/text.module.css';
import ansi from './ansi.module.css';
import css from './log.module.css';

/** Longest text of one row that is laid out; the rest is in the detail and in the download. */
const MAX_SHOWN = 2_000;

export interface LogLineProps {
  row: LogRow;
  time: string;
  /** Offset from the start, px. */
  top: number;
  index: number;
  hit: boolean;
  selected: boolean;
  /** The hit that the search is at. */
  current: boolean;
  /** Of all lines, Tab stops at this one; arrow keys go on from there. */
  isStop: boolean;
  onSelect: ((row: LogRow) => void) | undefined;
  /** Measures the height when lines wrap. */
  measure: ((element: HTMLElement | null) => void) | undefined;
}

/** Longest structured data that is shown in a line; all of it is in the detail. */
const MAX_DATA = 500;

function dataText(data: Json): string {
  const text = JSON.stringify(data);
  return text.length > MAX_DATA ? `${text.slice(0, MAX_DATA)} …` : text;
}

const isMarking = (): boolean => getSelection()?.isCollapsed === false;

/** One visible line; only here are colours parsed. */
export function LogLineRow({ row, time, top, index, hit, selected, current, isStop, onSelect, measure }: LogLineProps) {
  const classes = [
    css.row,
    row.level === 'error' ? css.errorRow : null,
    hit || selected ? css.hit : null,
    current ? css.current : null,
    row.mark ? css.mark : null,
  ];
  const shown = row.text.length > MAX_SHOWN ? `${row.text.slice(0, MAX_SHOWN)} …` : row.text;
  // A row of fixed height has one line; where lines wrap, it may have more.
  const text = measure === undefined ? shown.replaceAll('\n', ' ↵ ') : shown;
  let from = 0;
  const spans = parseAnsi(text).map((span) => {
    const key = from;
    from += span.text.length;
    return { ...span, key };
  });
  return (
    <div
      ref={measure}
      data-testid="log-line"
      data-index={index}
      aria-current={current ? true : undefined}
      className={classes.filter(Boolean).join(' ')}
      style={{ transform: `translateY(${top}px)` }}
      // With the keys its time is the button; who drags over the line marks its words.
      {...(onSelect === undefined ? {} : { onClick: () => isMarking() || onSelect(row) })}
    >
      {onSelect === undefined ? (
        <span className={css.at}>{time}</span>
      ) : (
        <button
          type="button"
          className={css.at}
          tabIndex={isStop ? 0 : -1}
          aria-label={`Details of line ${row.seq}`}
          onClick={(event) => {
            event.stopPropagation();
            onSelect(row);
          }}
        >
          {time}
        </button>
      )}
      <span className={`${css.level} ${css[row.level]}`}>{row.level}</span>
      <span className={`${css.from} ${look.clip}`} title={row.source}>
        {row.source}
      </span>
      <span>
        {spans.map((span) => (
          <span key={span.key} className={span.styles.map((name) => ansi[name]).join(' ')}>
            {tameMarks(span.text)}
          </span>
        ))}
        {row.data === null ? null : <span className={css.data}> {tameMarks(dataText(row.data))}</span>}
      </span>
    </div>
  );
}
