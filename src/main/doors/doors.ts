/** All doors together, as the composition root builds them. */

import { contract } from '../../contract/index.ts';
import { type Clock, iso } from '../core/clock.ts';
import type { Db } from '../core/db/index.ts';
import type { StorageHealth } from '../core/disk/storage-health.ts';
import type { Events } from '../core/events.ts';
import type { Faults } from '../core/faults.ts';
import type { Audit } from '../core/log/audit.ts';
import type { Logger } from '../core/log/logger.ts';
import type { DoorName, HandlerSet, Handlers } from '../core/operation/operation.ts';
import type { Tickets } from '../core/operation/tickets.ts';
import type { SettingsReader } from '../core/settings.ts';
import type { Authenticator, ConnectionRegistry } from '../features/connections/index.ts';
import type { DevtoolsRelay } from '../features/profiles/index.ts';
import { createDevtoolsDoor } from './devtools.ts';
import { type CallTotals, createCallMetrics } from './dispatch/call-metrics.ts';
import { createDispatcher, type ServerDispatcher } from './dispatch/dispatcher.ts';
import { createIdempotency, createIdempotencyStore } from './dispatch/idempotency/index.ts';
import { createRateLimiter } from './dispatch/rate-limit.ts';
import type { Door } from './door.ts';
import type { Dialect } from './http/dialect.ts';
import { createMetricsPage, type FeatureMetrics } from './http/pages/metrics-page.ts';
import { listRoutes } from './http/pages/routes-list.ts';
import type { UploadSink } from './http/request/uploads.ts';
import { createHttpDoor } from './http/server.ts';
import { createIpcDoor, type IpcDoor } from './ipc.ts';
import { createWebSocketDoor } from './ws.ts';

/** How long running work may take to end when the doors stop, ms. */
const GRACE_MS = 10_000;

/** What the doors are made of. */
export interface DoorsDeps {
  clock: Clock;
  db: Db;
  log: Logger;
  faults: Pick<Faults, 'report'>;
  events: Pick<Events, 'history'>;
  settings: SettingsReader;
  storage: Pick<StorageHealth, 'typed'>;
  audit: Audit;
  tickets: Tickets;
  /** Version of the product. */
  version: string;
  /** Folder of the build, with `renderer/` and `docs/`. */
  outDir: string;
  panelLinkCommand: string | null;
  /** Origin of recorded and downloaded content, null while it is closed. */
  contentOrigin: () => string | null;
  connections: { authenticator: Authenticator; registry: ConnectionRegistry };
  uploads: UploadSink;
  /** Browsers in the hands of other programs. */
  devtools: DevtoolsRelay;
  /** Address that one-time URLs begin with. */
  baseUrl: () => string;
  /** Handlers of every operation but `routes`, which the doors answer themselves. */
  handlers: readonly HandlerSet[];
  /** Hand-written wires of the HTTP door. */
  dialects: readonly Dialect[];
  metrics: FeatureMetrics;
  /** See `DispatcherDeps`. */
  checkOutputAt?: readonly DoorName[] | 'all';
}

/** The doors. */
export interface Doors {
  readonly dispatcher: ServerDispatcher;
  /** Address of the HTTP door, null while it is closed. */
  url(): string | null;
  /** Why the HTTP door is closed, in one sentence for people; null when it is not. */
  error(): string | null;
  /** Calls at every door since the start. */
  calls(): CallTotals;
  /** Starts every door; a port that is taken is reported by {@link error} and may be tried again. @throws other errors of the system */
  start(host: string, port: number): Promise<void>;
  /** Serves frames to the desktop panel. */
  connectPort: IpcDoor['connectPort'];
  /** Refuses new work at every door, gives what runs `graceMs` (10 s), then closes everything. */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Creates the doors; nothing listens before `start`.
 * @throws Error when an operation has no handler, or two, or a handler has no operation
 */
export function createDoors(deps: DoorsDeps): Doors {
  const { clock, db, log, settings, audit, tickets, version, connections } = deps;
  const limiter = createRateLimiter({ clock, settings });
  const calls = createCallMetrics();

  const own: Handlers<'routes'> = { routes: ({ tag }) => listRoutes(contract, tag) };
  const dispatcher = createDispatcher({
    contract,
    handlers: [{ feature: 'doors', handlers: own }, ...deps.handlers],
    limiter,
    idempotency: createIdempotency(createIdempotencyStore(db), clock),
    audit,
    metrics: calls,
    clock,
    log,
    storage: deps.storage,
    addressOf(op, operation, id, { name, mime, bytes }) {
      const { ticket, expiresAt } = tickets.issue(op, id);
      const path = operation.http?.path.replace('{id}', encodeURIComponent(id));
      return { url: `${deps.baseUrl()}${path}?ticket=${ticket}`, expires_at: iso(expiresAt), name, mime, bytes };
    },
    ...(deps.checkOutputAt === undefined ? {} : { checkOutputAt: deps.checkOutputAt }),
  });
  const { history } = deps.events;
  const sessions = { dispatcher, clock, version, history, faults: deps.faults, registry: connections.registry };
  const ipc = createIpcDoor(sessions);
  const webSocket = createWebSocketDoor({
    ...sessions,
    authenticator: connections.authenticator,
    onBadToken: (remote) => limiter.takeFailure(remote),
  });
  const devtools = createDevtoolsDoor({ relay: deps.devtools, registry: connections.registry });
  const http = createHttpDoor({
    contract,
    dispatcher,
    authenticator: connections.authenticator,
    limiter,
    settings,
    tickets,
    uploads: deps.uploads,
    dialects: deps.dialects,
    metrics: createMetricsPage(calls, deps.metrics),
    webSocket,
    devtools,
    clock,
    log,
    version,
    outDir: deps.outDir,
    panelLinkCommand: deps.panelLinkCommand,
    contentOrigin: deps.contentOrigin,
  });

  /** Every door of this host: a new one is a folder and a line here. */
  const doors: readonly Door[] = [ipc, webSocket, devtools, http];

  return {
    dispatcher,
    url: () => http.url,
    error: () => http.error,
    calls: calls.totals,
    connectPort: ipc.connectPort,
    async start(host, port) {
      for (const door of doors) await door.start({ host, port });
    },
    async stop(graceMs = GRACE_MS) {
      try {
        await Promise.all(doors.map((door) => door.stop(graceMs)));
      } finally {
        limiter.dispose();
      }
    },
  };
}
