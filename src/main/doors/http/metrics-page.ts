/** `/metrics` in Prometheus' text format 0.0.4 (api.md §14). prom-client is loaded with the first scrape. */
import type { Counter as CounterType, Registry as RegistryType } from 'prom-client';
import { type CallMetrics, type CallSeries, DURATION_BUCKETS } from '../metrics.ts';

/** Figures of the features, asked at each scrape. Labels are closed sets: no ids, no names of people's things. */
export interface FeatureMetrics {
  tasks(): Iterable<{ status: string; kind: string; count: number }>;
  queueDepth(): Iterable<{ priority: string; count: number }>;
  profilesRunning(): number;
  logDropped(): number;
}

/** Answers scrapes. */
export interface MetricsPage {
  contentType: string;
  render(): Promise<string>;
}

type Prom = typeof import('prom-client');

/** Creates the page; nothing is measured before it is read for the first time. */
export function createMetricsPage(calls: CallMetrics, features: FeatureMetrics): MetricsPage {
  let registry: Promise<RegistryType> | undefined;
  return {
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    async render() {
      registry ??= import('prom-client').then((prom) => createRegistry(prom, calls, features));
      return (await registry).metrics();
    },
  };
}

function createRegistry(prom: Prom, calls: CallMetrics, features: FeatureMetrics): RegistryType {
  const { collectDefaultMetrics, Counter, Gauge, Registry } = prom;
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  function counter<L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    fill: (metric: CounterType<L>) => void,
  ): void {
    new Counter<L>({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        fill(this);
      },
    });
  }

  counter('tabagent_requests_total', 'Calls of operations', ['op', 'door', 'status'], (metric) => {
    for (const { op, door, status, count } of calls.series()) metric.inc({ op, door, status }, count);
  });
  counter('tabagent_rate_limited_total', 'Calls refused by a rate limit', ['tier'], (metric) => {
    for (const [tier, count] of calls.limitedByTier()) metric.inc({ tier }, count);
  });
  counter('tabagent_tasks_total', 'Tasks by state', ['status', 'kind'], (metric) => {
    for (const { status, kind, count } of features.tasks()) metric.inc({ status, kind }, count);
  });
  counter('tabagent_log_dropped_total', 'Log entries that were dropped', [], (metric) =>
    metric.inc(features.logDropped()),
  );

  new Gauge({
    name: 'tabagent_queue_depth',
    help: 'Tasks that wait to start',
    labelNames: ['priority'],
    registers,
    collect() {
      this.reset();
      for (const { priority, count } of features.queueDepth()) this.set({ priority }, count);
    },
  });
  new Gauge({
    name: 'tabagent_profiles_running',
    help: 'Browser profiles that are running',
    registers,
    collect() {
      this.set(features.profilesRunning());
    },
  });
  registry.registerMetric(createDurations(prom, calls));
  return registry;
}

/** The histogram of durations, whose counts were gathered outside prom-client. */
function createDurations({ Histogram }: Prom, calls: CallMetrics) {
  const name = 'tabagent_request_duration_seconds';
  class Durations extends Histogram<'op' | 'door' | 'status'> {
    override async get(): ReturnType<InstanceType<typeof Histogram>['get']> {
      const empty = await super.get();
      return { ...empty, values: [...calls.series()].flatMap((series) => seriesValues(name, series)) } as never;
    }
  }
  return new Durations({
    name,
    help: 'Seconds from admission to answer',
    labelNames: ['op', 'door', 'status'],
    buckets: [...DURATION_BUCKETS],
    registers: [],
  });
}

function seriesValues(name: string, { op, door, status, count, sum, buckets }: CallSeries) {
  const labels = { op, door, status };
  let total = 0;
  const bars = DURATION_BUCKETS.map((le, index) => {
    total += buckets[index] ?? 0;
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: total };
  });
  return [
    ...bars,
    { metricName: `${name}_bucket`, labels: { le: '+Inf', ...labels }, value: count },
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
