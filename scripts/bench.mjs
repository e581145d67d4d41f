// npm run bench: measures ratios and latencies (tests/bench) against the built program.
import './lib/node-floor.mjs';
import { join } from 'node:path';
import { ensureBrowser } from './lib/browser.mjs';
import { root } from './lib/paths.mjs';
import { buildStale, prepare } from './lib/prepare.mjs';
import { childEnv, foreground } from './lib/process.mjs';
import { entry } from './lib/progress.mjs';

await entry(async () => {
  const { node } = await prepare();
  await buildStale(node);
  const browser = await ensureBrowser(node, { required: false });
  return foreground(node, [join(root, 'tests', 'bench', 'index.ts'), ...process.argv.slice(2)], {
    cwd: root,
    env: childEnv({ TABAGENT_BROWSER: browser?.path }),
  });
});
