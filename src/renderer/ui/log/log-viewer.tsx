/** Lines of a log: fixed rows, virtual, following the end until the user scrolls up. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ScrollText } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { clock } from '../../lib/format.ts';
import { listProps, useInitialFocus } from '../../lib/keys/focus-list.ts';
import type { LogFeed } from '../../lib/log/feed.ts';
import { shownHits } from '../../lib/log/hits.ts';
import type { LogLevel, LogRow } from '../../lib/log/ring.ts';
import { useView } from '../../lib/view-store.ts';
import { EmptyState, ErrorState, StateFrame } from '../feedback/state-frame.tsx';
import { focusable } from '../focusable.ts';
import { useOverscan } from '../sizing/use-overscan.ts';
import text from '../styles/text.module.css';
import css from './log.module.css';
import { LogBar } from './log-bar.tsx';
import { LogLineRow } from './log-line.tsx';
import { LogSearch } from './log-search.tsx';
import type { LogViewerProps } from './log-viewer-props.ts';
import { useFollow } from './use-follow.ts';
import { useHostSearch } from './use-host-search.ts';
import { useLineStop } from './use-line-stop.ts';
import { useLogSearch } from './use-search.ts';

function visibleRows(feed: LogFeed, levels: LogLevel[] | undefined): LogRow[] {
  const rows: LogRow[] = [];
  for (let index = 0; index < feed.ring.length; index += 1) {
    const row = feed.ring.at(index);
    if (row !== undefined && (levels === undefined || row.mark || levels.includes(row.level))) rows.push(row);
  }
  return rows;
}

export function LogViewer(props: LogViewerProps) {
  'use no memo'; // The virtualizer is one mutable object; the compiler would freeze its first answer.
  const { name, feed, levels, still } = props;
  const version = useSyncExternalStore(feed.subscribe, feed.version);
  const rows = useMemo(() => (version < 0 ? [] : visibleRows(feed, levels)), [feed, version, levels]);
  const { loading, live } = feed.state();
  const wrap = useView((view) => view.wrap);
  const search = useHits(feed, rows, levels, version);
  const frame = useRef<HTMLDivElement>(null);
  const overscan = useOverscan(20);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => 20,
    overscan,
    getItemKey: (index) => rows[index]?.seq ?? index,
    anchorTo: 'end',
  });
  const place = useFollow({ virtual, rows, feed, levels, still });
  const goTo = useGoTo(feed, rows, place);
  useInitialFocus(() => frame.current, props.primary === true && !loading && rows.length > 0);

  const items = virtual.getVirtualItems();
  const shown = items.map(({ index }) => index);
  const line = useLineStop(rows, shown, virtual.range?.endIndex, props.selected);

  const lines = (
    <div
      ref={frame}
      className={css.scroll}
      {...focusable}
      role="log"
      aria-live="off"
      aria-label={`${name} lines`}
      {...(props.primary ? listProps : {})}
      onScroll={(event) => place.scrolled(event.currentTarget)}
      onFocus={line.onFocus}
      {...place.handlers}
      onKeyDown={(event) => {
        place.handlers.onKeyDown(event);
        line.onKeyDown(event);
      }}
    >
      <div className={`${css.rows} ${wrap ? css.wrap : ''}`} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          return row === undefined ? null : (
            <LogLineRow
              {...{ row, index: item.index, top: item.start, time: clock(row.at), onSelect: props.onSelect }}
              key={item.key}
              hit={search.isHit(row.seq)}
              selected={props.selected === row.seq}
              current={row.seq === search.field.at && search.isHit(row.seq)}
              isStop={item.index === line.stop}
              measure={wrap ? virtual.measureElement : undefined}
            />
          );
        })}
      </div>
    </div>
  );
  return (
    <section className={css.log} aria-label={name}>
      <LogBar view={props} rows={rows} following={place.following} setFollow={place.setFollow}>
        <LogSearch {...search.field} goTo={(seq) => search.goTo(seq, goTo)} />
      </LogBar>
      <LogFrame state={feed.state()} retry={feed.retry} isEmpty={rows.length === 0}>
        {rows.length === 0 ? <NoLines {...props} /> : lines}
      </LogFrame>
      <span className={text.hidden} aria-live="polite">
        {live ? 'Live' : 'Complete'}
      </span>
    </section>
  );
}

/** Lines that are known stay, whatever is wrong; that there are none is known only from the host. */
function LogFrame({
  state: { loading, error },
  retry,
  isEmpty,
  children,
}: {
  state: ReturnType<LogFeed['state']>;
  retry: LogFeed['retry'];
  isEmpty: boolean;
  children: ReactNode;
}) {
  const isKnown = !isEmpty || (!loading && error === null);
  // The lines of a task that was deleted can still be read.
  const isGone = isKnown && error?.slug === 'not-found';
  const of = { data: isKnown ? true : undefined, error: isGone ? null : error, refetch: retry };
  return (
    <>
      {isGone ? <ErrorState inline error={error} /> : null}
      <StateFrame of={of} skeleton={6}>
        {children}
      </StateFrame>
    </>
  );
}

/** The text that is searched for, and the lines in which it is. */
function useHits(feed: LogFeed, rows: readonly LogRow[], levels: LogLevel[] | undefined, version: number) {
  const [q, setQ] = useState('');
  /** The hit that was gone to. */
  const [at, setAt] = useState<number | null>(null);
  const found = useLogSearch(feed, q, version);
  const foundHere = useMemo(() => shownHits(rows, found.seqs), [rows, found]);
  const { hits, total } = useHostSearch(feed, q, levels, foundHere);
  const hitSet = useMemo(() => new Set(hits), [hits]);
  // Until then a hit may be one of the text before.
  const isSettled = total !== null || (found.q === q && hits.length > 0);
  return {
    field: {
      ...{ q, hits, total, at, isSettled },
      setQ(next: string) {
        setQ(next);
        setAt(null);
      },
    },
    isHit: (seq: number) => hitSet.has(seq),
    goTo(seq: number, go: (seq: number) => void) {
      setAt(seq);
      go(seq);
    },
  };
}

/** Goes to a line; one that is not loaded is gone to once the host has sent it. */
function useGoTo(feed: LogFeed, rows: readonly LogRow[], place: ReturnType<typeof useFollow>): (seq: number) => void {
  const target = useRef<number | null>(null);
  useEffect(() => {
    const index = target.current === null ? -1 : rows.findIndex((row) => row.seq === target.current);
    if (index < 0) return;
    target.current = null;
    place.goTo(index);
  });
  return (seq) => {
    const index = rows.findIndex((row) => row.seq === seq);
    if (index >= 0) return place.goTo(index);
    place.leaveEnd();
    target.current = seq;
    feed.toLine(seq);
  };
}

function NoLines({ levels, empty = 'No lines yet', help = 'logs-and-metrics' }: LogViewerProps) {
  return (
    <EmptyState
      icon={<ScrollText size={24} />}
      title={levels === undefined ? empty : 'No lines of these levels'}
      help={levels === undefined ? help : null}
    />
  );
}
