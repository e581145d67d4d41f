// npm run check: types of every zone, lint and format, import rules, unused code, hygiene; all side by side.
// npm run check -- --stats: sizes of files, functions and folders, and how much test there is.
import './lib/setup/node-floor.mjs';
import { join } from 'node:path';
import { allChecks, runChecks } from './lib/check/checks.mjs';
import { root } from './lib/paths.mjs';
import { foreground } from './lib/process.mjs';
import { duration, elapsed, entry, say } from './lib/progress.mjs';
import { prepare } from './lib/setup/prepare.mjs';

await entry(async () => {
  const { node } = await prepare();
  if (process.argv.includes('--stats')) {
    return foreground(node, [join('scripts', 'lib', 'check', 'stats.mjs')], { cwd: root });
  }
  const results = await runChecks(node, allChecks());
  const failed = results.filter(({ ok }) => !ok).map(({ name }) => name);
  say(failed.length > 0 ? `\nFailed: ${failed.join(', ')}` : `\nAll ${results.length} checks pass.`);
  say(duration(elapsed()));
  return failed.length > 0 ? 1 : 0;
});
