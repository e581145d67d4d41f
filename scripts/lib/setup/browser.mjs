import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, posix, win32 } from 'node:path';
import { root } from '../paths.mjs';
import { captured } from '../process.mjs';
import { SetupError, say, step } from '../progress.mjs';
import { firstReason } from './electron.mjs';
import { forgetFailure, recall, rememberFailure } from './memory.mjs';

/** @typedef {{ name: string; path: string }} Candidate */
/** @typedef {{ platform: NodeJS.Platform; env: NodeJS.ProcessEnv; home: string }} Machine */

const LINUX_COMMANDS = {
  Chrome: ['google-chrome-stable', 'google-chrome'],
  Chromium: ['chromium', 'chromium-browser'],
  Edge: ['microsoft-edge-stable', 'microsoft-edge'],
  Brave: ['brave-browser', 'brave'],
};
const LINUX_PATHS = {
  Chrome: ['/opt/google/chrome/chrome', '/var/lib/flatpak/exports/bin/com.google.Chrome'],
  Chromium: ['/usr/lib/chromium/chromium', '/snap/bin/chromium', '/var/lib/flatpak/exports/bin/org.chromium.Chromium'],
  Edge: ['/opt/microsoft/msedge/msedge', '/var/lib/flatpak/exports/bin/com.microsoft.Edge'],
  Brave: ['/opt/brave.com/brave/brave', '/snap/bin/brave', '/var/lib/flatpak/exports/bin/com.brave.Browser'],
};
const MAC_APPS = {
  Chrome: 'Google Chrome',
  Chromium: 'Chromium',
  Edge: 'Microsoft Edge',
  Brave: 'Brave Browser',
};
const WINDOWS_PATHS = {
  Chrome: 'Google\\Chrome\\Application\\chrome.exe',
  Chromium: 'Chromium\\Application\\chrome.exe',
  Edge: 'Microsoft\\Edge\\Application\\msedge.exe',
  Brave: 'BraveSoftware\\Brave-Browser\\Application\\brave.exe',
};

/**
 * Where a browser may be, best first: the one that is named in TABAGENT_BROWSER, then Chrome, Chromium, Edge and
 * Brave in the usual places of the operating system.
 * @param {Machine} machine
 * @returns {Candidate[]}
 */
export function browserCandidates({ platform, env, home }) {
  /** @type {Candidate[]} */
  const list = [];
  if (env.TABAGENT_BROWSER) list.push({ name: 'TABAGENT_BROWSER', path: env.TABAGENT_BROWSER });
  if (platform === 'win32') {
    const bases = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter((dir) => dir !== undefined);
    for (const [name, tail] of Object.entries(WINDOWS_PATHS)) {
      for (const base of bases) list.push({ name, path: win32.join(base, tail) });
    }
  } else if (platform === 'darwin') {
    for (const [name, app] of Object.entries(MAC_APPS)) {
      for (const base of ['/Applications', posix.join(home, 'Applications')]) {
        list.push({ name, path: posix.join(base, `${app}.app`, 'Contents', 'MacOS', app) });
      }
    }
  } else {
    const dirs = (env.PATH ?? '').split(':').filter(Boolean);
    for (const dir of ['/usr/bin', '/usr/local/bin']) if (!dirs.includes(dir)) dirs.push(dir);
    for (const name of /** @type {const} */ (['Chrome', 'Chromium', 'Edge', 'Brave'])) {
      for (const command of LINUX_COMMANDS[name]) {
        for (const dir of dirs) list.push({ name, path: posix.join(dir, command) });
      }
      for (const path of LINUX_PATHS[name]) list.push({ name, path });
    }
  }
  return list;
}

/**
 * The folder into which Playwright's installer puts its browsers.
 * @param {Machine} machine
 */
export function playwrightCache({ platform, env, home }) {
  if (env.PLAYWRIGHT_BROWSERS_PATH) return env.PLAYWRIGHT_BROWSERS_PATH;
  if (platform === 'win32')
    return win32.join(env.LOCALAPPDATA ?? win32.join(home, 'AppData', 'Local'), 'ms-playwright');
  if (platform === 'darwin') return posix.join(home, 'Library', 'Caches', 'ms-playwright');
  return posix.join(env.XDG_CACHE_HOME ?? posix.join(home, '.cache'), 'ms-playwright');
}

const PLAYWRIGHT_EXECUTABLES = [
  'chrome-linux64/chrome',
  'chrome-linux/chrome',
  'chrome-win64/chrome.exe',
  'chrome-win/chrome.exe',
  'chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
  'chrome-mac-x64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
  'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * Chromium builds that Playwright's installer left, newest first.
 * @param {string} cache
 * @returns {Candidate[]}
 */
export function playwrightCandidates(cache) {
  /** @type {string[]} */
  let names;
  try {
    names = readdirSync(cache);
  } catch {
    return [];
  }
  return names
    .map((name) => ({ name, build: Number(/^chromium-(\d+)$/.exec(name)?.[1]) }))
    .filter(({ build }) => build > 0)
    .sort((a, b) => b.build - a.build)
    .flatMap(({ name }) =>
      PLAYWRIGHT_EXECUTABLES.map((tail) => ({ name: "Playwright's Chromium", path: join(cache, name, tail) })),
    );
}

/** @param {string} file */
function runnable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The browser of this machine, or nothing.
 * @param {Machine} [machine]
 * @returns {Candidate | undefined}
 */
export function findBrowser(machine = { platform: process.platform, env: process.env, home: homedir() }) {
  return (
    browserCandidates(machine).find(({ path }) => runnable(path)) ??
    playwrightCandidates(playwrightCache(machine)).find(({ path }) => runnable(path))
  );
}

const APT_PACKAGES = ['chromium', 'fonts-liberation', 'fonts-noto-core', 'fonts-noto-color-emoji'];

function canUseApt() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false;
  return (process.env.PATH ?? '').split(delimiter).some((dir) => existsSync(join(dir, 'apt-get')));
}

/** @param {string} node */
async function installWithPlaywright(node) {
  const cli = join(root, 'node_modules', 'playwright', 'cli.js');
  const { code, output } = await captured(node, [cli, 'install', 'chromium'], {
    cwd: root,
    timeoutMs: 600_000,
  });
  if (code !== 0) throw new Error(code === 124 ? 'no answer in 10 minutes' : firstReason(output));
}

async function installWithApt() {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: 600_000 };
  const update = await captured('apt-get', ['update', '-q'], options);
  const install = await captured(
    'apt-get',
    ['install', '-y', '-q', '--no-install-recommends', ...APT_PACKAGES],
    options,
  );
  if (install.code !== 0) throw new Error(firstReason(`${install.output}\n${update.output}`));
}

/**
 * A browser: the one on the machine, else one is installed (Playwright's installer; on Debian as root, apt).
 * @param {string} node the runtime
 * @param {{ required: boolean }} options `required`: throw when there is none; otherwise say in one line what to do
 * @returns {Promise<Candidate | undefined>}
 */
export async function ensureBrowser(node, { required }) {
  const found = findBrowser();
  if (found) return found;
  const ways = [
    { name: "Playwright's Chromium", install: () => installWithPlaywright(node) },
    ...(canUseApt() ? [{ name: 'Chromium from apt', install: installWithApt }] : []),
  ];
  const known = required ? undefined : recall('browser');
  /** @type {string[]} */
  const reasons = known ? [known] : [];
  if (!known) {
    for (const { name, install } of ways) {
      try {
        await step('browser', `none found, installing ${name}`, install);
      } catch (error) {
        reasons.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        continue;
      }
      const fresh = findBrowser();
      if (fresh) {
        forgetFailure('browser');
        return fresh;
      }
    }
    rememberFailure('browser', reasons.join('; '));
  }
  const advice = 'Install Chrome, Chromium, Edge or Brave, or name one in TABAGENT_BROWSER.';
  if (required)
    throw new SetupError(`No browser was found and none could be installed.\n${reasons.join('\n')}`, advice);
  say(`  ! browser       none found and none could be installed; profiles will not start. ${advice}`);
  return undefined;
}
