import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { root } from '../paths.mjs';

/**
 * @typedef {object} Zone a part of the program that is built as one
 * @property {readonly string[]} inputs files and folders, from the root
 * @property {string} entry the zone has nothing to build while this file or folder is absent
 * @property {readonly string[]} outputs files or folders that the build makes; one that is gone means stale
 */

const TOOLS = ['scripts/lib/build', 'package-lock.json'];

/** @typedef {'main' | 'workers' | 'playwright-test' | 'preload' | 'renderer' | 'assets'} ZoneName */

/** @type {Readonly<Record<ZoneName, Zone>>} */
export const zones = {
  main: { inputs: ['src/contract', 'src/main', ...TOOLS], entry: 'src/main/cli.ts', outputs: ['out/main/cli.js'] },
  workers: { inputs: ['src/contract', 'src/workers', ...TOOLS], entry: 'src/workers', outputs: ['out/workers'] },
  'playwright-test': {
    inputs: ['src/workers/executor/playwright-test', ...TOOLS],
    entry: 'src/workers/executor/playwright-test',
    outputs: ['out/playwright-test'],
  },
  preload: {
    inputs: ['src/contract', 'src/preload', ...TOOLS],
    entry: 'src/preload/index.ts',
    outputs: ['out/preload/index.cjs'],
  },
  renderer: {
    inputs: ['src/contract', 'src/renderer', 'docs/guide', 'vite.config.ts', ...TOOLS],
    entry: 'src/renderer/index.html',
    outputs: ['out/renderer/index.html'],
  },
  assets: { inputs: TOOLS, entry: 'package.json', outputs: ['out/docs', 'out/content'] },
};

export const zoneNames = /** @type {ZoneName[]} */ (Object.keys(zones));

/** @typedef {{ path: string; size: number; mtimeMs: number }} InputFile */
/** @typedef {{ quick: string; content: string }} Stamp what a zone's inputs were when it was last built */

/**
 * Tests and notes change nothing that is shipped; the guide is shipped in the panel.
 * @param {string} path
 */
export function isInput(path) {
  if (path.startsWith('docs/guide/')) return path.endsWith('.md');
  return !/\.(test|spec)\.[cm]?[jt]sx?$|\.md$|(^|\/)\./.test(path);
}

/**
 * The files that a zone is made of, sorted by path.
 * @param {readonly string[]} inputs
 * @param {string} [base]
 * @returns {InputFile[]}
 */
export function inputFiles(inputs, base = root) {
  /** @type {InputFile[]} */
  const files = [];
  for (const input of inputs) {
    const top = statSync(join(base, input), { throwIfNoEntry: false });
    if (!top) continue;
    const names = top.isDirectory()
      ? readdirSync(join(base, input), { recursive: true, encoding: 'utf8' }).map((name) => join(input, name))
      : [input];
    for (const name of names) {
      const path = name.split(sep).join('/');
      if (!isInput(path)) continue;
      const stat = statSync(join(base, path), { throwIfNoEntry: false });
      if (stat?.isFile()) files.push({ path, size: stat.size, mtimeMs: stat.mtimeMs });
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * A fingerprint that costs no reading: names, sizes and times.
 * @param {readonly InputFile[]} files
 */
export function quickHash(files) {
  const hash = createHash('sha1');
  for (const { path, size, mtimeMs } of files) hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  return hash.digest('hex');
}

/**
 * A fingerprint of what the files say; a fresh checkout or a branch switched there and back leaves it as it was.
 * @param {readonly InputFile[]} files
 * @param {(path: string) => Buffer} read
 */
export function contentHash(files, read) {
  const hash = createHash('sha1');
  for (const { path, size } of files) {
    hash.update(`${path}\0${size}\n`);
    hash.update(read(path));
  }
  return hash.digest('hex');
}

/**
 * Decides whether a zone must be built, reading file contents only when times or sizes have changed.
 * @param {object} state
 * @param {Stamp | undefined} state.stamp
 * @param {boolean} state.built whether the output is there
 * @param {string} state.quick
 * @param {() => string} state.content
 * @returns {'fresh' | 'touched' | 'stale'} `touched`: same contents with other times, only the stamp is old
 */
export function judge({ stamp, built, quick, content }) {
  if (!stamp || !built) return 'stale';
  if (stamp.quick === quick) return 'fresh';
  return stamp.content === content() ? 'touched' : 'stale';
}

const stampsFile = join(root, 'out', '.stamps.json');

/** @returns {Partial<Record<ZoneName, Stamp>>} */
function readStamps() {
  try {
    return JSON.parse(readFileSync(stampsFile, 'utf8'));
  } catch {
    return {};
  }
}

/**
 * @param {ZoneName} name
 * @param {Stamp} stamp
 */
function writeStamp(name, stamp) {
  mkdirSync(dirname(stampsFile), { recursive: true });
  writeFileSync(stampsFile, `${JSON.stringify({ ...readStamps(), [name]: stamp }, null, 2)}\n`);
}

/** @param {string} path */
const readInput = (path) => readFileSync(join(root, path));

/**
 * The zones whose output is not what their inputs say.
 * @param {readonly ZoneName[]} [names]
 * @returns {ZoneName[]}
 */
export function staleZones(names = zoneNames) {
  const stamps = readStamps();
  return names.filter((name) => {
    const zone = zones[name];
    if (!existsSync(join(root, zone.entry))) return false;
    const files = inputFiles(zone.inputs);
    const quick = quickHash(files);
    let content = '';
    const verdict = judge({
      stamp: stamps[name],
      built: zone.outputs.every((output) => existsSync(join(root, output))),
      quick,
      content: () => {
        content = contentHash(files, readInput);
        return content;
      },
    });
    if (verdict === 'touched') writeStamp(name, { quick, content });
    return verdict === 'stale';
  });
}

/**
 * Builds a zone and stamps it with what its inputs were before the build began: a file that is saved meanwhile
 * makes the zone stale again.
 * @param {ZoneName} name
 * @param {() => Promise<void>} build
 */
export async function buildZone(name, build) {
  const files = inputFiles(zones[name].inputs);
  const stamp = { quick: quickHash(files), content: contentHash(files, readInput) };
  await build();
  writeStamp(name, stamp);
}
