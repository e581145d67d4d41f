// npm run dev [-- flags of tabagent serve]: the panel with hot reload, the host restarted on every change.
import './lib/node-floor.mjs';
import { ensureBrowser } from './lib/browser.mjs';
import { prepare } from './lib/prepare.mjs';
import { entry } from './lib/progress.mjs';
import { restartOn } from './lib/runtime.mjs';

await entry(async () => {
  const { node } = await prepare();
  const ended = await restartOn(node);
  if (ended !== undefined) return ended;
  await ensureBrowser(node, { required: false });
  const { develop } = await import('./lib/dev.mjs');
  await develop(process.argv.slice(2));
  return 0;
});
