// npm run faults: the long version of the tests that kill, corrupt, flood and race; an hour or so.
import './lib/setup/node-floor.mjs';
import { entry } from './lib/progress.mjs';
import { ensureBrowser } from './lib/setup/browser.mjs';
import { buildStale, prepare } from './lib/setup/prepare.mjs';
import { summary } from './lib/test/report.mjs';
import { runVitest } from './lib/test/test-parts.mjs';

await entry(async () => {
  const { node } = await prepare();
  await buildStale(node);
  const browser = await ensureBrowser(node, { required: true });
  const env = { TABAGENT_FAULTS: 'long', TABAGENT_BROWSER: browser?.path };
  const options = { node, env, filters: process.argv.slice(2) };
  // Some tests of single parts have a long version too: races of two claimers, random orders, a flood of 2 GB, 200 000 fuzzed calls.
  const contract = ['tests/security/fuzz', 'tests/contract/live-lists'];
  const longer = { ...options, filters: options.filters.length > 0 ? options.filters : contract };
  const parts = [
    ...(await runVitest(['unit'], options)),
    ...(await runVitest(['contract'], longer)),
    ...(await runVitest(['faults'], options)),
  ];
  const { lines, exitCode } = summary(parts);
  process.stdout.write(`${lines.join('\n')}\n`);
  return exitCode;
});
