/**
 * Opens a browser for manual use over the debugging pipe: the pipe is its life-line (Chromium exits cleanly when it closes, so a
 * killed host leaves no browser behind) and carries `Browser.close`, which keeps cookies that SIGTERM would lose.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { NO_DISPLAY, NO_DISPLAY_REASON } from '../../../../contract/automation/no-display.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { JsonObject } from '../../../../contract/kernel/json.ts';
import { createPipeClient, type PipeClient } from '../cdp/pipe-client.ts';
import type { LaunchPlan } from './plan.ts';

/** How a browser has ended: closed in order, killed because it did not close, or by itself. */
export type BrowserEnd = 'closed' | 'killed' | 'crashed';

/** A running browser. */
export interface LaunchedBrowser {
  readonly pid: number;
  /** Settles when the browser has gone with all its processes. */
  readonly exited: Promise<BrowserEnd>;
  /** Commands to it. */
  readonly cdp: PipeClient;
  /** Asks the browser to close; kills its group after `deadlineMs`. */
  close(deadlineMs: number): Promise<void>;
}

const READY_TIMEOUT_MS = 20_000;

const noDisplay = () =>
  new AppError(
    'browser-failed',
    'This computer has no display, so the browser cannot open a window. Run it headless instead.',
    { extra: { reason: NO_DISPLAY_REASON } },
  );

/** How long helpers of a browser that has exited may take to write what they have, ms. */
const HELPERS_MS = 2_000;

/** Settles when a browser and its helpers, which write cookies among other things, have exited. @returns the exit code of the browser */
function allGone(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', (code) => {
      const timer = setTimeout(() => resolve(code), HELPERS_MS);
      // They have its standard error open as well: it closes with the last of them.
      child.once('close', () => {
        clearTimeout(timer);
        resolve(code);
      });
    });
  });
}

/** Resolves when the browser has answered its first command; rejects when it ends before. */
function ready(
  child: ChildProcess,
  cdp: PipeClient,
  gone: Promise<unknown>,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new AppError('browser-failed', `The browser did not start: ${why}`));
    const abort = () => reject(signal?.reason);
    signal?.addEventListener('abort', abort);
    const timer = setTimeout(() => fail(`no answer within ${READY_TIMEOUT_MS / 1000} s`), READY_TIMEOUT_MS);
    const settled = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-2000);
    });
    void gone.then(() => {
      settled();
      if (NO_DISPLAY.test(errors)) return reject(noDisplay());
      const reason = errors.split('\n').find((line) => /error|failed|cannot|missing|display|profile/i.test(line));
      fail(reason?.trim() ?? `it ended at once (exit code ${child.exitCode ?? child.signalCode})`);
    });
    cdp.call('Browser.getVersion', {}, JsonObject).then(
      () => {
        settled();
        resolve();
      },
      () => undefined, // The end of the browser says more.
    );
  });
}

/**
 * Starts the browser of a plan on some pages and waits until it answers. The plan's lease stays with the caller.
 * @param signal gives the start up: the browser is killed
 * @throws AppError `browser-failed` with the browser's own words, or the reason of `signal`; no browser is left then
 */
export async function launchBrowser(
  plan: Pick<LaunchPlan, 'executable' | 'userDataDir' | 'args' | 'env'>,
  urls: readonly string[],
  signal?: AbortSignal,
): Promise<LaunchedBrowser> {
  signal?.throwIfAborted();
  const pages = urls.length > 0 ? urls : ['about:blank'];
  const args = [`--user-data-dir=${plan.userDataDir}`, '--remote-debugging-pipe', ...plan.args, ...pages];
  const child = spawn(plan.executable, args, {
    detached: process.platform !== 'win32',
    env: plan.env,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  const cdp = createPipeClient(child.stdio[3] as Writable, child.stdio[4] as Readable);
  let asked = false;
  let killed = false;
  function killGroup(): void {
    if (child.pid === undefined) return;
    try {
      process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
    } catch {
      // already gone
    }
  }
  const exited = allGone(child).then((code): BrowserEnd => {
    killGroup();
    if (killed) return 'killed';
    return asked || code === 0 ? 'closed' : 'crashed';
  });
  void exited.then(cdp.end);
  try {
    await ready(child, cdp, exited, signal);
  } catch (error) {
    killGroup();
    await exited;
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    exited,
    cdp,
    async close(deadlineMs) {
      asked = true;
      cdp.post('Browser.close');
      const timer = setTimeout(() => {
        killed = true;
        killGroup();
      }, deadlineMs);
      await exited;
      clearTimeout(timer);
    },
  };
}
