/** Telemetry: log, changes, audit, machine facts, diagnosis. */
import path from 'node:path';
import type { Health, HostInfo } from '../../../contract/host/system.ts';
import { iso } from '../../core/clock.ts';
import { foreignSchema } from '../../core/db/index.ts';
import type { Foundation } from '../../core/foundation.ts';
import type { Hardware } from '../../core/hardware.ts';
import type { Part } from '../../core/lifecycle.ts';
import type { AuditProblem } from '../../core/log/audit-head.ts';
import { threadModule } from '../../core/process/modules.ts';
import { createChangeService } from './changes.ts';
import { createDatabaseCheck } from './database-check.ts';
import type { DoctorDeps } from './doctor.ts';
import { createHostState } from './host-state.ts';
import { createLogService } from './logs.ts';
import { createMetrics, type Figures } from './metrics.ts';
import { telemetryHandlers } from './routes.ts';
import { createSystemReader, type LoadedModels } from './system.ts';

const AUDIT_PROBLEMS: Record<AuditProblem, string> = {
  truncated:
    'Lines at the end of the audit are missing: another program changed the database, or an older copy replaced it.',
  edited: 'Lines of the audit were changed or removed: the database was changed by something else than TabAgent.',
  rewritten: 'Lines of the audit were rewritten: the database was changed by something else than TabAgent.',
  dropped: 'A line of the audit was not kept: something else has changed the database so that it drops lines.',
  head_forged: 'The note of where the audit ended (audit-head) was not written with the key of this data directory.',
  head_missing:
    'The note of where the audit ended (audit-head) is gone, as after a restored backup: lines at its end may be missing.',
};

/** What the feature needs. */
export interface TelemetryDeps extends Foundation {
  models: LoadedModels;
  hardware: Hardware;
  /** Where the API is, or why it is not open. */
  http: DoctorDeps['http'];
  browsers: DoctorDeps['browsers'];
  /** What metrics ask of the other parts. */
  figures: Figures;
}

export function createTelemetry(deps: TelemetryDeps) {
  const { clock, version, dataDir, platform } = deps;
  const { electron } = platform.versions;
  const started = clock.monotonic();
  const state = createHostState(deps);
  const logs = createLogService(deps.logFiles, deps.log);
  const metrics = createMetrics(deps);
  const system = createSystemReader({ clock, version, dataDir, hardware: deps.hardware, models: deps.models });
  const doctor: DoctorDeps = {
    ...{ ...deps, electron, system, dbThread: threadModule(platform.appRoot, 'telemetry', 'db-check') },
    foreignSchema: () => foreignSchema(deps.db.raw, path.join(platform.appRoot, 'resources/migrations')),
  };
  if (deps.movedAside !== null) {
    state.warn(
      'database',
      `The database was damaged and is kept as ${deps.movedAside}; TabAgent started with an empty one. Copies are in ${path.join(dataDir, 'backups')}.`,
    );
    deps.log.warn('database', `The damaged database is kept as ${deps.movedAside}.`);
  }

  deps.audit.onProblem((found) => {
    // After a restore the head of the audit is gone too; what drops lines does so until somebody removes it.
    const name = found === 'head_missing' ? 'audit-head' : found === 'dropped' ? 'audit-dropped' : 'audit';
    state.warn(name, AUDIT_PROBLEMS[found]);
    deps.log.error('audit', AUDIT_PROBLEMS[found]);
  });

  const health = (): Health => {
    const reason = state.reason();
    return {
      status: reason === null ? 'ok' : 'degraded',
      service: 'tabagent-server',
      version,
      timestamp: iso(clock.now()),
      uptime_seconds: Math.round(clock.monotonic() - started) / 1000,
      ready: state.ready,
      ...(reason === null ? {} : { reason }),
    };
  };
  const hostInfo = async (): Promise<HostInfo> => ({
    platform: platform.kind,
    electron,
    data_dir: dataDir,
    log_dir: path.join(dataDir, 'logs'),
    url: deps.http().url,
    http_error: deps.http().error,
    started_at: deps.startedAt,
    version,
    node: process.versions.node,
    pid: process.pid,
    secrets: await state.secrets(),
    warnings: state.warnings(),
  });

  const parts: Part[] = [
    createDatabaseCheck(deps, doctor, (sentence) => {
      state.warn('schema', sentence);
      deps.log.error('database', sentence);
    }),
    { name: 'metrics', start: metrics.start, stop: metrics.stop },
    // Opened early for its warnings, but after the start: the operating system may prompt for a password.
    { name: 'key store', ...(deps.serving ? { afterStart: async () => void (await state.secrets()) } : {}) },
  ];
  const changes = createChangeService(deps.events);
  const handlers = telemetryHandlers({ health, hostInfo, doctor, logs, metrics, changes, audit: deps.audit });
  return { state, handlers, parts };
}
