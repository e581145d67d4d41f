/**
 * A host in a process of its own, so that its memory and its event loop are measured apart from what attacks it:
 * `fork('fuzz-host.ts', [<data dir>])`. What the parent sends is handed to the doors that have no socket.
 */
import fs from 'node:fs';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { Settings } from '../../src/contract/host/settings.ts';
import { toAppError } from '../../src/contract/kernel/errors.ts';
import { readHostFile } from '../../src/main/core/instance-lock.ts';
import { currentOperation } from '../../src/main/core/operation/current.ts';
import type { CallContext } from '../../src/main/core/operation/operation.ts';
import { OPERATOR } from '../../src/main/core/operation/operator.ts';
import { messagePort } from '../../src/main/doors/index.ts';
import { createHost, type Host } from '../../src/main/host.ts';
import { createNodePlatform } from '../../src/main/platform/node.ts';
import { ROOT } from '../support/core.ts';

/** What the parent may say. */
export type ToFuzzHost =
  | { t: 'port' }
  | { t: 'frame'; frame: unknown }
  | { t: 'memory'; n: number; op: string; input: unknown }
  | { t: 'addresses'; n: number }
  | { t: 'sample' };

/** What the host answers. */
export type FromFuzzHost =
  | { t: 'ready'; url: string; token: string; ids: Record<string, string> }
  | { t: 'frame'; frame: unknown }
  | { t: 'memory'; n: number; status: number; code: string }
  | { t: 'addresses'; n: number; put: string; content: string }
  | ({ t: 'sample'; ids: Record<string, string> } & Sample);

/** The state of the host. */
export interface Sample {
  /** Calls that have reached a handler so far. */
  entered: number;
  /** After a collection, MiB. */
  heapMb: number;
  rssMb: number;
  /** Longest time since the last sample in which the event loop took no timer: its own work, and in all; ms. */
  busyMs: number;
  heldMs: number;
}

const [dataDir = ''] = process.argv.slice(2);
const tell = (message: FromFuzzHost) => process.send?.(message);

async function open(overrides: Partial<Settings>): Promise<Host> {
  const host = await createHost(createNodePlatform({ appRoot: ROOT }), {
    dataDir,
    overrides: { host: '127.0.0.1', port: 0, 'rate_limits.enabled': false, log_level: 'error', ...overrides },
    http: true,
    contentPort: 0,
    browserArgs: [],
  });
  await host.start();
  return host;
}

/** One of everything that inputs name by an id. The task leaves an artifact, which takes a host that runs tasks. */
async function fill(): Promise<Record<string, string>> {
  const { client, stop } = await open({});
  // Larger than what a row keeps of an output.
  const argv = [process.execPath, '-p', 'JSON.stringify("x".repeat(2_000_000))'];
  const task = await client.call('tasks_create', { spec: { kind: 'process', argv, output: 'json' }, wait: true });
  if (!('id' in task)) throw new Error('a batch was made');
  const [artifact] = (await client.call('artifacts_list', { id: task.id })).items;
  const backup = await client.call('backups_create', { wait: true });
  // Of all kinds the one that has results.
  const done = await client.call('tasks_bulk', { filter: {}, action: 'cancel', wait: true });
  const job = 'results_url' in done ? done.results_url.split('/')[3] : undefined;
  if (!artifact || !('id' in backup) || !job) throw new Error('the host could not be filled');
  await stop('filled');
  return { art: artifact.id, bak: backup.id, job };
}

/** Of what inputs may remove, another one. */
async function fresh({ client }: Host): Promise<Record<string, string>> {
  const task = await client.call('tasks_create', { spec: { kind: 'process', argv: ['true'] } });
  return {
    ...('id' in task ? { tsk: task.id } : {}),
    prf: (await client.call('profiles_create', { name: 'Fuzzed' })).id,
    cmd: (await client.call('commands_create', { name: 'Fuzzed', kind: 'process', spec: { argv: ['true'] } })).id,
    key: (await client.call('keys_create', { name: 'fuzzed' })).id,
  };
}

/** Counts what the dispatcher hands to handlers, but for what comes from within. */
function countEntries(): () => number {
  let entered = 0;
  const run = currentOperation.run.bind(currentOperation);
  currentOperation.run = ((...given: Parameters<typeof run>) => {
    const { context } = given[0] as { context: Partial<CallContext> };
    if (context.door !== 'memory') entered += 1;
    return run(...given);
  }) as typeof currentOperation.run;
  return () => entered;
}

/** Watches how long the event loop is held up; by the processor time of this thread, which other programs do not take from. */
function watchLoop() {
  const EVERY_MS = 10;
  const longest = { busyMs: 0, heldMs: 0 };
  const processor = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let last = { at: performance.now(), busy: processor() };
  const restart = () => {
    last = { at: performance.now(), busy: processor() };
  };
  setInterval(() => {
    const before = last;
    restart();
    const heldMs = last.at - before.at - EVERY_MS;
    longest.heldMs = Math.max(longest.heldMs, heldMs);
    longest.busyMs = Math.max(longest.busyMs, Math.min(heldMs, last.busy - before.busy));
  }, EVERY_MS);
  return {
    restart,
    take() {
      const taken = { ...longest };
      longest.busyMs = 0;
      longest.heldMs = 0;
      return taken;
    },
  };
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
process.env.TABAGENT_KEYRING = 'off';
const kept = await fill();
// Nothing runs, and no browser is opened, whatever is asked for.
const host = await open({
  'executor.paused': true,
  'browser.executable_path': '/nonexistent/browser',
  'hub.offline': true,
});
const info = readHostFile(dataDir);
if (!info?.url) throw new Error('the host did not open its port');

const entered = countEntries();
const loop = watchLoop();
let port: MessagePort | undefined;

/** Connects as the page of the desktop's window does; the port before closes. */
function connect(): void {
  port?.close();
  const { port1, port2 } = new MessageChannel();
  host.desktop.connectPort(messagePort(port2), OPERATOR);
  port1.on('message', (frame: unknown) => tell({ t: 'frame', frame }));
  port = port1;
}

async function fromMemory(n: number, op: string, input: unknown): Promise<void> {
  try {
    const result = await host.client.raw(op, input);
    if (result.kind === 'stream') await result.items[Symbol.asyncIterator]().return?.();
    tell({ t: 'memory', n, status: 200, code: '' });
  } catch (thrown) {
    const { status, slug } = toAppError(thrown);
    tell({ t: 'memory', n, status, code: slug });
  }
}

let announced = 0;

/** No upload of a run takes as long to arrive, ms. */
const ARRIVED_MS = 10_000;

/** Takes uploads away that have arrived, as if a day had gone by: a long run comes to the thousand that one caller may have. */
function freeUploads(): void {
  const db = new Database(path.join(dataDir, 'tabagent.db'));
  try {
    const old = db.prepare('DELETE FROM upload WHERE created_at < ? RETURNING id').pluck();
    for (const id of old.all(Date.now() - ARRIVED_MS))
      fs.rmSync(path.join(dataDir, 'uploads', String(id)), { force: true });
  } finally {
    db.close();
  }
}

/** Addresses for bytes: to put a file, and to load an artifact once. */
async function addresses(n: number): Promise<void> {
  announced += 1;
  // Each leaves two uploads at most: this one and that of its request.
  if (announced % 400 === 0) freeUploads();
  const upload = await host.client.call('uploads_create', { name: 'fuzzed' });
  const put = 'put_url' in upload ? upload.put_url : '';
  // Its task may have been removed.
  const content = await host.client.call('artifacts_get', { id: kept.art ?? '' }).then(
    ({ url }) => url,
    () => `/v1/artifacts/${kept.art}/content`,
  );
  tell({ t: 'addresses', n, put, content });
}

async function sample(): Promise<void> {
  const longest = loop.take();
  const ids = await fresh(host);
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  tell({ t: 'sample', ids, entered: entered(), heapMb: heapUsed / 2 ** 20, rssMb: rss / 2 ** 20, ...longest });
  // The collection is the measurement's own.
  loop.restart();
}

process.on('message', (message: ToFuzzHost) => {
  switch (message.t) {
    case 'port':
      return connect();
    case 'frame':
      return port?.postMessage(message.frame);
    case 'memory':
      return void fromMemory(message.n, message.op, message.input);
    case 'addresses':
      return void addresses(message.n);
    case 'sample':
      return void sample();
  }
});
process.on('disconnect', () => process.exit());
tell({ t: 'ready', url: info.url, token: info.token, ids: kept });
