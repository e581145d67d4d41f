/** Browsers on this machine: where they usually are, which version they have, and which one a profile runs. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { BrowserFamily, FoundBrowser, ProfileSnapshot } from '../../../../contract/automation/profiles.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { SettingsReader } from '../../../core/settings.ts';

const run = promisify(execFile);

/** Path of a browser that wins over every other, for machines where none is in a usual place. */
export const BROWSER_ENV = 'TABAGENT_BROWSER';

const FAMILY_NAMES: Record<BrowserFamily, string> = {
  chromium: 'Chromium',
  chrome: 'Google Chrome',
  edge: 'Microsoft Edge',
  brave: 'Brave',
};

function onPath(names: string[]): string[] {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
}

/** Usual places by family on this OS, best first. */
export function candidatePaths(platform: NodeJS.Platform = process.platform): Record<BrowserFamily, string[]> {
  if (platform === 'darwin') {
    const app = (name: string) =>
      ['/Applications', path.join(os.homedir(), 'Applications')].map(
        (root) => `${root}/${name}.app/Contents/MacOS/${name}`,
      );
    return {
      chrome: app('Google Chrome'),
      chromium: app('Chromium'),
      edge: app('Microsoft Edge'),
      brave: app('Brave Browser'),
    };
  }
  if (platform === 'win32') {
    const roots = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA].filter(
      (root) => root !== undefined,
    );
    const exe = (tail: string) => roots.map((root) => path.join(root, tail));
    return {
      chrome: exe('Google\\Chrome\\Application\\chrome.exe'),
      chromium: exe('Chromium\\Application\\chrome.exe'),
      edge: exe('Microsoft\\Edge\\Application\\msedge.exe'),
      brave: exe('BraveSoftware\\Brave-Browser\\Application\\brave.exe'),
    };
  }
  return {
    chrome: [...onPath(['google-chrome-stable', 'google-chrome']), '/opt/google/chrome/chrome'],
    chromium: [...onPath(['chromium', 'chromium-browser']), '/usr/lib/chromium/chromium', '/snap/bin/chromium'],
    edge: [...onPath(['microsoft-edge-stable', 'microsoft-edge']), '/opt/microsoft/msedge/msedge'],
    brave: [...onPath(['brave-browser', 'brave']), '/opt/brave.com/brave/brave'],
  };
}

/** Browsers that Playwright's installer put into its cache, newest first. */
function playwrightBrowsers(): string[] {
  const cache =
    process.env.PLAYWRIGHT_BROWSERS_PATH ??
    {
      linux: path.join(os.homedir(), '.cache/ms-playwright'),
      darwin: path.join(os.homedir(), 'Library/Caches/ms-playwright'),
      win32: path.join(process.env.LOCALAPPDATA ?? '', 'ms-playwright'),
    }[process.platform as 'linux' | 'darwin' | 'win32'];
  if (cache === undefined || !fs.existsSync(cache)) return [];
  const tails = [
    'chrome-linux64/chrome',
    'chrome-linux/chrome',
    'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
    'chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
    'chrome-win64/chrome.exe',
    'chrome-win/chrome.exe',
  ];
  return fs
    .readdirSync(cache)
    .filter((name) => /^chromium-\d+$/.test(name))
    .sort((a, b) => Number(b.split('-')[1]) - Number(a.split('-')[1]))
    .flatMap((name) => tails.map((tail) => path.join(cache, name, tail)));
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function familyOf(file: string): BrowserFamily {
  if (/edge/i.test(file)) return 'edge';
  if (/brave/i.test(file)) return 'brave';
  return /google|chrome\.exe|Chrome/.test(file) && !/chromium/i.test(file) ? 'chrome' : 'chromium';
}

async function versionOf(file: string): Promise<string | null> {
  if (process.platform === 'win32') {
    const folders = await fs.promises.readdir(path.dirname(file)).catch(() => []);
    return (
      folders
        .filter((name) => /^\d+(\.\d+){3}$/.test(name))
        .sort()
        .at(-1) ?? null
    );
  }
  try {
    const { stdout } = await run(file, ['--version'], { timeout: 5000 });
    return /\d{1,9}(?:\.\d{1,9}){1,9}/.exec(stdout)?.[0] ?? null;
  } catch {
    return null;
  }
}

/** Finds browsers and answers which one to use. */
export interface Browsers {
  /** Everything found; kept until `refresh`. */
  list(refresh?: boolean): Promise<FoundBrowser[]>;
  /** @throws AppError `browser-not-found` when the path is no browser that answers `--version` */
  check(file: string): Promise<FoundBrowser>;
  /** Program for a profile, or for no profile. @throws AppError `browser-not-found` naming what was looked for */
  executableFor(profile: Pick<ProfileSnapshot, 'browser' | 'executable_path'> | null): Promise<string>;
}

/** Creates the finder. */
export function createBrowsers(settings: SettingsReader): Browsers {
  let known: Promise<FoundBrowser[]> | undefined;
  settings.onChange((keys) => {
    if (keys.includes('browser.executable_path')) known = undefined;
  });

  async function describe(file: string, family: BrowserFamily, source: FoundBrowser['source']): Promise<FoundBrowser> {
    return { family, name: FAMILY_NAMES[family], path: file, version: await versionOf(file), source };
  }

  async function find(): Promise<FoundBrowser[]> {
    const picks: { file: string; family: BrowserFamily; source: FoundBrowser['source'] }[] = [];
    const setting = settings.get('browser.executable_path');
    if (setting) picks.push({ file: setting, family: familyOf(setting), source: 'setting' });
    const environment = process.env[BROWSER_ENV];
    if (environment) picks.push({ file: environment, family: familyOf(environment), source: 'environment' });
    for (const [family, files] of Object.entries(candidatePaths()) as [BrowserFamily, string[]][]) {
      const file = files.find(isExecutable);
      if (file) picks.push({ file, family, source: 'system' });
    }
    const bundled = playwrightBrowsers().find(isExecutable);
    if (bundled) picks.push({ file: bundled, family: 'chromium', source: 'playwright' });
    const usable = picks.filter(
      (pick, index) => isExecutable(pick.file) && picks.findIndex((p) => p.file === pick.file) === index,
    );
    return Promise.all(usable.map((pick) => describe(pick.file, pick.family, pick.source)));
  }

  const list = (refresh = false) => {
    if (refresh) known = undefined;
    known ??= find();
    return known;
  };

  return {
    list,
    async check(file) {
      const found = isExecutable(file) ? await describe(file, familyOf(file), 'system') : null;
      if (found?.version) return found;
      throw new AppError('browser-not-found', `${file} is not a Chromium-based browser that this user may start.`, {
        status: 400,
        extra: { field: 'path' },
      });
    },
    async executableFor(profile) {
      const wanted = profile?.executable_path;
      if (wanted) {
        if (isExecutable(wanted)) return wanted;
        throw new AppError(
          'browser-not-found',
          `The browser of this profile, ${wanted}, was not found. Choose another one in the profile.`,
        );
      }
      const found = await list();
      const family = profile?.browser ?? 'chromium';
      // "chromium" means any browser of the family tree; the others mean exactly that program.
      const chosen =
        found.find((b) => b.source === 'setting' || b.source === 'environment' || b.family === family) ??
        (family === 'chromium' ? found[0] : undefined);
      if (chosen) return chosen.path;
      throw new AppError(
        'browser-not-found',
        `No ${FAMILY_NAMES[family]} was found on this computer. Install it, or choose its program in Settings → Browser.`,
      );
    },
  };
}
