/** Builds the directory target of the installers and looks at what people would get. */
import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeLlama } from '../support/models/llama-model.ts';
import { writeOnnxEmbedder } from '../support/models/onnx-models.ts';
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
    'out/workers/llama.js',
    'out/workers/onnx.js',
    'resources/models.json',
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
  const native = files.filter(({ path }) => /\.(node|so|so\.\d+|dylib|dll)$/.test(path));
  for (const path of [
    'node_modules/better-sqlite3/prebuilds/linux-x64.node',
    'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node',
    'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1',
    'node_modules/@node-llama-cpp/linux-x64/bins/linux-x64/llama-addon.node',
    'node_modules/@node-llama-cpp/linux-x64-vulkan/bins/linux-x64-vulkan/llama-addon.node',
  ])
    expect(native.map((file) => file.path)).toContain(path);
  expect(native.filter(({ unpacked }) => !unpacked)).toEqual([]);
  expect(native.filter(({ path }) => /darwin|win32|arm64|armv7l|riscv64|cuda/.test(path))).toEqual([]);
  expect(files.filter(({ path, unpacked }) => path.startsWith('node_modules/playwright-core/') && !unpacked)).toEqual(
    [],
  );
});

/** Largest packages of an installer, MiB; what is not here is small. */
function sizes(): [name: string, mib: number][] {
  const byPackage = Map.groupBy(files, ({ path }) => {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
    return name ?? path.split('/')[0] ?? '';
  });
  return [...byPackage]
    .map(([name, own]): [string, number] => [name, own.reduce((sum, { size }) => sum + size, 0) / 1024 / 1024])
    .sort(([, one], [, other]) => other - one);
}

// Catches binaries of other machines, sources and CUDA's libraries: each of them is hundreds of megabytes.
only('the program without Electron is no larger than it must be', () => {
  const all = sizes();
  const total = all.reduce((sum, [, mib]) => sum + mib, 0);
  const largest = all.slice(0, 6).map(([name, mib]) => `${name} ${Math.round(mib)}`);
  process.stdout.write(`packaging: ${Math.round(total)} MiB without Electron (${largest.join(', ')})\n`);
  expect(total).toBeLessThan(225);
  for (const name of ['onnxruntime-web', '@huggingface/transformers', 'sharp', 'cmake-js'])
    expect(
      files.filter(({ path }) => path.startsWith(`node_modules/${name}/`)),
      name,
    ).toEqual([]);
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

/** Asks an engine of the package to load a model. @returns its answer */
async function loadedIn(engine: string, model: string, type: string): Promise<unknown> {
  const child = fork(join(app, `out/workers/${engine}.js`), {
    cwd: work,
    env: { PATH: process.env.PATH, TABAGENT_GPU: 'off', TABAGENT_THREADS: '1' },
    serialization: 'advanced',
  });
  try {
    const body = {
      op: 'load',
      model: 'm',
      path: model,
      type,
      context_length: 256,
      parallel: 1,
      prompt_batch: 128,
      gpu_layers: 0,
    };
    for await (const [reply] of on(child, 'message', { close: ['exit'] })) {
      if (reply.t === 'ready') child.send({ t: 'request', id: 1, body });
      else if (reply.t !== 'items') return reply;
    }
    throw new Error(`the engine ended with ${child.exitCode}`);
  } finally {
    child.kill();
  }
}

// Catches a native file that lies in the archive, or a package that an engine needs and that stayed at home.
only(
  'both engines of the package load a model',
  async () => {
    const gguf = join(work, 'model.gguf');
    writeLlama(gguf);
    const onnx = writeOnnxEmbedder(join(work, 'embedder'));
    const loaded = { t: 'answer', body: { t: 'loaded', facts: { device: 'cpu' } } };
    expect(await loadedIn('llama', gguf, 'chat')).toMatchObject(loaded);
    expect(await loadedIn('onnx', onnx, 'embedding')).toMatchObject(loaded);
  },
  60_000,
);

// Catches half of the host's program text in memory for nothing; see bundle.mjs.
only('every file of the program is Latin-1', () => {
  const dir = join(app, 'out/main');
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  expect(files.length).toBeGreaterThan(5);
  expect(files.filter((name) => /[^\0-\xff]/.test(readFileSync(join(dir, name), 'utf8')))).toEqual([]);
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
