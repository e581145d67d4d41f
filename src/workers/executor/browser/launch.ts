/** Starting the browser of a task. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, LaunchOptions } from 'playwright';
import type { BrowserSpec } from '../../../contract/automation/kinds/browser.ts';
import { NO_DISPLAY, NO_DISPLAY_REASON } from '../../../contract/automation/no-display.ts';
import { Failure } from '../failure.ts';
import type { Run } from '../run.ts';
import { detailOf, fullText } from './script-error.ts';

type PersistentOptions = NonNullable<Parameters<typeof import('playwright').chromium.launchPersistentContext>[1]>;

/** Playwright's own switches by which a page could tell its browser from one that was opened by hand. */
const SEEN_BY_PAGES = ['--hide-scrollbars', '--disable-infobars', '--force-color-profile=srgb'];

/**
 * How the page relates to its window. Scripts may want a page of a certain size, which is emulated; otherwise the page fills the
 * window as it does when a person opens it. A headless browser without any size gets Playwright's page of 1280 × 720.
 */
function pageOptions({ profile }: Run['job'], headless: boolean): PersistentOptions {
  if (profile?.viewport) return { viewport: profile.viewport };
  if (headless && !profile?.window) return {};
  return { viewport: null, ignoreDefaultArgs: SEEN_BY_PAGES };
}

/** Windows ignores the time zone in the environment of a browser. */
function timeZone({ profile }: Run['job']): PersistentOptions {
  return process.platform === 'win32' && profile?.timezone ? { timezoneId: profile.timezone } : {};
}

/** What Playwright is told of a profile beyond the switches and the environment of its launch. */
export function browserOptions(job: Run['job'], headless: boolean): PersistentOptions {
  return { ...pageOptions(job, headless), ...timeZone(job) };
}

/** Messages of Chromium and Playwright; they have no codes. */
const LOCKED = /ProcessSingleton|Opening in existing browser session|profile appears to be in use/;
const MISSING = /Executable doesn't exist|ENOENT|is not found at/;
const isMissing = (text: string) => MISSING.test(text) || (text.includes('Failed to launch') && text.includes('spawn'));
const NO_SANDBOX = /No usable sandbox|sandboxing failed/i;

function launchFailure(error: unknown, executable: string, { redactor }: Run): Failure {
  const full = fullText(error);
  if (LOCKED.test(full)) {
    return new Failure('profile-locked', 'Another program is using this profile; close it or unlock the profile.', {
      retryable: true,
      cause: error,
    });
  }
  if (isMissing(full)) return missing(executable, error);
  if (NO_DISPLAY.test(full)) {
    return new Failure(
      'browser-failed',
      'This computer has no display, so the browser cannot open a window. Turn on “Headless” in the command and run it again.',
      { retryable: false, extra: { reason: NO_DISPLAY_REASON }, cause: error },
    );
  }
  const hint = NO_SANDBOX.test(full)
    ? 'The browser could not set up its sandbox; this system forbids user namespaces.'
    : `The browser could not be started: ${detailOf(error, redactor)}`;
  return new Failure('browser-failed', hint, { retryable: true, cause: error });
}

function missing(executable: string, cause?: unknown): Failure {
  const detail = `There is no browser at ${executable}.`;
  return new Failure('browser-not-found', detail, { retryable: false, cause });
}

/**
 * Starts Chromium as the job's launch says. It is driven through a pipe: when this process dies, in whatever way, the browser sees the
 * pipe close and ends by itself. What pages see comes from the switches and the environment of the launch; Playwright emulates nothing
 * over them but a page size.
 * @throws Failure `browser-not-found`, `profile-locked` or `browser-failed`
 */
export async function launchBrowser(run: Run, spec: BrowserSpec): Promise<BrowserContext> {
  const { job, log } = run;
  const launch = job.browser;
  if (launch === null) throw new Failure('browser-failed', 'The task was given no browser.', { retryable: false });
  const { executable, args, env, user_data_dir } = launch;
  if (!existsSync(executable)) throw missing(executable);
  const { chromium } = await import('playwright');
  await mkdir(user_data_dir, { recursive: true });

  const options: LaunchOptions & PersistentOptions = {
    ...browserOptions(job, spec.headless),
    colorScheme: null,
    reducedMotion: null,
    forcedColors: null,
    contrast: null,
    headless: spec.headless,
    args,
    env,
    executablePath: executable,
    // The runner stops the browser, in order.
    handleSIGHUP: false,
    handleSIGINT: false,
    handleSIGTERM: false,
    // The switches of the launch decide about the sandbox.
    chromiumSandbox: true,
    acceptDownloads: true,
    downloadsPath: join(job.temp_dir, 'downloads'),
    tracesDir: join(job.temp_dir, 'traces'),
  };
  try {
    const context = await chromium.launchPersistentContext(user_data_dir, options);
    context.setDefaultTimeout(spec.action_timeout_ms);
    context.setDefaultNavigationTimeout(spec.action_timeout_ms);
    return context;
  } catch (error) {
    log.write('debug', 'host', fullText(error));
    throw launchFailure(error, executable, run);
  }
}
