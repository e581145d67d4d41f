/** Lines of a log: fixed rows, virtual, following the end until the user scrolls up. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDownToLine, Download, ScrollText, WrapText } from 'lucide-react';
import { type ReactNode, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { clock } from '../../lib/format.ts';
import type { HelpTarget } from '../../lib/help.ts';
import { stripAnsi } from '../../lib/log/ansi.ts';
import type { LogFeed } from '../../lib/log/feed.ts';
import { shownHits } from '../../lib/log/hits.ts';
import type { LogLevel, LogRow } from '../../lib/log/ring.ts';
import { useView } from '../../lib/view-store.ts';
import { Button, Chip, CopyButton } from '../buttons.tsx';
import { Badge } from '../display/badge.tsx';
import { EmptyState, ErrorState, Skeleton } from '../feedback/state-frame.tsx';
import { focusable } from '../focusable.ts';
import { LogLineRow } from './log-line.tsx';
import { LogSearch } from './log-search.tsx';
import { useFollow } from './use-follow.ts';
import { useLogSearch } from './use-search.ts';

/** Levels as chips, most severe first. */
export const LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

/** Props of {@link LogViewer}. */
export interface LogViewerProps {
  feed: LogFeed;
  /** What the log is of, for file names and assistive technology. */
  name: string;
  /** Levels to show; `undefined` shows all. Absent when the feed filters by itself. */
  levels?: LogLevel[] | undefined;
  onLevels?: (levels: LogLevel[] | undefined) => void;
  selected?: number | null;
  onSelect?: (row: LogRow) => void;
  /** Why nothing new can come, as when a past time is shown; the end is not followed then. */
  still?: string | undefined;
  /** Shown at the left of the bar. */
  bar?: ReactNode;
  empty?: string;
  /** Where the guide tells more about this log; that of the host unless given. */
  help?: HelpTarget;
}

/** The line as text, for copying and files. */
export const plainLine = (row: LogRow): string =>
  `${new Date(row.at).toISOString()} ${row.level.padEnd(5)} ${row.source} ${stripAnsi(row.text)}`;

function visibleRows(feed: LogFeed, levels: LogLevel[] | undefined): LogRow[] {
  const rows: LogRow[] = [];
  for (let index = 0; index < feed.ring.length; index += 1) {
    const row = feed.ring.at(index);
    if (row !== undefined && (levels === undefined || row.mark || levels.includes(row.level))) rows.push(row);
  }
  return rows;
}

function download(name: string, rows: LogRow[]): void {
  const url = URL.createObjectURL(new Blob([rows.map(plainLine).join('\n')], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.log`;
  link.click();
  URL.revokeObjectURL(url);
}

/** See the file's head. */
export function LogViewer(props: LogViewerProps) {
  'use no memo'; // The virtualizer is one mutable object; the compiler would freeze its first answer.
  const { feed, levels, still } = props;
  const version = useSyncExternalStore(feed.subscribe, feed.version);
  const rows = useMemo(() => (version < 0 ? [] : visibleRows(feed, levels)), [feed, version, levels]);
  const { loading, error, live, dropped } = feed.state();
  const wrap = useView((view) => view.wrap);
  const setView = useView((view) => view.set);
  const [q, setQ] = useState('');
  const found = useLogSearch(feed, q, version);
  const hits = useMemo(() => shownHits(rows, found), [rows, found]);
  const hitSet = useMemo(() => new Set(hits), [hits]);
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => 20,
    overscan: 20,
    getItemKey: (index) => rows[index]?.seq ?? index,
    anchorTo: 'end',
  });

  const place = useFollow({ virtual, rows, feed, levels, still });
  const { following } = place;
  const goTo = (seq: number) => {
    const index = rows.findIndex((row) => row.seq === seq);
    if (index >= 0) place.goTo(index);
  };

  return (
    <section className="log" aria-label={props.name}>
      <div className="log-bar">
        {props.bar}
        {props.onLevels === undefined
          ? null
          : LEVELS.map((level) => (
              <Chip
                key={level}
                pressed={levels?.includes(level) ?? false}
                onClick={() => {
                  const next = levels?.includes(level)
                    ? levels.filter((item) => item !== level)
                    : [...(levels ?? []), level];
                  props.onLevels?.(next.length === 0 ? undefined : next);
                }}
              >
                {level}
              </Chip>
            ))}
        <span className="grow" />
        {dropped > 0 ? <Badge tone="warn">{dropped} lines dropped</Badge> : null}
        <LogSearch q={q} setQ={setQ} hits={hits} goTo={goTo} />
        <Button
          small
          kind="ghost"
          label="Wrap lines"
          icon={<WrapText size={14} />}
          pressed={wrap}
          onClick={() => setView({ wrap: !wrap })}
        />
        <CopyButton label="Copy shown lines" text={() => rows.map(plainLine).join('\n')} />
        <Button
          small
          kind="ghost"
          label="Download shown lines"
          icon={<Download size={14} />}
          onClick={() => download(props.name, rows)}
        />
        <Button
          small
          kind="ghost"
          label={following ? 'Following the end' : 'Follow the end'}
          icon={<ArrowDownToLine size={14} />}
          pressed={following}
          blocked={still}
          onClick={() => {
            if (!following) feed.toEnd();
            place.setFollow(!following);
          }}
        />
      </div>
      {error === null ? null : <ErrorState inline error={error} />}
      {loading ? (
        <Skeleton rows={6} />
      ) : rows.length === 0 ? (
        <EmptyState
          icon={<ScrollText size={24} />}
          title={levels === undefined ? (props.empty ?? 'No lines yet') : 'No lines of these levels'}
          help={levels === undefined ? (props.help ?? 'logs-and-metrics') : null}
        />
      ) : (
        <div
          ref={frame}
          className="log-scroll"
          {...focusable}
          role="log"
          aria-live="off"
          aria-label={`${props.name} lines`}
          onScroll={(event) => place.scrolled(event.currentTarget)}
          {...place.handlers}
        >
          <div className={wrap ? 'log-rows wrap' : 'log-rows'} style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((item) => {
              const row = rows[item.index];
              return row === undefined ? null : (
                <LogLineRow
                  key={item.key}
                  row={row}
                  time={clock(row.at)}
                  top={item.start}
                  index={item.index}
                  hit={hitSet.has(row.seq)}
                  selected={props.selected === row.seq}
                  onSelect={props.onSelect}
                  measure={wrap ? virtual.measureElement : undefined}
                />
              );
            })}
          </div>
        </div>
      )}
      <span className="visually-hidden" aria-live="polite">
        {live ? 'Live' : 'Complete'}
      </span>
    </section>
  );
}
