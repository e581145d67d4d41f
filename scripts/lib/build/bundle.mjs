import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { build, context } from 'esbuild';
import { outDir, root } from '../paths.mjs';

/** @import { BuildOptions, OutputFile, Plugin } from 'esbuild' */

/**
 * Packages that stay outside the bundle: native code, files they find beside themselves, or sheer size. All other
 * dependencies are bundled, because reading a thousand small files costs half of the start-up time.
 */
const EXTERNAL = [
  'electron',
  'better-sqlite3',
  '@napi-rs/keyring',
  'playwright',
  'playwright-core',
  '@playwright/test',
  'systeminformation',
  'node-llama-cpp',
  'onnxruntime-node',
  'node-datachannel',
  'sqlite-vec',
  'usearch',
];

// Bundled CommonJS packages reach for these three names, which an ES module does not have.
const CJS_NAMES = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  "import { dirname as __pathDirname } from 'node:path';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __fileURLToPath(import.meta.url);',
  'const __dirname = __pathDirname(__filename);',
].join('\n');

/** @type {BuildOptions} */
const common = {
  bundle: true,
  write: false,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'silent',
  absWorkingDir: root,
  external: EXTERNAL,
};

/** @type {BuildOptions} */
const esm = {
  ...common,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  banner: { js: CJS_NAMES },
};

/** Entries of the main program: Electron's, Node's, one per worker thread (`*.thread.ts`) and per compute pool (`*.compute.ts`). */
function mainEntries() {
  /** @type {Record<string, string>} */
  const entries = {};
  for (const name of ['index', 'cli']) {
    if (existsSync(join(root, 'src', 'main', `${name}.ts`))) entries[name] = `src/main/${name}.ts`;
  }
  for (const path of readdirSync(join(root, 'src', 'main'), { recursive: true, encoding: 'utf8' })) {
    for (const [ending, folder] of Object.entries({ '.thread.ts': 'threads', '.compute.ts': 'compute' })) {
      if (path.endsWith(ending)) entries[`${folder}/${basename(path, ending)}`] = join('src', 'main', path);
    }
  }
  return entries;
}

function workerEntries() {
  /** @type {Record<string, string>} */
  const entries = {};
  for (const folder of ['src/workers', 'src/workers/inference']) {
    for (const name of readdirSync(join(root, folder))) {
      const file = `${folder}/${name}/index.ts`;
      if (existsSync(join(root, file))) entries[name] = file;
    }
  }
  return entries;
}

/** @typedef {'main' | 'workers' | 'playwright-test' | 'preload'} BundledZone */

/**
 * esbuild's options for a zone; its output goes to `out/<zone>`.
 * @param {BundledZone} zone
 * @returns {BuildOptions}
 */
export function bundleOptions(zone) {
  const outdir = join(outDir, zone);
  switch (zone) {
    case 'main':
      // Chunks lie beside the entries, so that `import.meta.url` has the same depth in all of them.
      return { ...esm, outdir, entryPoints: mainEntries(), splitting: true, chunkNames: '[name]-[hash]' };
    case 'workers':
      return { ...esm, outdir, entryPoints: workerEntries(), splitting: true, chunkNames: '[name]-[hash]' };
    case 'playwright-test':
      // Playwright's own processes load these from outside of the archive, where no package.json says what they are.
      return {
        ...common,
        outdir,
        entryPoints: Object.fromEntries(
          ['fixtures', 'hooks', 'reporter'].map((name) => [
            name,
            `src/workers/executor/playwright-test/inside/${name}.ts`,
          ]),
        ),
        format: 'cjs',
        platform: 'node',
        target: 'node22',
        sourcemap: false,
        outExtension: { '.js': '.cjs' },
        external: [...EXTERNAL, 'playwright/*'],
      };
    case 'preload':
      // A sandboxed preload script is one CommonJS file that may require nothing but `electron`.
      return {
        ...common,
        outdir,
        entryPoints: { index: 'src/preload/index.ts' },
        format: 'cjs',
        platform: 'browser',
        target: 'chrome140',
        outExtension: { '.js': '.cjs' },
        external: ['electron'],
      };
  }
}

const UNICODE = /[^\0-\xff]/g;

/**
 * The same program with characters beyond Latin-1 as escapes. The bundler escapes those of strings and leaves those of comments and regular
 * expressions; a single one makes V8 keep the whole file at two bytes a character.
 * @param {string} text
 */
const latin1 = (text) => text.replace(UNICODE, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * Replaces the content of a folder by what esbuild made. Each file appears whole; unchanged ones are left alone, and
 * those of an earlier build go last, when nothing refers to them any more.
 * @param {string} dir
 * @param {readonly OutputFile[]} files
 */
export async function writeOutputs(dir, files) {
  const wanted = new Set(files.map(({ path }) => relative(dir, path)));
  for (const { path, contents: made, text } of files) {
    const contents = /\.c?js$/.test(path) ? Buffer.from(latin1(text)) : made;
    const old = await readFile(path).catch(() => undefined);
    if (old?.equals(contents)) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.new`, contents);
    await rename(`${path}.new`, path);
  }
  const present = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of present) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !wanted.has(relative(dir, path))) await rm(path, { force: true });
  }
}

/** @param {BundledZone} zone */
export async function bundle(zone) {
  const options = bundleOptions(zone);
  await mkdir(join(outDir, zone), { recursive: true });
  if (Object.keys(options.entryPoints ?? {}).length === 0) return;
  const result = await build(options);
  await writeOutputs(join(outDir, zone), result.outputFiles ?? []);
}

/**
 * Bundles programs of the tests that would otherwise read the whole host as a thousand sources.
 * @param {Record<string, string>} entryPoints
 * @param {string} dir
 */
export async function bundlePrograms(entryPoints, dir) {
  const { outputFiles } = await build({ ...esm, entryPoints, outdir: dir });
  await writeOutputs(dir, outputFiles ?? []);
}

/**
 * Bundles a zone again whenever one of its sources changes.
 * @param {BundledZone} zone
 * @param {(failure: string | undefined) => void} onBuilt called after each build, with its error messages if it failed
 * @returns {Promise<() => Promise<void>>} stops watching
 */
export async function watchBundle(zone, onBuilt) {
  const dir = join(outDir, zone);
  /** @type {Plugin} */
  const deliver = {
    name: 'deliver',
    setup(api) {
      api.onEnd(async (result) => {
        if (result.errors.length === 0) await writeOutputs(dir, result.outputFiles ?? []);
        const texts = result.errors.map(({ text, location }) =>
          location ? `${location.file}:${location.line}: ${text}` : text,
        );
        onBuilt(texts.length > 0 ? texts.join('\n') : undefined);
      });
    },
  };
  const watcher = await context({ ...bundleOptions(zone), plugins: [deliver] });
  await watcher.watch();
  return () => watcher.dispose();
}
