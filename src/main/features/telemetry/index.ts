/** Telemetry: log, changes, audit, machine facts, diagnosis. */

import type { Health, HostInfo } from '../../../contract/host/system.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import { type Clock, iso } from '../../core/clock.ts';
import type { Events } from '../../core/events.ts';
import type { Audit } from '../../core/log/audit.ts';
import type { LogFiles } from '../../core/log/log-files.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Handlers } from '../../core/operation/operation.ts';
import { createChangeService } from './changes.ts';
import { type DoctorDeps, diagnose } from './doctor.ts';
import type { HostState } from './host-state.ts';
import { createLogService } from './logs.ts';
import { createMetrics, type Figures } from './metrics.ts';
import { createSystemReader } from './system.ts';

export { createHostState, type HostState } from './host-state.ts';

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

/** Builds the feature. */
export function createTelemetry(deps: {
  clock: Clock;
  events: Events;
  log: Logger;
  logFiles: LogFiles;
  audit: Audit;
  version: string;
  doctor: Omit<DoctorDeps, 'system'>;
  state: HostState;
  /** What metrics ask of the other parts. */
  figures: Figures;
  /** Facts of the running host that only the composition root knows. */
  facts: () => Pick<HostInfo, 'platform' | 'electron' | 'data_dir' | 'log_dir' | 'url' | 'http_error' | 'started_at'>;
}) {
  const { clock, audit, version, state } = deps;
  const started = clock.monotonic();
  const logs = createLogService(deps.logFiles, deps.log);
  const changes = createChangeService(deps.events);
  const metrics = createMetrics(deps);
  const system = createSystemReader({ clock, version, dataDir: deps.doctor.dataDir });

  const health = (): Health => ({
    status: state.degraded() ? 'degraded' : 'ok',
    service: 'tabagent-server',
    version,
    timestamp: iso(clock.now()),
    uptime_seconds: Math.round(clock.monotonic() - started) / 1000,
    ready: state.ready,
  });

  const handlers: Handlers<TelemetryOperationId> = {
    health,
    system: () => system.info(),
    get_resources: () => system.resources(),
    host_info: async () => ({
      ...deps.facts(),
      version,
      node: process.versions.node,
      pid: process.pid,
      secrets: await state.secrets(),
      warnings: state.warnings(),
    }),
    host_diagnose: async (_input, { signal }) => ({ checks: await diagnose({ ...deps.doctor, system }, signal) }),
    logs_query: (input) => logs.query(input),
    logs_stats: () => logs.stats(),
    logs_follow: (input, { signal }) => logs.follow(input, signal),
    logs_write: ({ entries }) => ({ stored: logs.write(entries) }),
    logs_clear: async ({ before }) => ({ cleared: await logs.clear(before ?? Number.MAX_SAFE_INTEGER) }),
    metrics_follow: (_input, { signal }) => metrics.follow(signal),
    changes_follow: (input, { principal, signal }) => changes.follow(input, principal, signal),
    changes_list: (input, { principal }) => changes.list(input, principal),
    audit_list: ({ cursor, limit, op, principal, q }) => {
      const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor);
      if (!Number.isSafeInteger(before)) {
        throw new AppError('validation-error', "Field 'cursor': is not a cursor of the audit", {
          errors: { cursor: 'is not a cursor of the audit' },
          extra: { field: 'cursor' },
        });
      }
      const found = audit.list({
        before,
        limit: limit + 1,
        ...(op === undefined ? {} : { op }),
        ...(principal === undefined ? {} : { principal }),
        ...(q === undefined ? {} : { q }),
      });
      const more = found.length > limit;
      const items = more ? found.slice(0, limit) : found;
      return { items, next_cursor: more ? String(items.at(-1)?.seq) : null, total: null };
    },
    audit_verify: () => audit.verify(),
  };
  return { handlers, health, logs, metrics };
}
