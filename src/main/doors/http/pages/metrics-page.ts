/** `/metrics` in Prometheus' text format 0.0.4. prom-client is loaded with the first scrape. */
import type { Counter as CounterType, Registry as RegistryType } from 'prom-client';
import { type CallMetrics, type CallSeries, DURATION_BUCKETS } from '../../dispatch/call-metrics.ts';

/** Figures of the features, asked at each scrape. Labels are closed sets: no ids, no names that users give. */
export interface FeatureMetrics {
  tasks(): Iterable<{ status: string; kind: string; count: number }>;
  queueDepth(): Iterable<{ priority: string; count: number }>;
  profilesRunning(): number;
  logDropped(): number;
  /** Errors that listeners threw. */
  listenerFailures(): number;
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
      // Bundled, a CommonJS package has nothing but its default export.
      registry ??= import('prom-client').then((prom) => createRegistry(prom.default, calls, features));
      return `${await (await registry).metrics()}\n${durations(calls)}`;
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
  counter('tabagent_listener_failures_total', 'Errors thrown by listeners inside the host', [], (metric) =>
    metric.inc(features.listenerFailures()),
  );
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
  return registry;
}

/** The histogram of durations. Its counts are gathered outside prom-client, which has no way to take them over. */
function durations(calls: CallMetrics): string {
  const name = 'tabagent_request_duration_seconds';
  const lines = [...calls.series()].flatMap((series) => seriesLines(name, series));
  return [`# HELP ${name} Seconds from admission to answer`, `# TYPE ${name} histogram`, ...lines, ''].join('\n');
}

function seriesLines(name: string, { op, door, status, count, sum, buckets }: CallSeries): string[] {
  // Operation ids, door names and statuses need no escaping.
  const labels = `op="${op}",door="${door}",status="${status}"`;
  let total = 0;
  const bars = DURATION_BUCKETS.map((bound, index) => {
    total += buckets[index] ?? 0;
    return `${name}_bucket{le="${bound}",${labels}} ${total}`;
  });
  return [
    ...bars,
    `${name}_bucket{le="+Inf",${labels}} ${count}`,
    `${name}_sum{${labels}} ${sum}`,
    `${name}_count{${labels}} ${count}`,
  ];
}
