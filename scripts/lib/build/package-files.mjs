// Which packages an installer takes along: those that stay outside of the bundles, with what they need. electron-builder.yml adds the rest.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.mjs';

/** @typedef {{ dev?: boolean, dependencies?: Record<string, string>, optionalDependencies?: Record<string, string> }} Locked */

/** Packages that stay outside of the bundles. */
const OUTSIDE = [
  ...['better-sqlite3', '@napi-rs/keyring', 'playwright', 'systeminformation'],
  ...['node-llama-cpp', 'onnxruntime-node'],
];
/** Needed to compile or to download native code, which never happens. */
const UNUSED = new Set(['cmake-js', 'node-addon-api', 'adm-zip', 'global-agent', '@reflink/reflink']);

/** @type {Record<string, Locked>} */
const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;

/**
 * Where Node finds a package; undefined for one that is not in the lock file.
 * @param {string} from path of the package that asks; empty for the program
 * @param {string} name
 * @returns {string | undefined}
 */
function placeOf(from, name) {
  const own = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  if (locked[own] !== undefined || from === '') return locked[own] === undefined ? undefined : own;
  return placeOf(from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name);
}

/** @returns {Set<string>} paths of packages with everything that they need */
function wanted() {
  /** @type {Set<string>} */
  const seen = new Set();
  /** @param {string} from @param {string} name */
  const add = (from, name) => {
    const place = UNUSED.has(name) ? undefined : placeOf(from, name);
    const entry = place === undefined ? undefined : locked[place];
    if (place === undefined || entry === undefined || seen.has(place)) return;
    seen.add(place);
    for (const next of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) add(place, next);
  };
  for (const name of OUTSIDE) add('', name);
  return seen;
}

const taken = wanted();
const left = Object.entries(locked).filter(
  ([path, { dev }]) => path.startsWith('node_modules/') && !dev && !taken.has(path),
);

// electron-builder takes all packages that are no development dependencies, and of these patterns only those that take something away. It
// fills in the names of the system.
const SYSTEM = { os: '$' + '{os}', platform: '$' + '{platform}', arch: '$' + '{arch}' };

const files = [
  ...left.map(([path]) => `!${path}/**`),
  '!node_modules/better-sqlite3/{deps,src}/**',
  `!node_modules/better-sqlite3/prebuilds/!(${SYSTEM.platform}*-${SYSTEM.arch}.node)`,
  '!node_modules/node-llama-cpp/templates/**',
  '!node_modules/node-llama-cpp/llama/{gitRelease.bundle,addon/**,cmake/**,patches/**,profiles/**,toolchains/**,xpack/**}',
  // Without CUDA, whose libraries are three times the rest of the program; Vulkan computes on the same cards.
  `!node_modules/@node-llama-cpp/!(${SYSTEM.os}-${SYSTEM.arch}|${SYSTEM.os}-${SYSTEM.arch}-vulkan|${SYSTEM.os}-${SYSTEM.arch}-metal)/**`,
  '!node_modules/onnxruntime-node/{script,lib}/**',
  `!node_modules/onnxruntime-node/bin/napi-v6/!(${SYSTEM.platform})/**`,
  `!node_modules/onnxruntime-node/bin/napi-v6/*/!(${SYSTEM.arch})/**`,
  '!node_modules/onnxruntime-common/{lib,dist/esm}/**',
];

export default { files };
