/**
 * What the doors cost: /v1/health against a bare Fastify in the same run, calls a second at each door, and the delay of
 * the event loop meanwhile. Servers and load run in processes of their own; rounds alternate, and medians count.
 */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { promisify } from 'node:util';
import fastify from 'fastify';
import { createMemoryClient } from '../../src/main/doors/index.ts';
import { OPERATOR, openTestDoors } from '../support/doors.ts';
import { type FrameClient, frameClient, openSocket } from '../support/frame-client.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const ROUNDS = 7;
const SECONDS = 1;
const CONNECTIONS = 50;
/** Calls that a frame client keeps open. */
const PIPELINE = 32;
/** The bar of /v1/health against bare Fastify. */
const BAR = 0.8;

const health = () => ({
  status: 'ok' as const,
  service: 'tabagent-server' as const,
  version: '0.0.0',
  timestamp: new Date().toISOString(),
  uptime_seconds: process.uptime(),
  ready: true,
});

/** Runs the benchmark and prints its figures. @returns false when the bar is missed */
export async function bench(): Promise<boolean> {
  const bare = await startServer('bare');
  const ours = await startServer('ours');
  const rounds: { bare: number; ours: number }[] = [];
  let delayP99 = 0;
  let cpu = { bare: 0, ours: 0 };
  try {
    await load(`${bare.url}/v1/health`, 1);
    await load(`${ours.url}/v1/health`, 1);
    const before = { bare: await ask(bare.child, 'cpu'), ours: await ask(ours.child, 'cpu') };
    for (let round = 0; round < ROUNDS; round++) {
      const bareRate = await load(`${bare.url}/v1/health`, SECONDS);
      rounds.push({ bare: bareRate, ours: await load(`${ours.url}/v1/health`, SECONDS) });
    }
    delayP99 = await ask(ours.child, 'delay');
    const perRequest = (used: number, rates: number[]) => used / (rates.reduce((sum, one) => sum + one, 0) * SECONDS);
    cpu = {
      bare: perRequest(
        (await ask(bare.child, 'cpu')) - before.bare,
        rounds.map((round) => round.bare),
      ),
      ours: perRequest(
        (await ask(ours.child, 'cpu')) - before.ours,
        rounds.map((round) => round.ours),
      ),
    };
  } finally {
    bare.child.kill();
    ours.child.kill();
  }
  const ratio = median(rounds.map((round) => round.ours / round.bare));
  const rates = `${fmt(median(rounds.map((round) => round.ours)))}/s ÷ ${fmt(median(rounds.map((round) => round.bare)))}/s`;
  print('/v1/health ÷ bare Fastify', ratio.toFixed(2), `${rates}, bar ${BAR}; rate limits off`);
  print('processor time per request', `${cpu.ours.toFixed(1)} µs`, `bare Fastify ${cpu.bare.toFixed(1)} µs`);
  print('event loop delay under that load, p99', `${delayP99.toFixed(1)} ms`, 'sampled every 10 ms');
  await callsPerSecond();
  return ratio >= BAR;
}

async function callsPerSecond(): Promise<void> {
  const subject = await openTestDoors({ handlers: { health }, record: false });
  const memory = createMemoryClient(subject.doors.dispatcher, OPERATOR);
  const ipc = frameClient(subject.ipc());
  const { client: ws } = await openSocket(subject.url);
  const overFrames = (client: FrameClient) => async () => {
    await client.call('health');
    client.frames.length = 0;
  };
  print('dispatcher, memory', `${fmt(await rate(() => memory.call('health')))}/s`, 'calls of health');
  print(
    'dispatcher, MessagePort',
    `${fmt(await rate(overFrames(ipc)))}/s`,
    `${PIPELINE} open calls, client in the same thread`,
  );
  print(
    'dispatcher, WebSocket',
    `${fmt(await rate(overFrames(ws)))}/s`,
    `${PIPELINE} open calls, client in the same thread`,
  );
  ipc.close();
  ws.close();
  await subject[Symbol.asyncDispose]();
}

/** Calls a second with {@link PIPELINE} calls open, measured for a second after a short warm-up. */
async function rate(call: () => Promise<unknown>): Promise<number> {
  const runFor = async (ms: number) => {
    const end = performance.now() + ms;
    let count = 0;
    const lane = async () => {
      while (performance.now() < end) {
        await call();
        count += 1;
      }
    };
    await Promise.all(Array.from({ length: PIPELINE }, lane));
    return count / (ms / 1000);
  };
  await runFor(300);
  return runFor(1000);
}

async function startServer(kind: 'bare' | 'ours'): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(import.meta.filename, [kind], { stdio: 'inherit' });
  const [url] = (await once(child, 'message')) as [string];
  return { child, url };
}

/** Processor time (µs) or loop delay (ms) of a server. */
async function ask(child: ChildProcess, what: 'cpu' | 'delay'): Promise<number> {
  child.send(what);
  const [figure] = (await once(child, 'message')) as [number];
  return figure;
}

async function serve(kind: string): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  const cpu = () => process.cpuUsage().user + process.cpuUsage().system;
  process.on('message', (what) => process.send?.(what === 'cpu' ? cpu() : delay.percentile(99) / 1e6));
  if (kind === 'bare') {
    const app = fastify();
    app.get('/v1/health', async () => health());
    process.send?.(await app.listen({ host: '127.0.0.1', port: 0 }));
  } else {
    const { url } = await openTestDoors({ handlers: { health }, record: false });
    process.send?.(url);
  }
  delay.enable();
}

/** Requests a second, by autocannon in a process of its own. */
async function load(url: string, seconds: number): Promise<number> {
  const cannon = path.join(ROOT, 'node_modules/autocannon/autocannon.js');
  const { stdout } = await promisify(execFile)(process.execPath, [
    cannon,
    '-j',
    '-c',
    String(CONNECTIONS),
    '-d',
    String(seconds),
    url,
  ]);
  const result = JSON.parse(stdout) as { requests: { average: number }; non2xx: number };
  if (result.non2xx > 0) throw new Error(`${result.non2xx} answers of ${url} were not 200`);
  return result.requests.average;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const fmt = (value: number): string => Math.round(value).toLocaleString('en');
const print = (what: string, figure: string, note: string) =>
  console.log(`${what.padEnd(42)} ${figure.padStart(12)}   ${note}`);

if (import.meta.main) {
  const [kind] = process.argv.slice(2);
  if (kind) await serve(kind);
  else process.exitCode = (await bench()) ? 0 : 1;
}
