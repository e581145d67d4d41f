/** Stacked bars over time, drawn by uPlot. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import { useResolvedTheme } from '../theme.tsx';

/** One colour of the stack, bottom first. */
export interface BarSeries {
  label: string;
  /** Name of a colour in tokens.css, such as `--good`. */
  color: string;
  values: readonly number[];
}

/** Props of {@link Bars}. */
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

/** See the file's head. */
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
        padding: [8, 26, 0, 0],
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
            size: 24,
            space: 64,
            values: (_chart, ticks) => ticks.map((tick) => new Date(tick * 1_000).toTimeString().slice(0, 5)),
          },
          { ...axis, size: 36, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 10_000] },
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
