/**
 * Runs the built desktop app for the specs: in Electron where its binary is installed and there is a display, else on
 * the stand-in. `TABAGENT_DESKTOP_DRIVER` forces one of the two.
 */
import type { EventEmitter } from 'node:events';
import { join, resolve } from 'node:path';
import type * as Electron from 'electron';
import type { Page } from 'playwright-core';
import { detectElectron, noDisplay } from '../../scripts/lib/setup/electron.mjs';
import { launchElectron } from './driver-electron.ts';
import { launchStandIn } from './driver-stand-in.ts';

/** The checkout. */
export const root = resolve(import.meta.dirname, '../..');

/** What the recorder notes in the main process, as `globalThis.desktopRecord`. Emits `changed`. */
export interface DesktopRecord extends EventEmitter {
  trays: { tooltip: string; menu: Electron.Menu; tray: Electron.Tray }[];
  notifications: Electron.Notification[];
  messageBoxes: { message: string; detail?: string; buttons?: string[] }[];
  errorBoxes: { title: string; content: string }[];
  /** Addresses and paths that were handed to the OS. */
  opened: string[];
  answers: { openDialog: string[]; saveDialog: string | null; messageBox: number | null; checkbox: boolean };
}

declare global {
  var desktopRecord: DesktopRecord;
}

/** A function that runs in the main process. It may use its parameters and globals, nothing else. */
export type InMain<A, R> = (electron: typeof Electron, arg: A) => R | Promise<R>;

/** How to start. */
export interface LaunchOptions {
  args?: string[];
  env?: Record<string, string>;
}

/** A running desktop app, whichever it is. */
export interface DesktopApp {
  readonly kind: 'electron' | 'stand-in';
  readonly pid: number;
  /** Runs a function in the main process. */
  evaluate<R, A = undefined>(run: InMain<A, R>, arg?: A): Promise<R>;
  /** The panel's page; a new object after a crash. */
  page(): Promise<Page>;
  /**
   * Lets go of the page until {@link page} is asked again. Playwright holds every new target until it has looked at it, so a popup that
   * the app refuses at the same moment may hang its opener: specs about popups work without Playwright.
   */
  release(): Promise<void>;
  /** Exit code, once the process has gone; null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Everything it wrote to stderr. */
  stderr(): string;
  /** Ends it by force, where a spec has not ended it. */
  kill(): Promise<void>;
}

/** Which of the two this run uses. */
export function driverKind(): DesktopApp['kind'] {
  const forced = process.env.TABAGENT_DESKTOP_DRIVER;
  if (forced === 'electron' || forced === 'stand-in') return forced;
  return electronPath() !== null && !noDisplay(process.platform, process.env) ? 'electron' : 'stand-in';
}

function electronPath(): string | null {
  return detectElectron(join(root, 'node_modules', 'electron'), process.env) ?? null;
}

const running = new Set<DesktopApp>();

/** Starts the app and waits until its main process answers. */
export async function launch({ args = [], env = {} }: LaunchOptions = {}): Promise<DesktopApp> {
  const options = { args, env: environment(env) };
  const app =
    driverKind() === 'electron' ? await launchElectron(electronPath() ?? '', options) : await launchStandIn(options);
  running.add(app);
  app.exited.finally(() => running.delete(app));
  return app;
}

/** Ends what a failed spec has left. */
export async function killAll(): Promise<void> {
  await Promise.all([...running].map((app) => app.kill()));
}

function environment(extra: Record<string, string>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    // Vitest's own settings would change what the program does.
    if (value !== undefined && !/^(VITEST|NODE_OPTIONS|NODE_ENV|ELECTRON_RUN_AS_NODE)/.test(name)) kept[name] = value;
  }
  return { ...kept, TABAGENT_KEYRING: 'off', ...extra };
}

/**
 * Waits in the main process until `check` answers something truthy; it is asked again whenever the recorder notes a
 * change. `check` may use its parameters and globals, nothing else.
 */
export function until<R, A = undefined>(
  app: DesktopApp,
  check: (electron: typeof Electron, record: DesktopRecord, arg: A) => R,
  arg?: A,
): Promise<NonNullable<R>> {
  return app.evaluate(
    (electron, { source, value }) =>
      new Promise((resolve, reject) => {
        const test = process.getBuiltinModule('node:vm').runInThisContext(`(${source})`) as (
          module: unknown,
          record: unknown,
          arg: unknown,
        ) => NonNullable<R>;
        const record = globalThis.desktopRecord;
        const look = () => {
          try {
            const result = test(electron, record, value);
            if (!result) return;
            record.off('changed', look);
            resolve(result);
          } catch (error) {
            record.off('changed', look);
            reject(error);
          }
        };
        record.on('changed', look);
        look();
      }),
    { source: check.toString(), value: arg },
  );
}
