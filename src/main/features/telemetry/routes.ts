/** Handlers of logs, metrics, changes, audit and the host's own state: maps only. */
import type { Health, HostInfo } from '../../../contract/host/system.ts';
import type { Audit } from '../../core/log/audit.ts';
import type { Handlers } from '../../core/operation/operation.ts';
import { sharedWork } from '../../core/scheduling/shared-work.ts';
import type { ChangeService } from './changes.ts';
import { type DoctorDeps, diagnose } from './doctor.ts';
import type { LogService } from './logs.ts';
import type { MetricsSampler } from './metrics-sampler.ts';

/** Ids of the operations that this feature answers. */
export type TelemetryOperationId =
  | 'health'
  | 'system'
  | 'get_resources'
  | 'host_info'
  | 'host_diagnose'
  | 'logs_query'
  | 'logs_stats'
  | 'logs_follow'
  | 'logs_write'
  | 'logs_clear'
  | 'metrics_follow'
  | 'changes_follow'
  | 'changes_list'
  | 'audit_list'
  | 'audit_verify';

/** Maps the operations onto the services. */
export function telemetryHandlers(deps: {
  health: () => Health;
  hostInfo: () => Promise<HostInfo>;
  doctor: DoctorDeps;
  logs: LogService;
  metrics: MetricsSampler;
  changes: ChangeService;
  audit: Audit;
}): Handlers<TelemetryOperationId> {
  const { doctor, logs, metrics, changes, audit } = deps;
  const checks = sharedWork((signal) => diagnose(doctor, signal));
  return {
    health: deps.health,
    system: () => doctor.system.info(),
    get_resources: () => doctor.system.resources(),
    host_info: deps.hostInfo,
    host_diagnose: async (_input, { signal }) => ({ checks: await checks(signal) }),
    logs_query: (input) => logs.query(input),
    logs_stats: () => logs.stats(),
    logs_follow: (input, { signal }) => logs.follow(input, signal),
    logs_write: ({ entries }) => ({ stored: logs.write(entries) }),
    logs_clear: async ({ before }) => ({ cleared: await logs.clear(before ?? Number.MAX_SAFE_INTEGER) }),
    metrics_follow: (_input, { signal }) => metrics.follow(signal),
    changes_follow: (input, { principal, signal }) => changes.follow(input, principal, signal),
    changes_list: (input, { principal }) => changes.list(input, principal),
    audit_list: (input) => audit.list(input),
    audit_verify: () => audit.verify(),
  };
}
