/** Starting the browser of a task. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, LaunchOptions } from 'playwright';
import type { BrowserSpec } from '../../../contract/automation/kinds/browser.ts';
import { Failure } from '../failure.ts';
import type { Run } from '../run.ts';
import { textsOf } from './script-error.ts';

type PersistentOptions = NonNullable<Parameters<typeof import('playwright').chromium.launchPersistentContext>[1]>;

/** Leaves out what a profile does not set: Playwright's defaults and the browser's own settings then hold. */
function profileOptions({ profile }: Run['job']): PersistentOptions {
  if (profile === null) return {};
  const { locale, timezone, viewport, user_agent, color_scheme } = profile;
  return {
    ...(locale === null ? {} : { locale }),
    ...(timezone === null ? {} : { timezoneId: timezone }),
    ...(viewport === null ? {} : { viewport }),
    ...(user_agent === null ? {} : { userAgent: user_agent }),
    ...(color_scheme === null ? {} : { colorScheme: color_scheme }),
  };
}

function windowOptions({ job }: Run, spec: BrowserSpec): { args: string[]; viewport?: null } {
  const size = job.profile?.window ?? null;
  const args = size === null ? [] : [`--window-size=${size.width},${size.height}`];
  // A window that people see is filled by the page, unless the profile fixes the page's size.
  return !spec.headless && (job.profile?.viewport ?? null) === null ? { args, viewport: null } : { args };
}

/** Messages of Chromium and Playwright; they have no codes. */
const LOCKED = /ProcessSingleton|Opening in existing browser session|profile appears to be in use/;
const MISSING = /Executable doesn't exist|ENOENT|is not found at|Failed to launch.*spawn/;
const NO_DISPLAY = /without having a XServer|Missing X server|cannot open display/i;
const NO_SANDBOX = /No usable sandbox|sandboxing failed/i;

function launchFailure(error: unknown, executable: string | undefined): Failure {
  const { detail, full } = textsOf(error);
  if (LOCKED.test(full)) {
    return new Failure('profile-locked', 'Another program holds this profile; close it or unlock the profile.', {
      retryable: true,
      cause: error,
    });
  }
  if (MISSING.test(full)) return missing(executable, error);
  const hint = NO_DISPLAY.test(full)
    ? 'A browser with a window needs a display; run the command headless.'
    : NO_SANDBOX.test(full)
      ? 'The browser could not set up its sandbox; this system forbids user namespaces.'
      : `The browser could not be started: ${detail}`;
  return new Failure('browser-failed', hint, { retryable: !NO_DISPLAY.test(full), cause: error });
}

function missing(executable: string | undefined, cause?: unknown): Failure {
  const detail =
    executable === undefined
      ? 'No browser was found on this machine. Install Chrome, Chromium, Edge or Brave, or set browser.executable_path.'
      : `There is no browser at ${executable}.`;
  return new Failure('browser-not-found', detail, { retryable: false, cause });
}

/**
 * Starts Chromium with the profile of the job, or with an empty one in the temporary folder. It is driven through a pipe: when this
 * process dies, in whatever way, the browser sees the pipe close and ends by itself.
 * @throws Failure `browser-not-found`, `profile-locked` or `browser-failed`
 */
export async function launchBrowser(run: Run, spec: BrowserSpec): Promise<BrowserContext> {
  const { job } = run;
  const { chromium } = await import('playwright');
  const executable = job.executable_path ?? job.profile?.executable_path ?? undefined;
  if (!existsSync(executable ?? chromium.executablePath())) throw missing(executable);
  const profileDir = job.user_data_dir ?? join(job.temp_dir, 'profile');
  await mkdir(profileDir, { recursive: true });
  const window = windowOptions(run, spec);

  const options: LaunchOptions & PersistentOptions = {
    ...profileOptions(job),
    ...window,
    headless: spec.headless,
    args: [...window.args, ...(job.profile?.launch_args ?? []), ...job.browser_args],
    ...(executable === undefined ? {} : { executablePath: executable }),
    ...(job.proxy === null ? {} : { proxy: { server: job.proxy } }),
    // We stop the browser ourselves, in order; root cannot have Chromium's sandbox.
    handleSIGHUP: false,
    handleSIGINT: false,
    handleSIGTERM: false,
    chromiumSandbox: process.getuid?.() !== 0,
    acceptDownloads: true,
    downloadsPath: join(job.temp_dir, 'downloads'),
    tracesDir: join(job.temp_dir, 'traces'),
  };
  try {
    const context = await chromium.launchPersistentContext(profileDir, options);
    context.setDefaultTimeout(spec.action_timeout_ms);
    context.setDefaultNavigationTimeout(spec.action_timeout_ms);
    return context;
  } catch (error) {
    run.log.write('debug', 'host', textsOf(error).full);
    throw launchFailure(error, executable);
  }
}
