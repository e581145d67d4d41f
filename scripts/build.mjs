// npm run build [-- --force] [zone …]: builds what is stale. Runs on the pinned Node, the dependencies are there.
import './lib/setup/node-floor.mjs';
import { stripVTControlCharacters } from 'node:util';
import { buildZone, staleZones, zoneNames } from './lib/build/zones.mjs';
import { entry, SetupError, step } from './lib/progress.mjs';
import { prepare } from './lib/setup/prepare.mjs';
import { restartOn } from './lib/setup/runtime.mjs';

/** @typedef {import('./lib/build/zones.mjs').ZoneName} ZoneName */

/**
 * @param {ZoneName} zone
 * @returns {Promise<() => Promise<void>>}
 */
async function builderOf(zone) {
  if (zone === 'renderer') return (await import('./lib/build/renderer.mjs')).buildRenderer;
  if (zone === 'assets') return (await import('./lib/build/assets.mjs')).copyAssets;
  const { bundle } = await import('./lib/build/bundle.mjs');
  return () => bundle(zone);
}

/** @param {unknown} error */
function explain(error) {
  if (typeof error === 'object' && error !== null && 'errors' in error && Array.isArray(error.errors)) {
    return error.errors
      .map((one) =>
        one.location ? `${one.location.file}:${one.location.line}: ${one.text}` : (one.text ?? one.message),
      )
      .join('\n');
  }
  return error instanceof Error ? error.message : String(error);
}

await entry(async () => {
  const { node } = await prepare();
  const ended = await restartOn(node);
  if (ended !== undefined) return ended;

  const args = process.argv.slice(2);
  const named = zoneNames.filter((name) => args.includes(name));
  const chosen = named.length > 0 ? named : zoneNames;
  const todo = args.includes('--force') ? chosen : staleZones(chosen);
  // The panel's build is the longest one by far, so it goes side by side with the short ones.
  const results = await Promise.allSettled(
    todo.map(async (zone) => {
      const build = await builderOf(zone);
      await step(zone, 'building', () => buildZone(zone, build));
    }),
  );
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [explain(result.reason)] : []));
  if (failures.length > 0) {
    const text = failures.join('\n');
    throw new SetupError(`The build failed.\n${process.stderr.isTTY ? text : stripVTControlCharacters(text)}`);
  }
  return 0;
});
