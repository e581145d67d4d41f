/** `/metrics` in Prometheus' text format 0.0.4. prom-client is loaded with the first scrape. */
import type { Counter as CounterType, Gauge as GaugeType, Registry as RegistryType } from 'prom-client';
import { type CallMetrics, type CallSeries, DURATION_BUCKETS } from '../../dispatch/call-metrics.ts';

/** Figures of the features, asked at each scrape. Labels are closed sets: no ids, no names that users give but those of models. */
export interface FeatureMetrics {
  tasks(): Iterable<{ status: string; kind: string; count: number }>;
  queueDepth(): Iterable<{ priority: string; count: number }>;
  profilesRunning(): number;
  /** Bytes of browsers through proxies. */
  proxyTraffic(): { up_bytes: number; down_bytes: number };
  /** Tokens, requests and loads by model since the start, and loaded models with what they take. Ids of models are few and no secret. */
  inference(): {
    tokens: { model: string; kind: string; count: number }[];
    works: { model: string; work: string; outcome: string; count: number; seconds: number }[];
    moves: { model: string; cause: string; count: number }[];
    loaded: { model: string; bytes: number; active: number; queued: number }[];
  };
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

  function gauge<L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    fill: (metric: GaugeType<L>) => void,
  ): void {
    new Gauge<L>({
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

  addInference({ counter, gauge }, features.inference);
  gauge('tabagent_queue_depth', 'Tasks that wait to start', ['priority'], (metric) => {
    for (const { priority, count } of features.queueDepth()) metric.set({ priority }, count);
  });
  gauge('tabagent_profiles_running', 'Browser profiles that are running', [], (metric) =>
    metric.set(features.profilesRunning()),
  );
  counter('tabagent_proxy_bytes_total', 'Bytes of browsers through their proxies', ['direction'], (metric) => {
    const { up_bytes, down_bytes } = features.proxyTraffic();
    metric.inc({ direction: 'up' }, up_bytes);
    metric.inc({ direction: 'down' }, down_bytes);
  });
  return registry;
}

/** Adds a metric that is filled at each scrape. */
type Add<M extends 'counter' | 'gauge'> = <L extends string>(
  name: string,
  help: string,
  labelNames: L[],
  fill: (metric: M extends 'counter' ? CounterType<L> : GaugeType<L>) => void,
) => void;

/** What models have done, and what those in memory take. */
function addInference(
  { counter, gauge }: { counter: Add<'counter'>; gauge: Add<'gauge'> },
  read: FeatureMetrics['inference'],
): void {
  counter('tabagent_tokens_total', 'Tokens that models read and wrote', ['model', 'kind'], (metric) => {
    for (const { model, kind, count } of read().tokens) metric.inc({ model, kind }, count);
  });
  counter(
    'tabagent_inference_total',
    'Requests to models that have ended, by outcome',
    ['model', 'work', 'outcome'],
    (metric) => {
      for (const { model, work, outcome, count } of read().works) metric.inc({ model, work, outcome }, count);
    },
  );
  counter(
    'tabagent_inference_seconds_total',
    'Seconds that requests to models took, with their wait for a turn',
    ['model', 'work'],
    (metric) => {
      for (const { model, work, seconds } of read().works) metric.inc({ model, work }, seconds);
    },
  );
  counter(
    'tabagent_model_moves_total',
    'Models that came into memory (load), and left it: asked, idle, room, reload, ended',
    ['model', 'cause'],
    (metric) => {
      for (const { model, cause, count } of read().moves) metric.inc({ model, cause }, count);
    },
  );
  gauge('tabagent_models_loaded', 'Models in memory', [], (metric) => metric.set(read().loaded.length));
  gauge('tabagent_model_memory_bytes', 'Memory of loaded models, as counted before loading', ['model'], (metric) => {
    for (const { model, bytes } of read().loaded) metric.set({ model }, bytes);
  });
  gauge('tabagent_inference_requests', 'Requests of loaded models', ['model', 'state'], (metric) => {
    for (const { model, active, queued } of read().loaded) {
      metric.set({ model, state: 'active' }, active);
      metric.set({ model, state: 'queued' }, queued);
    }
  });
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
