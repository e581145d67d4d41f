/** All doors together, as the composition root builds them. */

import { contract } from '../../contract/index.ts';
import { type Clock, iso } from '../core/clock.ts';
import type { Db } from '../core/db/index.ts';
import type { Audit } from '../core/log/audit.ts';
import type { Logger } from '../core/log/logger.ts';
import type { DoorName, HandlerSet, Handlers, Principal } from '../core/operation/operation.ts';
import type { Tickets } from '../core/operation/tickets.ts';
import type { SettingsReader } from '../core/settings.ts';
import type { Authenticator, ConnectionRegistry } from '../features/connections/index.ts';
import { type CallTotals, createCallMetrics } from './dispatch/call-metrics.ts';
import { createDispatcher, type ServerDispatcher } from './dispatch/dispatcher.ts';
import { createIdempotency, createIdempotencyStore } from './dispatch/idempotency/index.ts';
import { createRateLimiter } from './dispatch/rate-limit.ts';
import type { FramePort } from './frames/frame-port.ts';
import { type FrameSession, openFrameSession } from './frames/frame-session.ts';
import type { Dialect } from './http/dialect.ts';
import { PortInUseError } from './http/listen.ts';
import { createMetricsPage, type FeatureMetrics } from './http/pages/metrics-page.ts';
import { listRoutes } from './http/pages/routes-list.ts';
import type { UploadSink } from './http/request/uploads.ts';
import { createHttpDoor } from './http/server.ts';
import { createWebSocketDoor } from './ws.ts';

/** What the doors are made of. */
export interface DoorsDeps {
  clock: Clock;
  db: Db;
  log: Logger;
  settings: SettingsReader;
  audit: Audit;
  tickets: Tickets;
  /** Version of the product. */
  version: string;
  /** Folder of the build, with `renderer/` and `docs/`. */
  outDir: string;
  connections: { authenticator: Authenticator; registry: ConnectionRegistry };
  uploads: UploadSink;
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
  /** Opens the HTTP door; a port that is taken is told by {@link error} and may be tried again. @throws other errors of the system */
  start(host: string, port: number): Promise<void>;
  /** Serves frames to a port of the desktop panel until it closes. @returns closes it */
  connectPort(port: FramePort, principal: Principal): () => void;
  /** Refuses new work, gives what runs `graceMs` (10 s), then closes everything. */
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
  const sessions = new Set<FrameSession>();
  let failure: string | null = null;

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
    addressOf(op, operation, id, { name, mime, bytes }) {
      const { ticket, expiresAt } = tickets.issue(op, id);
      const path = operation.http?.path.replace('{id}', encodeURIComponent(id));
      return { url: `${deps.baseUrl()}${path}?ticket=${ticket}`, expires_at: iso(expiresAt), name, mime, bytes };
    },
    ...(deps.checkOutputAt === undefined ? {} : { checkOutputAt: deps.checkOutputAt }),
  });
  const sessionDeps = { dispatcher, clock, version };
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
    webSocket: createWebSocketDoor({
      ...sessionDeps,
      authenticator: connections.authenticator,
      registry: connections.registry,
      onBadToken: (remote) => limiter.takeFailure(remote),
    }),
    clock,
    log,
    version,
    outDir: deps.outDir,
  });

  return {
    dispatcher,
    url: () => http.url,
    error: () => failure,
    calls: calls.totals,
    async start(host, port) {
      try {
        await http.listen(host, port);
        failure = null;
      } catch (error) {
        if (!(error instanceof PortInUseError)) throw error;
        failure = error.message;
        log.warn('http', error.message);
      }
    },
    connectPort(port, principal) {
      const session = openFrameSession(port, sessionDeps, {
        door: 'ipc',
        peer: { principal, remote: 'local' },
        instance: (op) => `/rpc#${op}`,
      });
      sessions.add(session);
      const forget = connections.registry.add({
        kind: 'panel',
        origin: null,
        principal: () => principal,
        rttMs: () => session.rttMs,
        revoke: () => session.close('revoked'),
      });
      session.onClose(() => {
        sessions.delete(session);
        forget();
      });
      return () => port.close();
    },
    async stop(graceMs) {
      for (const session of sessions) session.close('shutdown');
      await http.close(graceMs);
      limiter.dispose();
    },
  };
}
