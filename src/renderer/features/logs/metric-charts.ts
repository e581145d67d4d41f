/** Charts of the metrics grid in display order: host process, machine and queue, throughput. */
import { count } from '../../lib/format.ts';
import type { LineSeries } from '../../ui/chart/lines.tsx';
import type { ColumnId } from './metrics-frame.ts';

export interface MetricSeries extends LineSeries {
  column: ColumnId;
}

export interface MetricChart {
  id: string;
  title: string;
  /** Tooltip that says what is measured. */
  hint?: string;
  series: readonly MetricSeries[];
  format(value: number): string;
  /** Reserved width of a value, in characters, so that changing values do not move their labels. */
  width: number;
  unit: string;
  /** Minimum upper bound of the vertical axis; `memory`: the machine's total. */
  top: number | 'memory';
  /** `top` is the upper bound whatever the data. */
  fixedTop?: boolean;
}

const tenths = (value: number) => value.toFixed(1);
const rate = (value: number) => `${value > 0 && value < 10 ? tenths(value) : count(Math.round(value))}/s`;
const whole = (value: number) => count(Math.round(value));
const percent = (value: number) => `${tenths(value)} %`;

export const METRIC_CHARTS: readonly MetricChart[] = [
  {
    id: 'host-cpu',
    title: 'CPU, TabAgent',
    hint: 'Share of one core, without browsers and tasks',
    series: [{ label: '', color: '--info', column: 'host_cpu' }],
    format: percent,
    width: 6,
    unit: ' %',
    top: 20,
  },
  {
    id: 'host-memory',
    title: 'Memory, TabAgent',
    hint: 'Resident memory of the host, without browsers and tasks',
    series: [{ label: '', color: '--info', column: 'host_memory' }],
    format: (value) => `${whole(value)} MB`,
    width: 7,
    unit: ' MB',
    top: 100,
  },
  {
    id: 'loop',
    title: 'Event loop delay',
    hint: '99th percentile of the delay of the host’s event loop',
    series: [{ label: '', color: '--info', column: 'loop_delay' }],
    format: (value) => `${tenths(value)} ms`,
    width: 7,
    unit: ' ms',
    top: 20,
  },
  {
    id: 'machine-cpu',
    title: 'CPU, machine',
    hint: 'Of all cores',
    series: [{ label: '', color: '--info', column: 'machine_cpu' }],
    format: percent,
    width: 6,
    unit: ' %',
    top: 100,
    fixedTop: true,
  },
  {
    id: 'machine-memory',
    title: 'Memory, machine',
    series: [{ label: '', color: '--info', column: 'machine_memory' }],
    format: (value) => `${tenths(value)} GB`,
    width: 7,
    unit: ' GB',
    top: 'memory',
    fixedTop: true,
  },
  {
    id: 'queue',
    title: 'Queue',
    series: [
      { label: 'Running', color: '--info', column: 'running' },
      { label: 'Waiting', color: '--warn', column: 'waiting', broken: true },
    ],
    format: whole,
    width: 3,
    unit: '',
    top: 4,
  },
  {
    id: 'ended',
    title: 'Tasks ended',
    hint: 'In the last minute, without cancelled tasks',
    series: [
      { label: 'Succeeded', color: '--good', column: 'succeeded' },
      { label: 'Failed', color: '--bad', column: 'failed', broken: true },
    ],
    format: (value) => `${whole(value)}/min`,
    width: 6,
    unit: '',
    top: 4,
  },
  {
    id: 'calls',
    title: 'Calls',
    hint: 'On all channels; a stream counts when it ends',
    series: [
      { label: 'All', color: '--info', column: 'calls' },
      { label: 'Failed', color: '--bad', column: 'calls_failed', broken: true },
    ],
    format: rate,
    width: 5,
    unit: '/s',
    top: 4,
  },
  {
    id: 'log',
    title: 'Log lines',
    series: [
      { label: 'Written', color: '--info', column: 'log_entries' },
      { label: 'Dropped', color: '--bad', column: 'log_dropped', broken: true },
    ],
    format: rate,
    width: 5,
    unit: '/s',
    top: 4,
  },
];
