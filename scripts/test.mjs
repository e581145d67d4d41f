// npm test [-- part … | file …]: sets up what is missing, builds, and runs every test there is.
import './lib/setup/node-floor.mjs';
import { duration, elapsed, entry, SetupError, say } from './lib/progress.mjs';
import { ensureBrowser } from './lib/setup/browser.mjs';
import { ensureElectron } from './lib/setup/electron.mjs';
import { buildStale, prepare } from './lib/setup/prepare.mjs';
import { emptyReport, summary } from './lib/test/report.mjs';
import { chooseParts, runParts } from './lib/test/test-parts.mjs';

/** Parts that need a browser. */
const BROWSER_PARTS = ['unit', 'contract', 'cli', 'desktop', 'faults', 'e2e'];

await entry(async () => {
  const { parts, filters } = chooseParts(process.argv.slice(2));
  const { node } = await prepare();
  await buildStale(node);

  /** @type {import('./lib/test/report.mjs').PartReport[]} */
  const reports = [];
  /** @type {NodeJS.ProcessEnv} */
  const env = {};
  let runnable = parts;
  if (parts.some((part) => BROWSER_PARTS.includes(part))) {
    try {
      const browser = await ensureBrowser(node, { required: true });
      env.TABAGENT_BROWSER = browser?.path;
      say(`Browser: ${browser?.name}, ${browser?.path}`);
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      say(`${error.message}\n→ ${error.advice}`);
      runnable = parts.filter((part) => part !== 'e2e');
      if (parts.includes('e2e')) reports.push({ ...emptyReport('e2e'), failed: ['e2e: there is no browser'] });
    }
  }
  if (parts.includes('desktop')) {
    const electron = await ensureElectron(node);
    if ('path' in electron) env.TABAGENT_ELECTRON = electron.path;
    say(
      'path' in electron ? `Desktop: real Electron, ${electron.path}` : `Desktop: stand-in, because ${electron.reason}`,
    );
  }
  reports.push(...(await runParts(runnable, { node, env, filters }, (title) => say(`\n── ${title} ──`))));

  const { lines, exitCode } = summary(reports);
  say(`\n${duration(elapsed())}`);
  process.stdout.write(`${lines.join('\n')}\n`);
  return exitCode;
});
