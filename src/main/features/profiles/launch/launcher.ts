/**
 * Opens a browser for manual use over the debugging pipe: the pipe is its life-line (Chromium exits cleanly when it closes, so a
 * killed host leaves no browser behind) and carries `Browser.close`, which keeps cookies that SIGTERM would lose.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { NO_DISPLAY, NO_DISPLAY_REASON } from '../../../../contract/automation/no-display.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { LaunchPlan } from './plan.ts';

/** A running browser. */
export interface LaunchedBrowser {
  readonly pid: number;
  /** Settles when the browser has gone; `clean` is false after a crash or a kill. */
  readonly exited: Promise<{ clean: boolean }>;
  /** Asks the browser to close; kills its group after `deadlineMs`. */
  close(deadlineMs: number): Promise<void>;
}

const READY_TIMEOUT_MS = 20_000;

function sendCommand(pipe: Writable, id: number, method: string): void {
  pipe.write(`${JSON.stringify({ id, method })}\0`);
}

/** Resolves when the browser has answered its first command; rejects when it ends before. */
function ready(
  child: ChildProcess,
  toBrowser: Writable,
  fromBrowser: Readable,
  exited: Promise<{ clean: boolean }>,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new AppError('browser-failed', `The browser did not start: ${why}`));
    const failWithoutDisplay = () =>
      reject(
        new AppError(
          'browser-failed',
          'This computer has no display, so the browser cannot open a window. Run it headless instead.',
          { extra: { reason: NO_DISPLAY_REASON } },
        ),
      );
    const abort = () => reject(signal?.reason);
    signal?.addEventListener('abort', abort);
    const timer = setTimeout(() => fail(`no answer within ${READY_TIMEOUT_MS / 1000} s`), READY_TIMEOUT_MS);
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-2000);
    });
    fromBrowser.once('data', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      fromBrowser.resume();
      resolve();
    });
    void exited.then(() => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      if (NO_DISPLAY.test(errors)) return failWithoutDisplay();
      const reason = errors.split('\n').find((line) => /error|failed|cannot|missing|display|profile/i.test(line));
      fail(reason?.trim() ?? `it ended at once (exit code ${child.exitCode ?? child.signalCode})`);
    });
    sendCommand(toBrowser, 1, 'Browser.getVersion');
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
  const toBrowser = child.stdio[3] as Writable;
  const fromBrowser = child.stdio[4] as Readable;
  toBrowser.on('error', () => undefined);
  fromBrowser.on('error', () => undefined);
  let asked = false;
  const exited = new Promise<{ clean: boolean }>((resolve) => {
    child.once('error', () => resolve({ clean: false }));
    child.once('exit', (code) => resolve({ clean: asked || code === 0 }));
  });

  function killGroup(): void {
    if (child.pid === undefined) return;
    try {
      process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
    } catch {
      // already gone
    }
  }

  try {
    await ready(child, toBrowser, fromBrowser, exited, signal);
  } catch (error) {
    killGroup();
    await exited;
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    exited,
    async close(deadlineMs) {
      asked = true;
      sendCommand(toBrowser, 2, 'Browser.close');
      const timer = setTimeout(killGroup, deadlineMs);
      await exited;
      clearTimeout(timer);
    },
  };
}
