/**
 * All doors over the whole contract and a real database, with handlers of the test's own. What is missing are the
 * features: each operation without a handler answers the smallest value its schema allows.
 */
import fs from 'node:fs';
import path from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import type { Settings } from '../../src/contract/host/settings.ts';
import { contract, type OperationId } from '../../src/contract/index.ts';
import type { Area, Scope } from '../../src/contract/kernel/define.ts';
import { type Clock, systemClock } from '../../src/main/core/clock.ts';
import { createAudit } from '../../src/main/core/log/audit.ts';
import type { AnyHandler, CallContext, FileContent, Principal } from '../../src/main/core/operation/operation.ts';
import { createTickets } from '../../src/main/core/operation/tickets.ts';
import { notFound } from '../../src/main/core/operation/versioned.ts';
import { createDoors, type Dialect, type Doors, type FramePort, messagePort } from '../../src/main/doors/index.ts';
import { createConnections } from '../../src/main/features/connections/index.ts';
import { openTestCore, ROOT, type TestCore } from './core.ts';
import { sampleOf } from './sample.ts';

/** The operator: everything is allowed, nothing limited. */
export const OPERATOR: Principal = {
  kind: 'panel',
  id: 'operator',
  name: 'Operator',
  scope: 'admin',
  areas: ['models', 'automation', 'host', 'any'],
  rateMultiplier: Number.POSITIVE_INFINITY,
};

/** A call that a handler saw. */
export interface SeenCall {
  op: string;
  input: unknown;
  context: CallContext;
}

/** Doors under test. */
export interface TestDoors extends AsyncDisposable {
  doors: Doors;
  core: TestCore;
  connections: ReturnType<typeof createConnections>;
  /** Address of the HTTP door, empty unless it was opened. */
  url: string;
  /** Calls that reached a handler. */
  seen: SeenCall[];
  /** Files of artifacts by id. */
  contents: Map<string, FileContent>;
  uploads: Map<string, Buffer>;
  /** Makes an API key and answers its text. */
  key(scope: Scope, areas: Area[]): string;
  /** One end of a MessagePort whose other end is served as the desktop panel's. */
  ipc(principal?: Principal): FramePort;
}

/** Test handlers by operation. */
export type TestHandlers = Partial<Record<OperationId, (input: never, context: CallContext) => unknown>>;

const SCOPES: readonly Scope[] = ['read', 'run', 'manage', 'admin'];

/**
 * Opens doors. Rate limits are off unless a setting turns them on; `http: false` opens no port, `record: false` keeps no
 * calls; `clock` takes the place of the system's, for tests of what happens with time.
 */
export async function openTestDoors(
  options: {
    handlers?: TestHandlers;
    settings?: Partial<Settings>;
    http?: boolean;
    record?: boolean;
    clock?: Clock;
    dialects?: readonly Dialect[];
  } = {},
): Promise<TestDoors> {
  const core = openTestCore({ 'rate_limits.enabled': false, ...options.settings });
  const clock = options.clock ?? systemClock;
  const { db, events, settings, log } = core;
  const { faults } = core;
  const connections = createConnections({
    db,
    events,
    clock,
    settings,
    faults,
    panelUrl: () => `${doors.url() ?? ''}/panel/`,
  });
  const seen: SeenCall[] = [];
  const contents = new Map<string, FileContent>();
  const uploads = new Map<string, Buffer>();

  const content = (name: string, text: string): FileContent => {
    const file = path.join(core.dir, name);
    fs.writeFileSync(file, text);
    return { root: core.dir, path: file, name, mime: 'application/octet-stream', bytes: Buffer.byteLength(text) };
  };
  const files = {
    artifacts_content: ({ id }: { id: string }) => {
      const content = contents.get(id);
      if (!content) throw notFound('artifact', id);
      return content;
    },
    profiles_export_content: () => content('export.age', 'sealed'),
  };
  const given: Record<string, AnyHandler> = {
    ...generated(),
    ...connections.handlers,
    ...files,
    ...options.handlers,
  };
  const handlers = Object.fromEntries(
    Object.entries(given).map(([op, handler]) => [
      op,
      (input: never, context: CallContext) => {
        if (options.record !== false) seen.push({ op, input, context });
        return handler(input, context);
      },
    ]),
  );
  const doors = createDoors({
    clock,
    db,
    log,
    faults,
    events: { history: 'history-of-the-test' },
    settings,
    storage: core.storage,
    audit: createAudit({ ...core, clock }),
    tickets: createTickets(clock),
    version: '0.0.0-test',
    outDir: path.join(ROOT, 'out'),
    panelLinkCommand: null,
    contentOrigin: () => null,
    connections,
    uploads: {
      forget: (id) => void uploads.delete(id),
      begin: () => {
        const id = `upl_${String(uploads.size).padStart(26, '0')}`;
        uploads.set(id, Buffer.alloc(0));
        return { id };
      },
      async write(id, bytes) {
        const chunks: Buffer[] = [];
        for await (const chunk of bytes) chunks.push(chunk as Buffer);
        uploads.set(id, Buffer.concat(chunks));
        const size = Buffer.concat(chunks).length;
        return { upload_id: id as never, bytes: size, sha256: 'f'.repeat(64), expires_at: '2026-11-21T00:00:00.000Z' };
      },
    },
    devtools: { redeem: () => null, attach: () => Promise.reject(new Error('no browser')) },
    dialects: options.dialects ?? [],
    baseUrl: () => doors.url() ?? '',
    handlers: [{ feature: 'test', handlers }],
    metrics: {
      tasks: () => [{ status: 'succeeded', kind: 'http', count: 3 }],
      queueDepth: () => [{ priority: 'normal', count: 2 }],
      inference: () => ({ tokens: [], works: [], moves: [], loaded: [] }),
      profilesRunning: () => 1,
      proxyTraffic: () => ({ up_bytes: 10, down_bytes: 20 }),
      logDropped: () => 0,
      listenerFailures: () => 0,
    },
    ...(options.record === false ? {} : { checkOutputAt: 'all' as const }),
  });
  if (options.http !== false) await doors.start('127.0.0.1', 0);

  return {
    doors,
    core,
    connections,
    url: doors.url() ?? '',
    seen,
    contents,
    uploads,
    key(scope, areas) {
      const scopes = SCOPES.slice(0, SCOPES.indexOf(scope) + 1);
      return connections.service.keys.create({
        name: `${scope} key`,
        scopes,
        areas,
        rate_multiplier: 1,
        expires_at: null,
      }).key;
    },
    ipc(principal = OPERATOR) {
      const { port1, port2 } = new MessageChannel();
      doors.connectPort(messagePort(port2), principal);
      return messagePort(port1);
    },
    async [Symbol.asyncDispose]() {
      await doors.stop(0);
      for (const part of connections.parts) part.stop();
      core[Symbol.dispose]();
    },
  };
}

/** A handler per operation that answers a sample of its output; streams give two items and end. */
function generated(): Record<string, AnyHandler> {
  const own = new Set(['routes']);
  const entries = Object.entries(contract).filter(([id]) => !own.has(id));
  return Object.fromEntries(
    entries.map(([id, operation]): [string, AnyHandler] => {
      const sample = sampleOf(operation.output, 'output');
      return [id, operation.stream === 'always' ? () => twice(sample) : () => sample];
    }),
  );
}

async function* twice(sample: unknown) {
  yield { ...(sample as object), seq: 1 };
  yield { ...(sample as object), seq: 2 };
}

/** Writes a file below the doors' data directory and registers it as an artifact. */
export function addArtifact(doors: TestDoors, id: string, name: string, content: string | Buffer, mime: string): void {
  const file = path.join(doors.core.dir, id);
  fs.writeFileSync(file, content);
  doors.contents.set(id, { root: doors.core.dir, path: file, name, mime, bytes: Buffer.byteLength(content) });
}
