/** The built program as a process of its own, with the address and the token that it publishes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readHostFile } from '../../src/main/core/instance-lock.ts';
import { ROOT } from './core.ts';

const QUIET = JSON.stringify(['--gaia-url=http://127.0.0.1:9/', '--component-updater=url-source=http://127.0.0.1:9/']);

/** A running host. */
export interface ServedHost extends AsyncDisposable {
  url: string;
  /** Every right. */
  token: string;
  pid: number;
  dir: string;
  /** What it has said on the terminal, line by line. */
  terminal(): string[];
  /** Calls an operation over HTTP; the answer is parsed JSON. */
  request<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Resident memory now, MiB (Linux). */
  rssMb(): number;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts the host on a free port; disposing it stops it and removes its data. */
export async function serveHost(
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-host-')),
  flags: readonly string[] = [],
): Promise<ServedHost> {
  const child = spawn(
    process.execPath,
    [path.join(ROOT, 'out/main/cli.js'), '--data-dir', dir, 'serve', '--port', '0', ...flags],
    {
      cwd: ROOT,
      env: { ...process.env, TABAGENT_KEYRING: 'off', TABAGENT_BROWSER_ARGS: QUIET },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the host ended with ${code}: ${said}`))),
  ]);
  const info = readHostFile(dir);
  if (!info?.url) throw new Error('the host published no address');
  const { url, token, pid } = info;
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  return {
    url,
    token,
    pid,
    dir,
    terminal: () => said.split('\n').filter((line) => line !== ''),
    stop,
    async request(method, route, body) {
      const response = await fetch(url + route, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${text}`);
      return JSON.parse(text) as never;
    },
    rssMb: () => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024,
    async [Symbol.asyncDispose]() {
      await stop();
      fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
