import { parseAnsi } from '../../lib/log/ansi.ts';
import type { LogRow } from '../../lib/log/ring.ts';

/** Longest text of one row that is laid out; the rest is in the detail and in the download. */
const MAX_SHOWN = 4_000;

/** Props of {@link LogLineRow}. */
export interface LogLineProps {
  row: LogRow;
  time: string;
  /** Offset from the start, px. */
  top: number;
  index: number;
  hit: boolean;
  selected: boolean;
  onSelect: ((row: LogRow) => void) | undefined;
  /** Measures the height when lines wrap. */
  measure: ((element: HTMLElement | null) => void) | undefined;
}

/** One visible line; only here are colours parsed. */
export function LogLineRow({ row, time, top, index, hit, selected, onSelect, measure }: LogLineProps) {
  const classes = [
    'log-row',
    row.level === 'error' ? 'level-error' : null,
    hit || selected ? 'hit' : null,
    row.mark ? 'log-mark' : null,
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
      data-index={index}
      className={classes.filter(Boolean).join(' ')}
      style={{ transform: `translateY(${top}px)` }}
    >
      {onSelect === undefined ? (
        <span className="at">{time}</span>
      ) : (
        <button
          type="button"
          className="at link-plain"
          aria-label={`Details of line ${row.seq}`}
          onClick={() => onSelect(row)}
        >
          {time}
        </button>
      )}
      <span className={`level level-text-${row.level}`}>{row.level}</span>
      <span className="from clip" title={row.source}>
        {row.source}
      </span>
      <span>
        {spans.map((span) => (
          <span key={span.key} className={span.className}>
            {span.text}
          </span>
        ))}
      </span>
    </div>
  );
}
