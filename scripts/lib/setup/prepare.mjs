import { join } from 'node:path';
import { staleZones } from '../build/zones.mjs';
import { root } from '../paths.mjs';
import { foreground } from '../process.mjs';
import { SetupError } from '../progress.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { ensureRuntime } from './runtime.mjs';

/**
 * What every command needs first: the dependencies and a Node that may load the host.
 * @returns {Promise<{ node: string }>}
 */
export async function prepare() {
  await ensureDependencies();
  return { node: await ensureRuntime() };
}

/**
 * Builds what is stale, in a process of its own: the launcher stays free of dependencies and starts fast.
 * @param {string} node
 * @param {readonly import('../build/zones.mjs').ZoneName[]} [names]
 */
export async function buildStale(node, names) {
  const stale = staleZones(names);
  if (stale.length === 0) return;
  const code = await foreground(node, [join(root, 'scripts', 'build.mjs'), ...stale]);
  if (code !== 0) throw new SetupError('TabAgent could not be built.');
}
