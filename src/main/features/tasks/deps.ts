/** What tasks need from the rest of the host. */
import type { CommandSpec } from '../../../contract/automation/commands.ts';
import type { EngineSpec } from '../../../contract/automation/kinds/index.ts';
import type { TrafficRun } from '../../../contract/automation/profile/traffic.ts';
import type { ProfileSnapshot } from '../../../contract/automation/profiles.ts';
import type { ProxyRoute } from '../../../contract/automation/proxies.ts';
import type { Redactor } from '../../../contract/kernel/redact/redact.ts';
import type { Json, JsonObject, ProfileId, ProxyId } from '../../../contract/kernel/scalars.ts';
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import type { StorageHealth } from '../../core/disk/storage-health.ts';
import type { Events } from '../../core/events.ts';
import type { Installation } from '../../core/installation.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Tickets } from '../../core/operation/tickets.ts';
import type { Secrets } from '../../core/secrets/secrets.ts';
import type { SettingsStore } from '../../core/settings.ts';
import type { Platform } from '../../platform/platform.ts';
import type { PrepareRun, Variables } from '../commands/index.ts';
import type { LaunchPlan, LaunchRequest, ProfileLease } from '../profiles/index.ts';

/** A task that takes a profile. */
interface TaskHolder {
  kind: 'task';
  id: string;
}

/** An attempt that the inference engine computes, as whoever computes it sees it. */
export interface EngineRun {
  readonly taskId: string;
  readonly signal: AbortSignal;
  /** Text without the secrets of the task. */
  mask(text: string): string;
  log(level: 'debug' | 'info' | 'warn', message: string): void;
  /** A piece of what is written; it appears in the log line by line. Resolves when the log can take more. */
  text(piece: string): Promise<void>;
  /** @param percent null when it is not known */
  progress(message: string, percent?: number | null): void;
}

/** Computes an attempt and answers its output. @throws AppError, also when the signal has aborted */
export type RunOnEngine = (spec: EngineSpec, run: EngineRun) => Promise<Json>;

/** Dependencies of the feature. */
export interface TaskDeps {
  db: Db;
  events: Events;
  clock: Clock;
  log: Logger;
  settings: Pick<SettingsStore, 'get' | 'onChange' | 'update'>;
  secrets: Pick<Secrets, 'get' | 'seal' | 'store' | 'removeOwner'>;
  tickets: Pick<Tickets, 'issue'>;
  redactor: Redactor;
  storage: Pick<StorageHealth, 'refusal' | 'report' | 'typed' | 'onChange' | 'endedFull'>;
  platform: Pick<Platform, 'fork' | 'onPowerEvent'>;
  commands: {
    prepareRun: PrepareRun;
    /**
     * Fills the variables of a spec in when an attempt begins; `stored` is the input with its secrets sealed.
     * @throws AppError `validation-error` when a secret would be exposed
     */
    resolve(
      spec: CommandSpec,
      variables: Variables,
      stored: JsonObject,
    ): { spec: CommandSpec; missing: string[]; secretParts: string[] };
  };
  profiles: {
    /** @throws AppError `not-found` */
    snapshot(id: ProfileId): ProfileSnapshot;
    /** Where a proxy is now. @throws AppError `not-found` */
    proxyRoute(id: ProxyId): ProxyRoute;
    /** @throws AppError `conflict` when the profile is in use, `profile-locked`, `browser-not-found` */
    plan(id: ProfileId | null, holder: TaskHolder, request: LaunchRequest): Promise<LaunchPlan>;
    /** Takes a profile without a browser. @throws AppError `conflict`, `profile-locked` */
    hold(id: ProfileId, holder: TaskHolder): ProfileLease;
    /** Profiles that are in use. */
    busy(): ReadonlySet<ProfileId>;
    onFree(listener: (id: ProfileId) => void): () => void;
  };
  /** What the attempts of a task sent and received through their proxies. */
  trafficOf(id: string): { items: TrafficRun[] };
  runOnEngine: RunOnEngine;
  /** Address of this host's API without a slash at the end. */
  baseUrl(): string;
  /** Address that shows an artifact on the content origin, null while that is closed. */
  contentUrl(artifact: { id: string; name: string }): string | null;
  paths: {
    /** One folder per task. */
    tasks: string;
    /** Short; one folder per attempt, removed at its end. */
    temp: string;
  };
  installation: Installation;
  /** File of the executor. */
  executorModule: string;
  /** Node program that runs the host; null where the host is not a Node program that scripts could start. */
  nodePath: string | null;
  /** Names this run of the host in leases. */
  instanceId: string;
}
