/** Builds the directory target of the installers and looks at what people would get. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AsarFile, openAsar } from './asar.ts';
import { fusesOf, makeStandInDist } from './stand-in-dist.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
  devDependencies: Record<string, string>;
};
const electronVersion = manifest.devDependencies.electron ?? '';

// The directory of the other systems needs their own tools and binaries.
const only = test.skipIf(process.platform !== 'linux');

let work = '';
let app = '';
let files: AsarFile[] = [];

beforeAll(async () => {
  if (process.platform !== 'linux') {
    process.stdout.write('packaging: skipped, the directory target is built on Linux only\n');
    return;
  }
  for (const built of [
    'out/main/cli.js',
    'out/main/index.js',
    'out/preload/index.cjs',
    'out/renderer/index.html',
    'out/workers/executor.js',
    'examples/login-and-collect.command.json',
    'examples/login-and-collect.script.ts',
  ]) {
    if (!existsSync(join(root, built))) throw new Error(`${built} is missing: run npm run build first`);
  }
  work = mkdtempSync(join(tmpdir(), 'tabagent-package-'));
  const dist = join(work, 'electron');
  makeStandInDist(dist, electronVersion);
  await run(
    process.execPath,
    [
      join(root, 'node_modules/electron-builder/cli.js'),
      ...['--linux', 'dir', '--x64', '--projectDir', root, '--publish', 'never'],
      `-c.electronDist=${dist}`,
      `-c.electronVersion=${electronVersion}`,
      `-c.directories.output=${join(work, 'dist')}`,
    ],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 },
  );
  const archive = openAsar(join(work, 'dist/linux-unpacked/resources/app.asar'));
  files = archive.files;
  app = join(work, 'app');
  archive.extract(app);
  archive.close();
  cpSync(join(work, 'dist/linux-unpacked/resources/app.asar.unpacked'), app, { recursive: true });
}, 300_000);

afterAll(() => rmSync(work, { recursive: true, force: true }));

/** The first JSON object that a program prints, over however many lines. */
async function firstObject(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('no stdout');
  let text = '';
  for await (const line of createInterface(child.stdout)) {
    text += line;
    if (line.endsWith('}')) return text;
  }
  throw new Error(`it ended after: ${text}`);
}

const has = (path: string) => files.some((file) => file.path === path);

only("the archive has everything that runs: a missing file would only show on a user's machine", () => {
  for (const path of [
    'package.json',
    'out/main/index.js',
    'out/main/cli.js',
    'out/preload/index.cjs',
    'out/renderer/index.html',
    'out/content/index.html',
    'out/workers/executor.js',
    'examples/login-and-collect.command.json',
    'examples/login-and-collect.script.ts',
    'resources/icons/tray.png',
    'resources/icons/linux/256x256.png',
    'node_modules/playwright-core/package.json',
    'node_modules/systeminformation/package.json',
  ]) {
    expect(has(path), path).toBe(true);
  }
  expect(files.filter(({ path }) => /^resources\/migrations\/\d{4}-.+\.sql$/.test(path))).not.toHaveLength(0);
});

only('development, tests and sources stay at home', () => {
  const shipped = new Set(files.map(({ path }) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]));
  expect(Object.keys(manifest.devDependencies).filter((name) => shipped.has(name))).toEqual([]);
  expect(files.filter(({ path }) => /^(src|tests|scripts|docs|\.git|\.cache)\//.test(path))).toEqual([]);
  expect(files.filter(({ path }) => /^out\/.*\.map$|\.stamps\.json$|\.env$|\.log$/.test(path))).toEqual([]);
});

only('native modules and Playwright lie beside the archive, because they cannot be loaded from inside', () => {
  const native = files.filter(({ path }) => /\.(node|so|dylib|dll)$/.test(path));
  expect(native.map(({ path }) => path)).toContain('node_modules/better-sqlite3/prebuilds/linux-x64.node');
  expect(native.filter(({ unpacked }) => !unpacked)).toEqual([]);
  expect(native.filter(({ path }) => /darwin|win32|arm64/.test(path))).toEqual([]);
  expect(files.filter(({ path, unpacked }) => path.startsWith('node_modules/playwright-core/') && !unpacked)).toEqual(
    [],
  );
});

only('the fuses are burned: nobody can run the signed app as Node or load other code into it', () => {
  const binary = readFileSync(join(work, 'dist/linux-unpacked/tabagent'));
  const [runAsNode, cookieEncryption, nodeOptions, inspect, integrity, onlyAsar, , fileRights] = fusesOf(binary);
  expect({ runAsNode, cookieEncryption, nodeOptions, inspect, integrity, onlyAsar, fileRights }).toEqual({
    runAsNode: '0',
    cookieEncryption: '1',
    nodeOptions: '0',
    inspect: '0',
    integrity: '1',
    onlyAsar: '1',
    fileRights: '0',
  });
});

only(
  'the program of the package starts, answers and stops: a bundle that misses a package would not',
  async () => {
    const cli = join(app, 'out/main/cli.js');
    const version = await run(process.execPath, [cli, '--version'], { cwd: work });
    expect(version.stdout.trim()).toContain(manifest.version);

    const child = spawn(process.execPath, [cli, 'serve', '--json', '--port', '0', '--data-dir', join(work, 'data')], {
      cwd: work,
      env: { ...process.env, TABAGENT_KEYRING: 'off' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    try {
      const { url } = JSON.parse(await firstObject(child)) as { url: string };
      const health = await fetch(`${url}/v1/health`);
      expect(await health.json()).toMatchObject({ service: 'tabagent-server', version: manifest.version });
    } finally {
      const gone = child.exitCode === null ? once(child, 'exit') : Promise.resolve([child.exitCode]);
      child.kill('SIGTERM');
      expect(await gone).toContain(0);
    }
  },
  60_000,
);
