import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.mjs';
import { captured } from '../process.mjs';
import { say, step } from '../progress.mjs';
import { forgetFailure, recall, rememberFailure } from './memory.mjs';

/**
 * Path of Electron's executable, or nothing where it is not on the machine. Never imports `electron`: that would
 * start a download.
 * @param {string} packageDir node_modules/electron
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
export function detectElectron(packageDir, env) {
  let name;
  try {
    name = readFileSync(join(packageDir, 'path.txt'), 'utf8').trim();
  } catch {
    return undefined;
  }
  const file = join(env.ELECTRON_OVERRIDE_DIST_PATH || join(packageDir, 'dist'), name);
  return existsSync(file) ? file : undefined;
}

/**
 * Why no window can be shown here, or nothing when one can.
 * @param {NodeJS.Platform} platform
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
export function noDisplay(platform, env) {
  if (platform === 'win32' || platform === 'darwin') return undefined;
  if (env.DISPLAY || env.WAYLAND_DISPLAY) return undefined;
  return 'there is no display (DISPLAY and WAYLAND_DISPLAY are not set)';
}

/**
 * The line that tells why `npm start` serves the panel instead of opening a window.
 * @param {string} reason
 */
export function reasonLine(reason) {
  return `Serving the panel instead of opening the desktop app: ${reason}.`;
}

/**
 * The Electron executable, fetched if need be, or the reason why there is none.
 * @param {string} node the runtime
 * @returns {Promise<{ path: string } | { reason: string }>}
 */
export async function ensureElectron(node) {
  const blind = noDisplay(process.platform, process.env);
  if (blind) return { reason: blind };
  const packageDir = join(root, 'node_modules', 'electron');
  const found = detectElectron(packageDir, process.env);
  if (found) return { path: found };
  const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'));
  const key = `electron ${version}`;
  const failed = recall(key);
  if (failed) {
    return { reason: `Electron ${version} could not be fetched (${failed}); \`npx install-electron\` tries again` };
  }
  try {
    await step('desktop app', `fetching Electron ${version}`, async () => {
      const { code, output } = await captured(node, [join(packageDir, 'install.js')], {
        cwd: root,
        timeoutMs: 300_000,
      });
      if (code === 124) throw new Error('no answer in 5 minutes');
      if (code !== 0) throw new Error(firstReason(output));
      if (!detectElectron(packageDir, process.env)) throw new Error('the download is incomplete');
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    rememberFailure(key, reason);
    return { reason: `Electron ${version} could not be fetched (${reason}); the next try is in a day` };
  }
  forgetFailure(key);
  const path = detectElectron(packageDir, process.env);
  if (!path) return { reason: 'Electron is not installed' };
  say(`  ✓ desktop app   ${path}`);
  return { path };
}

/**
 * The line of a tool's output that says what went wrong.
 * @param {string} output
 */
export function firstReason(output) {
  const lines = output
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith('at '));
  const told = lines.find((line) => /error|fail|ENOTFOUND|ECONN|EAI_AGAIN|unable|cannot/i.test(line));
  return (told ?? lines.at(-1) ?? 'no reason given').slice(0, 160);
}
