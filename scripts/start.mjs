// npm start: sets up what is missing, then opens the desktop app, or serves the panel where that cannot be.
import './lib/setup/node-floor.mjs';
import { desktop, host } from './lib/launch.mjs';
import { entry, say } from './lib/progress.mjs';
import { ensureBrowser } from './lib/setup/browser.mjs';
import { ensureElectron, reasonLine } from './lib/setup/electron.mjs';
import { buildStale, prepare } from './lib/setup/prepare.mjs';

await entry(async () => {
  const { node } = await prepare();
  await buildStale(node);
  await ensureBrowser(node, { required: false });
  const electron = await ensureElectron(node);
  const args = process.argv.slice(2);
  if ('path' in electron) {
    const code = await desktop(electron.path, args);
    // 127: the dynamic loader did not find a system library, so no window ever opened.
    if (code !== 127) return code;
    say(reasonLine("Electron's system libraries are missing on this machine"));
  } else {
    say(reasonLine(electron.reason));
  }
  return host(node, ['serve', ...args]);
});
