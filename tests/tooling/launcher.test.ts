import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contentHash, inputFiles, isInput, judge, quickHash } from '../../scripts/lib/build/zones.mjs';
import { hostOrigin, pointToVite } from '../../scripts/lib/dev.mjs';
import { exitStatus } from '../../scripts/lib/process.mjs';
import { browserCandidates, playwrightCache, playwrightCandidates } from '../../scripts/lib/setup/browser.mjs';
import { lockDifference } from '../../scripts/lib/setup/dependencies.mjs';
import { detectElectron, firstReason, noDisplay, reasonLine } from '../../scripts/lib/setup/electron.mjs';
import { stillFailing } from '../../scripts/lib/setup/memory.mjs';
import { npmCommand } from '../../scripts/lib/setup/npm.mjs';
import { findRuntime, fitsRuntime, pinnedNode } from '../../scripts/lib/setup/runtime.mjs';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tabagent-launcher-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('dependencies', () => {
  const wanted = {
    packages: {
      '': { version: '0.1.0' },
      'node_modules/zod': { version: '4.6.7' },
      'node_modules/a/node_modules/zod': { version: '3.0.0' },
      'node_modules/@esbuild/aix-ppc64': { version: '0.28.2', optional: true },
    },
  };

  it('accepts a tree without the packages of other platforms (or npm ci would run at every start)', () => {
    const { '': _root, 'node_modules/@esbuild/aix-ppc64': _other, ...packages } = wanted.packages;
    expect(lockDifference(wanted, { packages })).toBeUndefined();
  });

  it('names a missing package and a wrong version (a pulled lockfile change must not go unnoticed)', () => {
    expect(lockDifference(wanted, { packages: {} })).toBe('zod is not installed');
    const packages = { ...wanted.packages, 'node_modules/a/node_modules/zod': { version: '3.0.1' } };
    expect(lockDifference(wanted, { packages })).toBe('zod is 3.0.1, the lockfile says 3.0.0');
  });

  it('runs the npm that started it, and never yarn or pnpm, which set the same variable', () => {
    const npm = npmCommand({ npm_execpath: '/lib/npm/bin/npm-cli.js' }, 'linux', '/bin/node');
    expect(npm).toEqual({ command: '/bin/node', args: ['/lib/npm/bin/npm-cli.js'], shell: false });
    expect(npmCommand({ npm_execpath: '/lib/pnpm.cjs' }, 'linux', '/bin/node').command).toBe('npm');
    const windows = npmCommand({ npm_execpath: 'C:\\npm\\bin\\npm-cli.js' }, 'win32', 'node.exe');
    expect(windows.args).toEqual(['C:\\npm\\bin\\npm-cli.js']);
    expect(npmCommand({}, 'win32', 'node.exe')).toEqual({ command: 'npm', args: [], shell: true });
  });
});

describe('runtime', () => {
  it('never accepts a Node below 24 (the host would crash without an exception)', () => {
    expect(['v20.20.2', '22.12.0', '23.9.0', undefined, 'nonsense'].map(fitsRuntime)).not.toContain(true);
    expect(['24.0.0', 'v24.21.0', '26.1.0', 'v100.0.0'].map(fitsRuntime)).not.toContain(false);
  });

  // Would catch: `npm test` after a change of the lockfile, which removes the very Node that runs it and then starts it.
  it('does not choose the Node that runs it once its file is gone', () => {
    const self = { execPath: join(dir, 'node'), version: '24.21.0' };
    expect(findRuntime(self, dir, '')).toBeUndefined();
    expect(findRuntime({ ...self, execPath: process.execPath }, dir, '')).toBe(process.execPath);
  });

  it('looks for node.exe on Windows, where bin/node is an empty file', () => {
    expect(pinnedNode('win32', 'C:')).toMatch(/node\.exe$/);
    expect(pinnedNode('linux', '/app')).toBe(join('/app', 'node_modules/node/bin/node'));
  });

  it('reports the exit code as a shell does, so that a killed host is not a success', () => {
    expect([exitStatus(0, null), exitStatus(3, null), exitStatus(null, 'SIGTERM')]).toEqual([0, 3, 143]);
  });
});

describe('browser', () => {
  const linux = { platform: 'linux' as const, home: '/home/ada', env: { PATH: '/opt/bin:/usr/bin' } };

  it('takes the one that is named before all others', () => {
    const env = { ...linux.env, TABAGENT_BROWSER: '/my/chrome' };
    expect(browserCandidates({ ...linux, env })[0]).toEqual({ name: 'TABAGENT_BROWSER', path: '/my/chrome' });
  });

  it('looks for all four families on each system, Chrome first', () => {
    const mac = browserCandidates({ platform: 'darwin', home: '/Users/ada', env: {} });
    const env = { PROGRAMFILES: 'C:\\Program Files', LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' };
    const windows = browserCandidates({ platform: 'win32', home: 'C:\\Users\\ada', env });
    for (const list of [browserCandidates(linux), mac, windows]) {
      expect([...new Set(list.map(({ name }) => name))]).toEqual(['Chrome', 'Chromium', 'Edge', 'Brave']);
    }
    expect(browserCandidates(linux).map(({ path }) => path)).toContain('/usr/bin/chromium');
    expect(mac[0]?.path).toBe('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome');
    expect(windows.map(({ path }) => path)).toContain(
      'C:\\Users\\ada\\AppData\\Local\\Google\\Chrome\\Application\\chrome.exe',
    );
  });

  it("finds the newest of Playwright's own builds (a number, not a word: 1200 is newer than 999)", async () => {
    for (const name of ['chromium-999', 'chromium-1200', 'chromium_headless_shell-1300', 'ffmpeg-1013']) {
      await mkdir(join(dir, name));
    }
    const paths = playwrightCandidates(dir).map(({ path }) => path);
    expect(paths[0]?.startsWith(join(dir, 'chromium-1200'))).toBe(true);
    expect(paths.some((path) => path.includes('headless_shell'))).toBe(false);
    expect(playwrightCandidates(join(dir, 'absent'))).toEqual([]);
    expect(playwrightCache(linux)).toBe('/home/ada/.cache/ms-playwright');
    expect(playwrightCache({ ...linux, env: { PLAYWRIGHT_BROWSERS_PATH: '/b' } })).toBe('/b');
  });
});

describe('desktop app', () => {
  it('finds Electron only where its executable really is (a half-finished download is none)', async () => {
    expect(detectElectron(dir, {})).toBeUndefined();
    await writeFile(join(dir, 'path.txt'), 'electron');
    expect(detectElectron(dir, {})).toBeUndefined();
    await mkdir(join(dir, 'dist'));
    await writeFile(join(dir, 'dist', 'electron'), '');
    expect(detectElectron(dir, {})).toBe(join(dir, 'dist', 'electron'));
    expect(detectElectron(dir, { ELECTRON_OVERRIDE_DIST_PATH: join(dir, 'elsewhere') })).toBeUndefined();
  });

  it('asks for a display only where there may be none', () => {
    expect(noDisplay('linux', {})).toContain('DISPLAY');
    expect(noDisplay('linux', { DISPLAY: ':0' })).toBeUndefined();
    expect(noDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBeUndefined();
    expect(noDisplay('darwin', {})).toBeUndefined();
    expect(noDisplay('win32', {})).toBeUndefined();
  });

  it('tells the reason in one line', () => {
    const output = 'Downloading Electron binary...\nTypeError: fetch failed\n    at async get (file.js:1:1)\n';
    expect(firstReason(output)).toBe('TypeError: fetch failed');
    expect(firstReason('')).toBe('no reason given');
    expect(reasonLine(firstReason(output))).not.toContain('\n');
  });

  it('tries again after a day, and after the clock was set back', () => {
    const failures = { electron: { at: 1_000_000_000, reason: 'fetch failed' } };
    expect(stillFailing(failures, 'electron', 1_000_000_001)).toBe('fetch failed');
    expect(stillFailing(failures, 'electron', 1_000_000_000 + 86_400_000)).toBeUndefined();
    expect(stillFailing(failures, 'electron', 999_999_999)).toBeUndefined();
    expect(stillFailing(failures, 'browser', 1_000_000_001)).toBeUndefined();
  });
});

describe('staleness', () => {
  const stamp = { quick: 'q', content: 'c' };

  it('reads file contents only when a time or a size has changed', () => {
    const content = () => {
      throw new Error('must not be read');
    };
    expect(judge({ stamp, built: true, quick: 'q', content })).toBe('fresh');
    expect(judge({ stamp, built: false, quick: 'q', content })).toBe('stale');
    expect(judge({ stamp: undefined, built: true, quick: 'q', content })).toBe('stale');
  });

  it('does not build again what was only touched, and builds what was changed', () => {
    expect(judge({ stamp, built: true, quick: 'other', content: () => 'c' })).toBe('touched');
    expect(judge({ stamp, built: true, quick: 'other', content: () => 'd' })).toBe('stale');
  });

  it('sees a file that is added, removed, edited or renamed, and no test', async () => {
    const put = async (name: string, text: string, seconds = 1000) => {
      await mkdir(join(dir, 'src', 'deep'), { recursive: true });
      await writeFile(join(dir, 'src', name), text);
      await utimes(join(dir, 'src', name), seconds, seconds);
    };
    const print = () => {
      const files = inputFiles(['src', 'absent'], dir);
      return { quick: quickHash(files), content: contentHash(files, (path) => Buffer.from(path)) };
    };
    await put('a.ts', 'one');
    const first = print();
    await put('a.test.ts', 'test');
    await put('deep/.hidden', 'editor');
    expect(print()).toEqual(first);
    await put('a.ts', 'two');
    expect(print()).toEqual(first); // same size, same time: the price of not reading
    await put('a.ts', 'two', 1001);
    expect(print().quick).not.toBe(first.quick);
    await put('a.ts', 'one', 1000);
    await put('deep/b.ts', '');
    expect(print().quick).not.toBe(first.quick);
  });

  it('counts styles, pages and configuration as inputs', () => {
    expect(['a.css', 'index.html', 'data.json', 'x.thread.ts', 'docs/guide/tasks.md'].every(isInput)).toBe(true);
    expect(['a.test.ts', 'a.spec.tsx', 'notes.md', 'deep/.swp'].some(isInput)).toBe(false);
  });
});

describe('development', () => {
  it("points the person to Vite's panel and leaves other addresses alone", () => {
    const line = 'Ready: http://127.0.0.1:8080/panel/#ticket=abc (API at http://127.0.0.1:8080/v1)';
    expect(pointToVite(line, 'http://127.0.0.1:5173')).toBe(
      'Ready: http://127.0.0.1:5173/panel/#ticket=abc (API at http://127.0.0.1:8080/v1)',
    );
  });

  it('proxies to the port that the host is told to use', () => {
    expect(hostOrigin([], {})).toBe('http://127.0.0.1:8080');
    expect(hostOrigin([], { TABAGENT_PORT: '9000' })).toBe('http://127.0.0.1:9000');
    expect(hostOrigin(['--port', '9001'], { TABAGENT_PORT: '9000' })).toBe('http://127.0.0.1:9001');
    expect(hostOrigin(['--port=9002'], {})).toBe('http://127.0.0.1:9002');
  });
});
