import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.mjs';
import { lastLines } from '../process.mjs';
import { SetupError, step } from '../progress.mjs';
import { npm } from './npm.mjs';

/**
 * @typedef {{ version?: string; optional?: boolean; devOptional?: boolean; peer?: boolean; link?: boolean }} LockEntry
 * @typedef {{ packages?: Record<string, LockEntry> }} Lockfile
 */

/**
 * What the installed tree lacks of the lockfile.
 *
 * `node_modules/.package-lock.json` is npm's own record of what it installed; packages for other platforms are
 * legitimately absent from it.
 * @param {Lockfile} wanted package-lock.json
 * @param {Lockfile} installed node_modules/.package-lock.json
 * @returns {string | undefined} the first difference in words, or nothing where the tree is as it should be
 */
export function lockDifference(wanted, installed) {
  const have = installed.packages ?? {};
  for (const [path, entry] of Object.entries(wanted.packages ?? {})) {
    if (path === '' || entry.link) continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const present = have[path];
    if (!present) {
      if (entry.optional || entry.devOptional || entry.peer) continue;
      return `${name} is not installed`;
    }
    if (present.version !== entry.version) {
      return `${name} is ${present.version}, the lockfile says ${entry.version}`;
    }
  }
  return undefined;
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Installs the dependencies when node_modules is missing or is not what the lockfile says.
 *
 * No package's install script runs here: npm 10 would run all of them (better-sqlite3's needs a compiler), npm 12
 * none. The one that is needed, the Node runtime's, is run by name in `ensureRuntime`.
 */
export async function ensureDependencies() {
  const lockText = read(join(root, 'package-lock.json'));
  if (!lockText) throw new SetupError('package-lock.json is missing.', 'Restore it with git.');
  const stampFile = join(root, 'node_modules', '.tabagent-lock');
  const hash = createHash('sha256').update(lockText).digest('hex');
  if (read(stampFile) === hash) return;

  const hidden = read(join(root, 'node_modules', '.package-lock.json'));
  const difference = hidden
    ? lockDifference(JSON.parse(lockText), JSON.parse(hidden))
    : 'the first time this takes about a minute';
  if (difference) {
    await step('dependencies', `npm ci (${difference})`, async () => {
      const { code, output } = await npm(['ci', '--ignore-scripts']);
      if (code !== 0) {
        throw new SetupError(
          `npm ci failed:\n${lastLines(output)}`,
          'Check the network and the free disk space (1.5 GB are needed), then run the command again.',
        );
      }
    });
  }
  writeFileSync(stampFile, hash);
}
