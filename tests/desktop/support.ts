/** What the specs share: a data directory, the host's HTTP door from outside, frames from inside the page. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { OperationId, Operations } from '../../src/contract/index.ts';
import type { InputOf, OutputOf } from '../../src/contract/kernel/define.ts';
import { type DesktopApp, driverKind, type LaunchOptions, launch } from './driver.ts';

/** A data directory of its own. */
export function makeDataDir(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'tabagent-desktop-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

let told = false;

/** Starts the app on a data directory and any free port. */
export function start(dataDir: string, { args = [], env = {} }: LaunchOptions = {}): Promise<DesktopApp> {
  if (!told)
    process.stdout.write(
      `desktop: running on ${driverKind() === 'electron' ? 'the real Electron' : 'the stand-in (Electron is not installed, or there is no display)'}\n`,
    );
  told = true;
  return launch({ args: ['--data-dir', dataDir, ...(args.includes('--port') ? [] : ['--port', '0']), ...args], env });
}

/** Calls an operation over HTTP with the rights of this run, from outside the app. */
export async function http(
  dataDir: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const { url, token } = JSON.parse(readFileSync(join(dataDir, 'host.json'), 'utf8')) as { url: string; token: string };
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

/** Runs a program as a task. @returns the task's id */
export async function runProgram(dataDir: string, name: string, script: string): Promise<string> {
  const task = await http(dataDir, 'POST', '/v1/tasks', {
    name,
    spec: { kind: 'process', argv: [process.execPath, '-e', script] },
  });
  return String(task.id);
}

let nextCall = 1;

/**
 * Calls an operation over a port of the page's own, as the panel does. The panel's port ends and comes back by itself;
 * when the panel asks at the same moment, this call asks again.
 * @returns the frame that answers
 */
export function callOverPort<K extends OperationId>(page: Page, op: K, input: InputOf<Operations[K]>) {
  return page.evaluate(
    ({ id, op, input }) =>
      new Promise<{ t: string }>((resolve) => {
        const ask = () => {
          // First in line and alone, so that the panel does not take this port.
          window.addEventListener('message', take, true);
          window.postMessage('tabagent:ready', location.origin);
        };
        const take = (event: MessageEvent<{ type?: string }>) => {
          const port = event.ports[0];
          if (event.data?.type !== 'tabagent:port' || !port) return;
          event.stopImmediatePropagation();
          window.removeEventListener('message', take, true);
          port.addEventListener('close', ask);
          port.onmessage = ({ data }) => {
            if (data.id !== id) return;
            port.removeEventListener('close', ask);
            resolve(data);
            port.close();
          };
          port.postMessage({ t: 'call', id, op, input });
        };
        ask();
      }),
    { id: `spec-${nextCall++}`, op: op as string, input: input as unknown },
  ) as unknown as Promise<{ t: 'ok' | 'err'; v: OutputOf<Operations[K]>; e: { code: string } }>;
}

/** Waits until the panel says that it is connected. */
export async function ready(page: Page): Promise<void> {
  await page
    .locator('footer')
    .getByText(/^v\d+\.\d+\.\d+$/)
    .waitFor();
}

/** Whether a process is there. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
