/** Stacked bars over time, drawn by uPlot. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import { clock } from '../../lib/format.ts';
import { useResolvedTheme } from '../theme.tsx';

/** Distance of the bars from the edges of the chart, px. */
export const PLOT = { top: 8, right: 26, bottom: 24, left: 36 } as const;

/** One colour of the stack, bottom first. */
export interface BarSeries {
  label: string;
  /** Name of a colour in tokens.css, such as `--good`. */
  color: string;
  values: readonly number[];
}

export interface BarsProps {
  label: string;
  /** Start of each bar, unix s. */
  times: readonly number[];
  series: readonly BarSeries[];
  height: number;
  /** Called with the time of the bar that was clicked, unix s. */
  onPick?: (from: number) => void;
}

function stacked(series: readonly BarSeries[], length: number): number[][] {
  const rows: number[][] = [];
  const sums = new Array<number>(length).fill(0);
  for (const { values } of series) {
    for (let index = 0; index < length; index += 1) sums[index] = (sums[index] ?? 0) + (values[index] ?? 0);
    rows.push([...sums]);
  }
  // The tallest is drawn first, so that the others cover it.
  return rows.reverse();
}

/** A tick of the time axis, as exact as the `step` between two needs. Both in s. */
function tickText(tick: number, step: number): string {
  const text = clock(tick * 1_000);
  return step >= 60 ? text.slice(0, 5) : step >= 1 ? text.slice(0, 8) : text.slice(3);
}

export function Bars({ label, times, series, height, onPick }: BarsProps) {
  const host = useRef<HTMLDivElement>(null);
  const pick = useRef(onPick);
  const theme = useResolvedTheme();
  useEffect(() => {
    pick.current = onPick;
  });
  useEffect(() => {
    const element = host.current;
    if (element === null || times.length === 0 || theme === undefined) return;
    const style = getComputedStyle(element);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: color('--faint'),
      font: `11px ${color('--font')}`,
      grid: { stroke: color('--line'), width: 1 },
      ticks: { show: false },
    };
    // The last bar needs its own width beyond its start.
    const step = times.length < 2 ? 1 : (times[1] ?? 0) - (times[0] ?? 0);
    const { bars } = uPlot.paths;
    const paths = bars?.({ size: [0.72, 40], align: 1, radius: 0.15 });
    const chart = new uPlot(
      {
        width: Math.max(100, element.clientWidth),
        height,
        padding: [PLOT.top, PLOT.right, 0, 0],
        legend: { show: false },
        cursor: { x: false, y: false, points: { show: false }, drag: { x: false, y: false } },
        scales: {
          x: { time: true, range: (_chart, min, max) => [min, max + step] },
          y: { range: (_chart, _min, max) => [0, Math.max(4, max)] },
        },
        axes: [
          {
            ...axis,
            grid: { show: false },
            size: PLOT.bottom,
            space: 72,
            values: (_chart, ticks, _axis, _space, step) => ticks.map((tick) => tickText(tick, step)),
          },
          {
            ...axis,
            size: PLOT.left,
            space: height < 100 ? 18 : 30,
            incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 10_000],
          },
        ],
        series: [
          {},
          ...[...series].reverse().map((each) => ({
            label: each.label,
            fill: color(each.color),
            width: 0,
            points: { show: false },
            ...(paths === undefined ? {} : { paths }),
          })),
        ],
      },
      [[...times], ...stacked(series, times.length)],
      element,
    );
    const onClick = () => {
      const at = times[chart.cursor.idx ?? -1];
      if (at !== undefined) pick.current?.(at);
    };
    element.addEventListener('click', onClick);
    const observer = new ResizeObserver(() => chart.setSize({ width: Math.max(100, element.clientWidth), height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      element.removeEventListener('click', onClick);
      chart.destroy();
    };
  }, [times, series, height, theme]);
  const total = series.map((each) => `${each.values.reduce((sum, value) => sum + value, 0)} ${each.label}`).join(', ');
  return <div ref={host} role="img" aria-label={`${label}: ${total}`} style={{ height }} />;
}
