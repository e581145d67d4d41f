/** Lines over time in the size of their box, drawn by uPlot; several with the same cursor move it together. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import { useResolvedTheme } from '../theme.tsx';
import type { ChartCursor } from './cursor.ts';
import css from './lines.module.css';

/** One line. */
export interface LineSeries {
  label: string;
  /** Name of a colour in tokens.css that has a `-soft` one too, such as `--good`. */
  color: string;
  /** Drawn broken and without an area below, to be told apart without colour. */
  broken?: boolean;
}

/** `series` and `unit` are read when the chart is made; the rest may change at any time. */
export interface LinesProps {
  /** What the chart shows, with its latest values: its text for those who do not see it. */
  label: string;
  series: readonly LineSeries[];
  /** Unix s, ascending. */
  times: readonly number[];
  /** Of each series, one value a time; null breaks the line. */
  values: readonly (readonly (number | null)[])[];
  /** Seconds from the left end to the newest time. */
  span: number;
  /** The vertical axis ends here, or at the next round number above the data. */
  top: number;
  /** Ends there whatever the data say. */
  fixedTop?: boolean;
  /** After the numbers of the vertical axis. */
  unit: string;
  cursor: ChartCursor;
}

/** 1, 2 or 5 times a power of ten: the axis keeps its end while values move a little. */
export function roundTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return ([1, 2, 5].find((step) => step * power >= value) ?? 10) * power;
}

/** So that a line does not run along the edge. */
const HEADROOM = 1.02;

/** What the chart made once reads anew each time it draws. */
type View = Pick<LinesProps, 'times' | 'values' | 'span' | 'top' | 'fixedTop'>;

const data = ({ times, values }: View) => [times, ...values] as uPlot.AlignedData;
const off = { left: -10, top: -10 };
const unbound = () => null;
const sizeOf = (element: HTMLElement) => ({
  width: Math.max(100, element.clientWidth),
  height: Math.max(60, element.clientHeight),
});

/** Time moves on to the left below a fixed span; the vertical axis grows by round numbers. */
const scalesOf = (view: { readonly current: View }): uPlot.Scales => ({
  x: {
    time: true,
    range: (_chart, _min, max) => {
      const to = max ?? Date.now() / 1_000;
      return [to - view.current.span, to];
    },
  },
  y: {
    range: (_chart, _min, max) => {
      const { top, fixedTop } = view.current;
      const needed = (max ?? 0) * HEADROOM;
      return [0, fixedTop || needed <= top ? top : roundTop(needed)];
    },
  },
});

function axesOf(color: (name: string) => string, unit: string): uPlot.Axis[] {
  const axis = { stroke: color('--faint'), font: `11px ${color('--font')}`, ticks: { show: false } };
  return [
    {
      ...axis,
      grid: { show: false },
      size: 22,
      space: 56,
      incrs: [60, 300, 600, 900, 1_800, 3_600],
      values: (_chart, ticks) => ticks.map((tick) => new Date(tick * 1_000).toTimeString().slice(0, 5)),
    },
    {
      ...axis,
      grid: { stroke: color('--line'), width: 1 },
      size: 58,
      space: 28,
      incrs: [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000],
      values: (_chart, ticks) => ticks.map((tick) => `${tick.toLocaleString('en')}${unit}`),
    },
  ];
}

/** Shows the shared moment in a chart and lets the pointer over it move that moment. */
function shareCursor(cursor: ChartCursor, view: { readonly current: View }): uPlot.Plugin {
  // The moment stays where it is in time while the data move on below it.
  const place = (chart: uPlot) => {
    const at = cursor.at();
    const left = at === null ? -1 : chart.valToPos(at, 'x');
    chart.setCursor(left < 0 ? off : { left, top: 0 }, false);
  };
  let unfollow = () => {};
  return {
    hooks: {
      ready: (chart) => {
        chart.over.addEventListener('pointermove', ({ clientX }) => {
          const index = chart.posToIdx(clientX - chart.over.getBoundingClientRect().left);
          cursor.set(view.current.times[index] ?? null);
        });
        chart.over.addEventListener('pointerleave', () => cursor.set(null));
        unfollow = cursor.subscribe(() => place(chart));
      },
      draw: place,
      destroy: () => unfollow(),
    },
  };
}

function makeChart(
  element: HTMLElement,
  { series, unit, cursor }: Pick<LinesProps, 'series' | 'unit' | 'cursor'>,
  view: { readonly current: View },
): uPlot {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  return new uPlot(
    {
      ...sizeOf(element),
      padding: [8, 14, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false },
        points: { size: 7 },
        // The shared cursor moves all charts; this one is not ahead of it.
        bind: { mousedown: unbound, mouseup: unbound, dblclick: unbound, mousemove: unbound, mouseleave: unbound },
      },
      scales: scalesOf(view),
      axes: axesOf(color, unit),
      series: [
        {},
        ...series.map((each) => ({
          label: each.label,
          stroke: color(each.color),
          width: 1.5,
          points: { show: false },
          ...(each.broken ? { dash: [4, 3] } : { fill: color(`${each.color}-soft`) }),
        })),
      ],
      plugins: [shareCursor(cursor, view)],
    },
    data(view.current),
    element,
  );
}

export function Lines({ label, series, unit, cursor, times, values, span, top, fixedTop = false }: LinesProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const view = useRef<View>({ times, values, span, top, fixedTop });
  const theme = useResolvedTheme();
  useEffect(() => {
    view.current = { times, values, span, top, fixedTop };
    chart.current?.setData(data(view.current));
  }, [times, values, span, top, fixedTop]);
  useEffect(() => {
    const element = host.current;
    // Colours are read when the chart is made: another theme is another chart.
    if (element === null || theme === undefined) return;
    const made = makeChart(element, { series, unit, cursor }, view);
    chart.current = made;
    const observer = new ResizeObserver(() => made.setSize(sizeOf(element)));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [series, unit, cursor, theme]);
  return <div ref={host} className={css.lines} role="img" aria-label={label} />;
}
