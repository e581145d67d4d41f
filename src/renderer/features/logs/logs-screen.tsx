import { useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useClient } from '../../lib/client/context.tsx';
import { dateTime } from '../../lib/format.ts';
import { useActions } from '../../lib/keys/use-actions.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { createLogFeed } from '../../lib/log/feed.ts';
import type { LogLevel, LogRow } from '../../lib/log/ring.ts';
import { type HostLogFilter, hostLog } from '../../lib/log/sources.ts';
import { parseRange, rangeText, type TimeRange } from '../../lib/log/time-range.ts';
import { listOf, toggled } from '../../lib/search-params.ts';
import { useFilters } from '../../lib/use-filters.ts';
import { Button, CopyButton } from '../../ui/buttons.tsx';
import { JsonView } from '../../ui/display/json-view.tsx';
import { FilterField } from '../../ui/filter-field.tsx';
import { LEVELS, LogViewer, plainLine } from '../../ui/log/log-viewer.tsx';
import { ToolBar } from '../../ui/screen.tsx';
import { Split } from '../../ui/split.tsx';
import { LogHistogram } from './log-histogram.tsx';

/** Levels as the host knows them; it has `log` beside `info`, which the panel shows as one. */
const HOST_LEVELS = { debug: ['debug'], info: ['info', 'log'], warn: ['warn'], error: ['error'] } as const;

function Detail({ row, close }: { row: LogRow; close(): void }) {
  return (
    <aside className="col grow" aria-label="Line">
      <ToolBar>
        <h2 className="grow">Line {row.seq}</h2>
        <CopyButton label="Copy line" text={plainLine(row)} />
        <Button small kind="ghost" label="Close" icon={<X size={14} />} onClick={close} />
      </ToolBar>
      <div className="scroll peek">
        <dl className="facts">
          <dt>At</dt>
          <dd>{dateTime(row.at)}</dd>
          <dt>Level</dt>
          <dd className={`level-text-${row.level}`}>{row.level}</dd>
          <dt>Source</dt>
          <dd>{row.source}</dd>
        </dl>
        <pre className="pre">{row.text}</pre>
        {row.data === null ? null : (
          <section>
            <h3>Data</h3>
            <JsonView value={row.data} label="data" />
          </section>
        )}
      </div>
    </aside>
  );
}

/** The host's log: levels, sources, text, live. One tab of `logs-and-metrics-screen.tsx`. */
export function LogsScreen() {
  const client = useClient();
  const queries = useQueryClient();
  const [search, set] = useFilters();
  const [row, setRow] = useState<LogRow | null>(null);
  const stats = useOperationQuery('logs_stats', {});
  const levels = listOf(search.level, LEVELS);
  const { level, source, q, from, to } = search;
  const filterKey = JSON.stringify({ level, source, q, from, to });
  const { feed, range, past, text } = useMemo(() => {
    const { level, source, q, from, to } = JSON.parse(filterKey) as Record<string, string | undefined>;
    const wanted = listOf(level, LEVELS)?.flatMap((name) => [...HOST_LEVELS[name]]);
    const filter: HostLogFilter = {
      ...(wanted === undefined ? {} : { level: wanted }),
      ...(source === undefined ? {} : { source: source.split(',') }),
      ...(q === undefined ? {} : { q }),
    };
    const range = parseRange(from, to);
    const now = Date.now();
    return {
      feed: createLogFeed(hostLog(client, filter, range)),
      range,
      past: range !== null && range.to <= now,
      text: range === null ? '' : rangeText(range, now),
    };
  }, [client, filterKey]);
  useEffect(() => feed.stop, [feed]);
  // No event announces log lines; the counters are asked again each time this screen opens.
  useEffect(() => void queries.invalidateQueries({ queryKey: ['logs_stats'] }), [queries]);

  const setRange = (next: TimeRange | null) => set({ from: next?.from.toString(), to: next?.to.toString() });
  const setLevels = (next: LogLevel[] | undefined) => set({ level: next?.join(',') });
  useActions([
    ...LEVELS.map(
      (level, index) =>
        ({
          id: `logs.${level}`,
          title: `Level ${level}`,
          group: 'Logs',
          layer: 'view',
          keys: [`${index + 1}`],
          run: () => set({ level: toggled(search.level, level) }),
        }) as const,
    ),
    {
      id: 'logs.close',
      title: row === null && range !== null ? 'Show all times' : 'Close the detail',
      group: 'Logs',
      layer: 'view',
      keys: ['Escape'],
      hidden: true,
      run: () => (row === null ? range !== null && setRange(null) : setRow(null)),
    },
  ]);
  const sources = Object.keys(stats.data?.by_source ?? {}).sort();
  return (
    <div className="col grow">
      <ToolBar>
        <FilterField value={search.q} onChange={(q) => set({ q })} placeholder="Filter on the host" />
        {sources.map((source) => (
          <button
            key={source}
            type="button"
            className="chip"
            aria-pressed={search.source?.split(',').includes(source) ?? false}
            onClick={() => set({ source: toggled(search.source, source) })}
          >
            {source}
          </button>
        ))}
        {range === null ? null : (
          <button
            type="button"
            className="chip"
            aria-pressed
            title="Show all times · Esc"
            aria-label={`${text}, show all times`}
            onClick={() => setRange(null)}
          >
            {text}
            <X size={12} aria-hidden />
          </button>
        )}
      </ToolBar>
      <LogHistogram feed={feed} range={range} onRange={setRange} />
      <Split
        name="log-detail"
        fixed="second"
        size={380}
        min={260}
        max={700}
        label="Width of the detail"
        first={
          <LogViewer
            feed={feed}
            name="Host log"
            still={past ? 'The time range ends in the past' : undefined}
            levels={levels}
            onLevels={setLevels}
            selected={row?.seq ?? null}
            onSelect={setRow}
            empty="No entries match"
          />
        }
        second={row === null ? null : <Detail row={row} close={() => setRow(null)} />}
      />
    </div>
  );
}
