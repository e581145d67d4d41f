import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { zoneNames, zones } from '../build/zones.mjs';
import { root } from '../paths.mjs';
import { captured } from '../process.mjs';
import { duration, say } from '../progress.mjs';

/**
 * @typedef {{ name: string; args: string[] }} Check a program for Node, from the root
 * @typedef {{ name: string; ok: boolean; ms: number; output: string }} CheckResult
 */

/** @param {string[]} path inside node_modules */
const tool = (...path) => join(root, 'node_modules', ...path);

/** The types are checked zone by zone, because each zone has other globals: no DOM in the host, no Node in the panel. */
function typeChecks() {
  return readdirSync(root)
    .map((name) => /^tsconfig\.(?!base)(\w+)\.json$/.exec(name)?.[1])
    .filter((zone) => zone !== undefined)
    .map((zone) => ({
      name: `types ${zone}`,
      args: [tool('typescript', 'bin', 'tsc'), '-p', `tsconfig.${zone}.json`, '--pretty', 'false'],
    }));
}

/** @returns {Check[]} */
export function allChecks() {
  // While a zone has no entry, whatever it is going to import looks unused.
  const whole = zoneNames.every((name) => existsSync(join(root, zones[name].entry)));
  return [
    ...(whole ? [{ name: 'unused code', args: [tool('knip', 'bin', 'knip.js')] }] : []),
    ...typeChecks(),
    { name: 'lint, format', args: [tool('@biomejs', 'biome', 'bin', 'biome'), 'ci', '--colors=off'] },
    { name: 'imports', args: [join('scripts', 'lib', 'check', 'imports.mjs')] },
    { name: 'hygiene', args: [join('scripts', 'lib', 'check', 'hygiene.mjs')] },
    { name: 'writes', args: [join('scripts', 'lib', 'check', 'writes.mjs')] },
    { name: 'cuts', args: [join('scripts', 'lib', 'check', 'cuts.mjs')] },
    { name: 'parses', args: [join('scripts', 'lib', 'check', 'parses.mjs')] },
    { name: 'sizes', args: [join('scripts', 'lib', 'check', 'stats.mjs')] },
  ];
}

/**
 * Runs checks side by side, one per core, and prints a line for each and the output of those that fail.
 * @param {string} node
 * @param {readonly Check[]} checks
 * @returns {Promise<CheckResult[]>}
 */
export async function runChecks(node, checks) {
  const queue = [...checks];
  /** @type {CheckResult[]} */
  const results = [];
  const lane = async () => {
    for (let check = queue.shift(); check; check = queue.shift()) {
      const begin = performance.now();
      const { code, output } = await captured(node, check.args, { cwd: root });
      // TS18003: the zone has no files yet.
      const ok = code === 0 || output.includes('error TS18003');
      const result = { name: check.name, ok, ms: performance.now() - begin, output: output.trim() };
      results.push(result);
      say(`  ${ok ? '✓' : '✗'} ${check.name.padEnd(18)} ${duration(result.ms)}`);
      if (!ok) say(result.output.replaceAll(/^/gm, '      '));
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, lane));
  return results;
}
