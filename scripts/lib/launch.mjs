import { join } from 'node:path';
import { root } from './paths.mjs';
import { childEnv, foreground } from './process.mjs';

/** The Node entry of the program. */
export const cliFile = join(root, 'out', 'main', 'cli.js');

/**
 * Runs the command line program and answers its exit code. The working folder is the person's own: relative paths
 * among the arguments mean what they look like.
 * @param {string} node
 * @param {readonly string[]} args
 */
export function host(node, args) {
  return foreground(node, [cliFile, ...args], { cwd: process.env.INIT_CWD ?? process.cwd() });
}

/**
 * Opens the desktop app and answers its exit code.
 * @param {string} electron path of Electron's executable
 * @param {readonly string[]} args
 */
export function desktop(electron, args) {
  // Chromium refuses to run as root inside its sandbox.
  const sandbox = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const env = childEnv();
  // Set in terminals of Electron-based editors, it would turn Electron into plain Node.
  delete env.ELECTRON_RUN_AS_NODE;
  return foreground(electron, [...sandbox, root, ...args], { env });
}
