import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { root } from '../paths.mjs';
import { captured } from '../process.mjs';

/**
 * How to start npm: the very npm that started the launcher where there is one, otherwise the one on PATH.
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 * @param {string} execPath
 * @returns {{ command: string; args: string[]; shell: boolean }}
 */
export function npmCommand(env, platform, execPath) {
  const cli = env.npm_execpath;
  // Yarn and pnpm set the variable too; neither knows `ci` or the lockfile.
  if (cli && /^npm-cli\.[cm]?js$/.test(basename(cli.replaceAll('\\', '/')))) {
    return { command: execPath, args: [cli], shell: false };
  }
  // npm is a .cmd file on Windows, which Node starts only through a shell.
  return { command: 'npm', args: [], shell: platform === 'win32' };
}

/**
 * Runs npm in the checkout.
 * @param {readonly string[]} args
 * @param {{ timeoutMs?: number }} [options]
 */
export function npm(args, options = {}) {
  // The file of this Node may be gone, see findRuntime.
  const env = existsSync(process.execPath) ? process.env : {};
  const { command, args: prefix, shell } = npmCommand(env, process.platform, process.execPath);
  return captured(command, [...prefix, ...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    shell,
    ...options,
  });
}
