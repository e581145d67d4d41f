/** What browsers have sent and received through their proxies, and how much they may. */
import { z } from 'zod';
import { call } from '../../kernel/define.ts';
import { ProfileId, TaskId, Timestamp } from '../../kernel/scalars.ts';

const Limit = z.int().min(1_000_000).max(Number.MAX_SAFE_INTEGER).nullable();
/** Bytes, both ways together, that a profile may use; null is no limit. Days and months are those of UTC, as providers bill. */
export const TrafficBudget = z.strictObject({
  run_bytes: Limit.default(null),
  day_bytes: Limit.default(null),
  month_bytes: Limit.default(null),
});
export type TrafficBudget = z.infer<typeof TrafficBudget>;

/** Which limit of a budget. */
export type TrafficLimit = 'run' | 'day' | 'month';

/** Bytes as the browser sends (`up`) and receives (`down`) them, TLS and headers included. */
const bytes = { up_bytes: z.int(), down_bytes: z.int() };
export const Traffic = z.object(bytes);
export type Traffic = z.infer<typeof Traffic>;

/** Hosts of one answer; what went to others is summed. */
export const TRAFFIC_HOSTS = 20;
export const HostTraffic = z.object({ host: z.string(), ...bytes });
export type HostTraffic = z.infer<typeof HostTraffic>;
const ByHost = { hosts: z.array(HostTraffic), others: Traffic };

/** One browser behind a proxy, from its start to its end. */
export const TrafficRun = z.object({
  id: z.string(),
  profile_id: z.string().nullable(),
  task_id: z.string().nullable(),
  attempt: z.int().nullable(),
  proxy_id: z.string(),
  /** As it was called then. */
  proxy_name: z.string(),
  /** Where the proxy came out, as far as its check told. */
  exit_ip: z.string().nullable(),
  started_at: Timestamp,
  ended_at: Timestamp.nullable(),
  ...bytes,
  ...ByHost,
  /** Why the budget ended it, in words. */
  spent: z.string().nullable(),
});
export type TrafficRun = z.infer<typeof TrafficRun>;

export const ProfileTraffic = z.object({
  /** False for a profile that goes out directly: nothing of it is counted. */
  metered: z.boolean(),
  budget: TrafficBudget.nullable(),
  today: Traffic,
  month: Traffic,
  /** Why its browser cannot be opened now, in words. */
  spent: z.string().nullable(),
  /** Of the runs shown. */
  ...ByHost,
  /** Newest first. */
  runs: z.array(TrafficRun),
});
export type ProfileTraffic = z.infer<typeof ProfileTraffic>;

const common = { row: '-', area: 'automation', scope: 'read' } as const;

export const trafficOperations = {
  profiles_traffic: call(z.strictObject({ id: ProfileId }), ProfileTraffic, {
    ...common,
    tags: ['profiles'],
    summary: 'Traffic of a profile through its proxies, by host and run, and what is left of its budget',
    http: { method: 'GET', path: '/v1/profiles/{id}/traffic' },
  }),
  tasks_traffic: call(z.strictObject({ id: TaskId }), z.object({ items: z.array(TrafficRun) }), {
    ...common,
    tags: ['tasks'],
    summary: 'Traffic of the attempts of a task through their proxies',
    http: { method: 'GET', path: '/v1/tasks/{id}/traffic' },
  }),
};
