/** A Chromium process of the stand-in and its DevTools protocol, spoken over a pipe that also is its life-line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** Parameters and results of protocol commands. */
export type Json = Record<string, unknown>;

/** Commands and events of one target, or of the browser when `sessionId` is undefined. */
export class CdpSession extends EventEmitter {
  readonly sessionId: string | undefined;
  readonly #pipe: CdpPipe;

  constructor(pipe: CdpPipe, sessionId?: string) {
    super();
    this.#pipe = pipe;
    this.sessionId = sessionId;
  }

  /** @throws Error with the protocol's message, also when Chromium has gone */
  send(method: string, params: Json = {}): Promise<Json> {
    return this.#pipe.send(method, params, this.sessionId);
  }
}

interface Pending {
  method: string;
  resolve(result: Json): void;
  reject(error: Error): void;
}

class CdpPipe {
  readonly sessions = new Map<string | undefined, CdpSession>();
  readonly #out: Writable;
  readonly #pending = new Map<number, Pending>();
  #next = 1;
  #rest = '';

  constructor(input: Readable, out: Writable) {
    this.#out = out;
    input.setEncoding('utf8');
    input.on('data', (text: string) => this.#read(text));
    // The write end breaks when Chromium dies; every waiting command then fails below.
    out.on('error', () => undefined);
    input.once('close', () => this.#end());
  }

  send(method: string, params: Json, sessionId: string | undefined): Promise<Json> {
    const id = this.#next++;
    const message = JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) });
    return new Promise<Json>((resolve, reject) => {
      this.#pending.set(id, { method, resolve, reject });
      this.#out.write(`${message}\0`);
    });
  }

  #read(text: string): void {
    const parts = (this.#rest + text).split('\0');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) this.#take(JSON.parse(part));
  }

  #take(message: {
    id?: number;
    method?: string;
    params?: Json;
    result?: Json;
    error?: { message: string };
    sessionId?: string;
  }) {
    if (message.id === undefined) {
      this.sessions.get(message.sessionId)?.emit(message.method ?? '', message.params ?? {});
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.error) pending?.reject(new Error(`${pending.method}: ${message.error.message}`));
    else pending?.resolve(message.result ?? {});
  }

  #end(): void {
    for (const { method, reject } of this.#pending.values()) reject(new Error(`${method}: Chromium has gone`));
    this.#pending.clear();
    for (const session of this.sessions.values()) session.emit('gone');
  }
}

/** The Chromium of this machine: TABAGENT_BROWSER, or what the usual names find. @throws Error when there is none */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string {
  const names = [
    'chromium',
    'google-chrome-stable',
    'google-chrome',
    'chromium-browser',
    'microsoft-edge',
    'brave-browser',
  ];
  const found = [
    env.TABAGENT_BROWSER,
    ...names.flatMap((name) => (env.PATH ?? '').split(delimiter).map((dir) => join(dir, name))),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ].find((path) => path !== undefined && existsSync(path));
  if (found === undefined) throw new Error('The desktop tests need Chromium; name one in TABAGENT_BROWSER.');
  return found;
}

/** A running Chromium. */
export interface Chromium {
  browser: CdpSession;
  /** Second address of the same browser, for the specs. */
  wsEndpoint: string;
  /** Makes the session of a target that was attached to. */
  session(sessionId: string): CdpSession;
  close(): Promise<void>;
}

/** Starts a headless Chromium that ends with this process. */
export async function launchChromium(userDataDir: string): Promise<Chromium> {
  mkdirSync(userDataDir, { recursive: true });
  const child = spawn(
    findChromium(),
    [
      '--headless=new',
      '--remote-debugging-pipe',
      '--remote-debugging-port=0',
      `--user-data-dir=${userDataDir}`,
      '--no-first-run',
      '--no-startup-window',
      '--no-default-browser-check',
      '--disable-extensions',
      '--disable-component-update',
      '--disable-background-networking',
      '--disable-sync',
      '--disable-gpu',
      '--hide-scrollbars',
      '--password-store=basic',
      '--use-mock-keychain',
      // Nothing may leave this computer, whatever Chromium would like to look up.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE *.localhost, EXCLUDE 127.0.0.1',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] },
  );
  const wsEndpoint = await endpointOf(child);
  const pipe = new CdpPipe(child.stdio[4] as Readable, child.stdio[3] as Writable);
  const session = (sessionId: string | undefined) => {
    const made = new CdpSession(pipe, sessionId);
    pipe.sessions.set(sessionId, made);
    return made;
  };
  const browser = session(undefined);
  return {
    browser,
    wsEndpoint,
    session,
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      browser.send('Browser.close').catch(() => child.kill('SIGKILL'));
      await gone;
    },
  };
}

async function endpointOf(child: ChildProcess): Promise<string> {
  const { stderr } = child;
  if (!stderr) throw new Error('no stderr');
  stderr.setEncoding('utf8');
  let told = '';
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Chromium ended at once with ${code}: ${told.slice(-2000)}`)));
    stderr.on('data', (text: string) => {
      told = (told + text).slice(-10_000);
      const match = /DevTools listening on (ws:\/\/\S+)/.exec(told);
      if (match?.[1]) resolve(match[1]);
    });
  });
}
