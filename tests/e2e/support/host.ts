/** A real host in a process of its own, on a data directory of its own, as `tabagent serve` starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions } from '@playwright/test';
import { openSocket } from '../../support/frame-client.ts';
import { type Api, apiOver } from './api.ts';
import { PROGRAMS } from './programs.ts';

const ROOT = join(import.meta.dirname, '../../..');
const CLI = join(ROOT, 'out/main/cli.js');
/** Chromium would otherwise call home at each start; the tests stay on this machine. */
const QUIET = ['--gaia-url=http://127.0.0.1:9/', '--component-updater=url-source=http://127.0.0.1:9/'];
const READY = /ready: ((http:\/\/127\.0\.0\.1:(\d+))\/panel\/#ticket=([\w-]{43}))/;

/** What Playwright puts into a browser before a test starts. */
export type Session = Exclude<BrowserContextOptions['storageState'], string | undefined>;

export interface TestHost {
  /** Origin, the same after a restart. */
  readonly url: string;
  /** Origin of recorded content, as the panel's policy names it; another one after a restart. */
  contentUrl(): Promise<string>;
  /** One-time link of the last start; used up by {@link TestHost.session} for the first start. */
  readonly link: string;
  /** Storage of a browser that was signed in through the one-time link. */
  session(): Promise<Session>;
  /** Operations over the panel's own socket. */
  api(): Promise<Api>;
  /** `kill -9`, as a crash or the OOM killer does it. */
  kill(): Promise<void>;
  /** SIGTERM: it stops in order and answers until then. */
  terminate(): Promise<void>;
  /** Starts again on the same data directory and port. */
  restart(): Promise<void>;
  /** SIGTERM, then the data directory goes. */
  stop(): Promise<void>;
}

interface Running {
  child: ChildProcess;
  link: string;
  url: string;
  port: string;
  ticket: string;
}

const COMPILED = join(ROOT, '.cache/compiled');
const SCRIPTED = join(PROGRAMS, 'scripted-host.js');

/** @param models folder of models, of which a scripted engine says what it is ordered to */
async function launch(dir: string, port: string, models: string | undefined): Promise<Running> {
  const args = models === undefined ? [CLI, '--data-dir', dir, 'serve', '--port', port] : [SCRIPTED, dir, port, models];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: COMPILED,
      TABAGENT_KEYRING: 'off',
      TABAGENT_BROWSER_ARGS: JSON.stringify(QUIET),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<Running>();
  let said = '';
  const listen = (chunk: Buffer) => {
    said += chunk.toString();
    const match = READY.exec(said);
    if (match === null) return;
    const [, link = '', url = '', took = '', ticket = ''] = match;
    resolve({ child, link, url, port: took, ticket });
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  child.once('exit', (code) => reject(new Error(`The host ended with ${code} before it was ready:\n${said}`)));
  return promise;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

/** Trades the one-time link for a session, as the panel does. @throws Error when the host refuses it */
async function signIn({ url, ticket }: Running): Promise<Session> {
  const answer = await fetch(`${url}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ ticket }),
  });
  if (!answer.ok) throw new Error(`The one-time link was refused with ${answer.status}`);
  const { token } = (await answer.json()) as { token: string };
  return { cookies: [], origins: [{ origin: url, localStorage: [{ name: 'tabagent.session', value: token }] }] };
}

/** Starts a host. Resolves when it says that it is ready. @param models for a host with the scripted engine */
export async function startHost(models?: string): Promise<TestHost> {
  const dir = await mkdtemp(join(tmpdir(), 'tabagent-e2e-'));
  let running = await launch(dir, '0', models);
  let session: Promise<Session> | undefined;
  let api: Promise<Api> | undefined;

  const getSession = () => {
    session ??= signIn(running);
    return session;
  };
  const connect = async () => {
    const token = (await getSession()).origins[0]?.localStorage[0]?.value;
    const { client } = await openSocket(running.url, { authorization: `Bearer ${token}`, origin: running.url });
    return apiOver(client);
  };
  return {
    get url() {
      return running.url;
    },
    get link() {
      return running.link;
    },
    async contentUrl() {
      const policy = (await fetch(`${running.url}/panel/`)).headers.get('content-security-policy') ?? '';
      return /frame-src 'self' (http:\/\/127\.0\.0\.1:\d+)/.exec(policy)?.[1] ?? '';
    },
    session: getSession,
    api: () => {
      api ??= connect();
      return api;
    },
    kill: async () => {
      api = undefined;
      await end(running.child, 'SIGKILL');
    },
    terminate: async () => {
      api = undefined;
      await end(running.child, 'SIGTERM');
    },
    restart: async () => {
      running = await launch(dir, running.port, models);
    },
    stop: async () => {
      (await api)?.close();
      await end(running.child, 'SIGTERM');
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
