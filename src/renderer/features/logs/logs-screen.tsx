import { useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { words } from '../../lib/format.ts';
import { useActions } from '../../lib/keys/use-actions.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import type { LogLevel, LogRow } from '../../lib/log/ring.ts';
import type { TimeRange } from '../../lib/log/time-range.ts';
import { listOf, toggled } from '../../lib/search-params.ts';
import { useFilters } from '../../lib/use-filters.ts';
import { Chip } from '../../ui/buttons.tsx';
import { FilterField } from '../../ui/form/filter-field.tsx';
import { LEVELS } from '../../ui/log/log-bar.tsx';
import { LogDetail } from '../../ui/log/log-detail.tsx';
import { LogViewer } from '../../ui/log/log-viewer.tsx';
import { ToolBar } from '../../ui/screen.tsx';
import { Split } from '../../ui/split.tsx';
import layout from '../../ui/styles/layout.module.css';
import { LogHistogram } from './log-histogram.tsx';
import { useHostLog } from './use-host-log.ts';

/** The host's log with its filters. */
export function LogsScreen() {
  const [search, set] = useFilters();
  const [row, setRow] = useState<LogRow | null>(null);
  const log = useHostLog(search);
  const { feed, range } = log;
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
      title: row === null && range !== null ? 'Show all times' : 'Close details',
      group: 'Logs',
      layer: 'view',
      keys: ['Escape'],
      hidden: true,
      run: () => (row === null ? range !== null && setRange(null) : setRow(null)),
    },
  ]);
  return (
    <div className={`${layout.col} ${layout.grow}`}>
      <ToolBar>
        <FilterField value={search.q} onChange={(q) => set({ q })} placeholder="Filter the host log" />
        <SourceChips source={search.source} onChange={(source) => set({ source })} />
        {range === null ? null : (
          <Chip
            pressed
            title="Show all times · Esc"
            label={`${log.rangeText}, show all times`}
            onClick={() => setRange(null)}
          >
            {log.rangeText}
            <X size={12} aria-hidden />
          </Chip>
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
            primary
            still={log.past ? 'The time range ends in the past' : undefined}
            levels={listOf(search.level, LEVELS)}
            onLevels={setLevels}
            selected={row?.seq ?? null}
            onSelect={setRow}
            empty="No entries match"
          />
        }
        second={row === null ? null : <LogDetail row={row} close={() => setRow(null)} />}
      />
    </div>
  );
}

/** Sources whose name is not its title. */
const SOURCES: Readonly<Record<string, string>> = { native: 'Native messaging', webrtc: 'WebRTC', http: 'HTTP' };

/** One filter chip per source that has written lines. `source` is the comma-separated selection. */
function SourceChips({ source, onChange }: { source: string | undefined; onChange(source: string | undefined): void }) {
  const queries = useQueryClient();
  const stats = useOperationQuery('logs_stats', {});
  // No event announces log lines, so the counters are fetched again whenever this screen opens.
  useEffect(() => void queries.invalidateQueries({ queryKey: ['logs_stats'] }), [queries]);
  const names = Object.keys(stats.data?.by_source ?? {}).sort();
  return names.map((name) => (
    <Chip
      key={name}
      pressed={source?.split(',').includes(name) ?? false}
      onClick={() => onChange(toggled(source, name))}
    >
      {SOURCES[name] ?? words(name)}
    </Chip>
  ));
}
