import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { binDir, root } from '../paths.mjs';
import { foreground, lastLines } from '../process.mjs';
import { SetupError, step } from '../progress.mjs';
import { npm } from './npm.mjs';

/** The oldest Node that may load the host: older ones crash in better-sqlite3 without an exception. */
export const RUNTIME_MAJOR = 24;

/**
 * Whether a Node version may load the host.
 * @param {string | undefined} version `24.21.0` or `v24.21.0`
 */
export function fitsRuntime(version) {
  const major = /^v?(\d+)\./.exec(version ?? '')?.[1];
  return major !== undefined && Number(major) >= RUNTIME_MAJOR;
}

/**
 * Where the `node` package puts its executable.
 * @param {NodeJS.Platform} platform
 * @param {string} [base]
 */
export function pinnedNode(platform, base = root) {
  return platform === 'win32'
    ? join(base, 'node_modules', 'node', 'bin', 'node.exe')
    : join(base, 'node_modules', 'node', 'bin', 'node');
}

/**
 * @param {string} file
 * @returns {string | undefined}
 */
function versionOf(file) {
  try {
    return execFileSync(file, ['--version'], { encoding: 'utf8', timeout: 10_000 }).trim();
  } catch {
    return undefined;
  }
}

/** @param {string} one @param {string} other */
function isSameFile(one, other) {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}

/**
 * @param {{ execPath: string; version: string }} [self] the Node that runs the launcher
 * @param {string} [base]
 * @param {string} [path] folders to look in
 * @returns {string | undefined}
 */
export function findRuntime(
  self = { execPath: process.execPath, version: process.versions.node },
  base = root,
  path = process.env.PATH ?? '',
) {
  const pinned = pinnedNode(process.platform, base);
  if (existsSync(pinned)) {
    const version = isSameFile(pinned, self.execPath) ? self.version : versionOf(pinned);
    if (fitsRuntime(version)) return pinned;
  }
  // npm puts the pinned Node first on PATH, and a fresh installation of the dependencies removes the file of the Node that runs it.
  if (fitsRuntime(self.version) && existsSync(self.execPath)) return self.execPath;
  const exe = process.platform === 'win32' ? 'node.exe' : 'node';
  const dirs = path.split(delimiter).filter((dir) => dir && dir !== binDir);
  return dirs.map((dir) => join(dir, exe)).find((file) => existsSync(file) && fitsRuntime(versionOf(file)));
}

/**
 * A Node that may load the host: the pinned one, else one that is already on the machine, else the pinned one is
 * installed from npm.
 * @returns {Promise<string>} path of the executable
 */
export async function ensureRuntime() {
  const found = findRuntime();
  if (found) return found;
  const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).optionalDependencies.node;
  const advice =
    `Install Node ${RUNTIME_MAJOR} or newer (https://nodejs.org) so that \`node --version\` shows it, ` +
    'then run the command again.';
  await step('runtime', `Node ${wanted} from npm`, async () => {
    const { code, output } = await npm(['rebuild', 'node', '--ignore-scripts=false']);
    if (code !== 0) {
      throw new SetupError(`Node ${wanted} could not be installed from npm:\n${lastLines(output)}`, advice);
    }
  });
  const installed = findRuntime();
  if (!installed) {
    throw new SetupError(
      `TabAgent runs on Node ${RUNTIME_MAJOR}; this is Node ${process.versions.node}, and npm has no build of ` +
        `Node ${wanted} for ${process.platform}-${process.arch}.`,
      advice,
    );
  }
  return installed;
}

/**
 * Starts this very script again on the runtime, where the tools would refuse the Node it runs on.
 * @param {string} node from `ensureRuntime`
 * @returns {Promise<number | undefined>} the exit code of the second start, or nothing when this Node will do
 */
export async function restartOn(node) {
  if (fitsRuntime(process.versions.node)) return undefined;
  return foreground(node, process.argv.slice(1));
}
