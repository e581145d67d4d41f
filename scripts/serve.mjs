// npm run serve: sets up what is missing, then serves the panel over HTTP, with or without a display.
import './lib/setup/node-floor.mjs';
import { host } from './lib/launch.mjs';
import { entry } from './lib/progress.mjs';
import { ensureBrowser } from './lib/setup/browser.mjs';
import { buildStale, prepare } from './lib/setup/prepare.mjs';

await entry(async () => {
  const { node } = await prepare();
  await buildStale(node);
  await ensureBrowser(node, { required: false });
  return host(node, ['serve', ...process.argv.slice(2)]);
});
