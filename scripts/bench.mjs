// npm run bench: measures ratios and latencies (tests/bench) against the built program.
import './lib/setup/node-floor.mjs';
import { join } from 'node:path';
import { root } from './lib/paths.mjs';
import { childEnv, foreground } from './lib/process.mjs';
import { entry } from './lib/progress.mjs';
import { ensureBrowser } from './lib/setup/browser.mjs';
import { buildStale, prepare } from './lib/setup/prepare.mjs';

await entry(async () => {
  const { node } = await prepare();
  await buildStale(node);
  const browser = await ensureBrowser(node, { required: false });
  return foreground(node, [join(root, 'tests', 'bench', 'index.ts'), ...process.argv.slice(2)], {
    cwd: root,
    env: childEnv({ TABAGENT_BROWSER: browser?.path }),
  });
});
