// npm run dev [-- flags of tabagent serve]: the panel with hot reload, the host restarted on every change.
import './lib/setup/node-floor.mjs';
import { entry } from './lib/progress.mjs';
import { ensureBrowser } from './lib/setup/browser.mjs';
import { prepare } from './lib/setup/prepare.mjs';
import { restartOn } from './lib/setup/runtime.mjs';

await entry(async () => {
  const { node } = await prepare();
  const ended = await restartOn(node);
  if (ended !== undefined) return ended;
  await ensureBrowser(node, { required: false });
  const { develop } = await import('./lib/dev.mjs');
  await develop(process.argv.slice(2));
  return 0;
});
