import { Radio, Unplug } from 'lucide-react';
import { type KeyboardEvent, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useClient, useOnline } from '../../lib/client/context.tsx';
import { useActions } from '../../lib/keys/use-actions.ts';
import { useFilters } from '../../lib/use-filters.ts';
import { Chip } from '../../ui/buttons.tsx';
import { type ChartCursor, createChartCursor, indexNear } from '../../ui/chart/cursor.ts';
import { Badge } from '../../ui/display/badge.tsx';
import { StateFrame } from '../../ui/feedback/state-frame.tsx';
import { focusable } from '../../ui/focusable.ts';
import { ToolBar } from '../../ui/screen.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { MetricCard, spoken } from './metric-card.tsx';
import { METRIC_CHARTS } from './metric-charts.ts';
import css from './metrics.module.css';
import { createMetricsFeed } from './metrics-feed.ts';
import { frameOf, type MetricsFrame } from './metrics-frame.ts';

const RANGES = [
  { id: '5m', title: '5 min', seconds: 300 },
  { id: '15m', title: '15 min', seconds: 900 },
  { id: '1h', title: '1 h', seconds: 3_600 },
] as const;

/** Points that an arrow key moves with Shift. */
const LEAP = 10;

const timeOf = (at: number) => new Date(at * 1_000).toTimeString().slice(0, 8);

/** Time under the cursor, or whether the charts are live. */
function Moment({ cursor }: { cursor: ChartCursor }) {
  const online = useOnline();
  const at = useSyncExternalStore(cursor.subscribe, cursor.at);
  if (at !== null) return <span className={css.moment}>{timeOf(at)}</span>;
  return online ? (
    <Badge plain tone="good">
      <Radio size={12} /> Live
    </Badge>
  ) : (
    <Badge plain tone="warn">
      <Unplug size={12} /> Not live
    </Badge>
  );
}

/** Index of the frame that a key moves the cursor to; `null` hides the cursor, `undefined` is any other key. */
function target(event: KeyboardEvent, frame: MetricsFrame, at: number | null): number | null | undefined {
  const last = frame.times.length - 1;
  const step = event.shiftKey ? LEAP : 1;
  const from = at === null ? last + 1 : indexNear(frame.times, at);
  switch (event.key) {
    case 'ArrowLeft':
      return Math.max(0, from - step);
    case 'ArrowRight':
      return from + step > last ? null : from + step;
    case 'Home':
      return 0;
    case 'End':
    case 'Escape':
      return null;
    default:
      return undefined;
  }
}

/** Keyboard control of the shared cursor. @returns the key handler, and the text to announce to screen readers */
function useCursorKeys(cursor: ChartCursor, frame: MetricsFrame) {
  const [said, setSaid] = useState('');
  // Hide the cursor once its time has scrolled out on the left.
  useEffect(() => {
    const at = cursor.at();
    if (at !== null && at < (frame.times[0] ?? 0)) cursor.set(null);
  }, [cursor, frame]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = target(event, frame, cursor.at());
    if (to === undefined || (to === null && cursor.at() === null)) return;
    event.preventDefault();
    const at = to === null ? null : (frame.times[to] ?? null);
    cursor.set(at);
    setSaid(
      to === null || at === null
        ? 'Latest values'
        : [timeOf(at), ...METRIC_CHARTS.map((chart) => spoken(chart, frame, to))].join('. '),
    );
  };
  return { onKeyDown, said };
}

/** Displayed time range, kept in the address unless it is the default, with its keys. */
function useRange() {
  const [search, set] = useFilters();
  const range = RANGES.find(({ id }) => id === search.range) ?? RANGES[0];
  const setRange = (id: (typeof RANGES)[number]['id']) => set({ range: id === RANGES[0].id ? undefined : id });
  useActions(
    RANGES.map(({ id, title }, index) => ({
      id: `metrics.${id}`,
      title: `Show the last ${title}`,
      group: 'Logs & metrics',
      layer: 'view',
      keys: [`${index + 1}`],
      run: () => setRange(id),
    })),
  );
  return [range, setRange] as const;
}

/** Live charts of the host and the machine that share one cursor. */
export function Metrics() {
  const client = useClient();
  const feed = useMemo(() => createMetricsFeed(client), [client]);
  const cursor = useMemo(createChartCursor, []);
  const state = useSyncExternalStore(feed.subscribe, feed.state);
  useEffect(() => feed.start(), [feed]);
  const [range, setRange] = useRange();
  const frame = useMemo(() => frameOf(state.points, range.seconds), [state.points, range.seconds]);
  const { onKeyDown, said } = useCursorKeys(cursor, frame);
  return (
    <>
      <ToolBar>
        {RANGES.map(({ id, title }) => (
          <Chip key={id} pressed={id === range.id} onClick={() => setRange(id)}>
            {title}
          </Chip>
        ))}
        <span className={layout.grow} />
        <Moment cursor={cursor} />
      </ToolBar>
      <StateFrame
        of={{
          data: state.memoryTotal === 0 && (state.loading || state.error !== null) ? undefined : state.points,
          error: state.error,
          dataUpdatedAt: state.points.at(-1)?.at ?? 0,
          refetch: feed.retry,
        }}
      >
        <section
          className={`${layout.scroll} ${css.grid}`}
          aria-label="Charts; arrow keys move their cursor"
          onKeyDown={onKeyDown}
          {...focusable}
        >
          {METRIC_CHARTS.map((chart) => (
            <MetricCard
              key={chart.id}
              chart={chart}
              frame={frame}
              cursor={cursor}
              span={range.seconds}
              memoryTotal={state.memoryTotal}
            />
          ))}
        </section>
      </StateFrame>
      <p className={text.hidden} role="status">
        {said}
      </p>
    </>
  );
}
