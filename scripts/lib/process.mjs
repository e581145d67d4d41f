import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter } from 'node:path';
import { binDir } from './paths.mjs';

/**
 * The environment of everything the launcher starts: the pinned Node and the project's tools come first on PATH.
 * @param {NodeJS.ProcessEnv} [extra]
 * @returns {NodeJS.ProcessEnv}
 */
export function childEnv(extra = {}) {
  const env = { ...process.env };
  // Windows spells it `Path`; setting a second spelling would leave it undefined which one wins.
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const rest = (env[key] ?? '').split(delimiter).filter((dir) => dir !== binDir);
  env[key] = [binDir, ...rest].join(delimiter);
  return { ...env, ...extra };
}

/**
 * Exit code of a finished child as a shell reports it.
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
export function exitStatus(code, signal) {
  if (code !== null) return code;
  return signal ? 128 + (constants.signals[signal] ?? 0) : 1;
}

/** How often the launcher looks whether npm is still there, in milliseconds. */
const PARENT_CHECK_MS = 250;

/**
 * Calls back when the npm that started this process is gone.
 *
 * `kill <npm>` ends npm and the shell between npm and the launcher, but on most systems that shell does not pass the
 * signal on, and Node has no event for the death of a parent: the program would go on, owned by nobody. Asking for
 * the parent's id costs a microsecond. Windows keeps the id of a dead parent, so this does nothing there.
 * @param {() => void} callback
 * @returns {() => void} ends the watch
 */
export function onParentGone(callback) {
  if (!process.env.npm_lifecycle_event) return () => undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, PARENT_CHECK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Runs a command in the foreground: shares the terminal, passes signals on, and answers the exit code.
 *
 * In a terminal Ctrl-C reaches the whole process group, the child included, so SIGINT is passed on only where
 * there is none: the program would otherwise see it twice and take the second one for "now, at once".
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function foreground(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env: childEnv(), ...options });
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    /** @param {NodeJS.Signals} signal */
    const pass = (signal) => {
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    };
    for (const signal of signals) process.on(signal, pass);
    const unwatch = onParentGone(() => child.kill('SIGTERM'));
    const settle = () => {
      unwatch();
      for (const signal of signals) process.off(signal, pass);
    };
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      settle();
      resolve(exitStatus(code, signal));
    });
  });
}

/**
 * @typedef {object} Captured
 * @property {number} code exit code; 124 when the time was up
 * @property {string} output stdout and stderr as they came
 */

/**
 * Runs a command quietly and keeps what it printed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions & { timeoutMs?: number }} [options]
 * @returns {Promise<Captured>}
 */
export function captured(command, args, { timeoutMs, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env: childEnv(),
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    /** @type {Buffer[]} */
    const chunks = [];
    let late = false;
    const timer = timeoutMs
      ? setTimeout(() => {
          late = true;
          child.kill('SIGKILL');
        }, timeoutMs)
      : undefined;
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    /** @param {number} code */
    const settle = (code) => {
      clearTimeout(timer);
      resolve({ code, output: Buffer.concat(chunks).toString('utf8') });
    };
    child.once('error', (error) => {
      chunks.push(Buffer.from(`${error.message}\n`));
      settle(127);
    });
    // `exit`, not `close`: after a time-out a grandchild may hold the pipe open.
    child.once('exit', (code, signal) => {
      const end = () => settle(late ? 124 : exitStatus(code, signal));
      if (late) end();
      else child.once('close', end);
    });
  });
}

/**
 * The last lines of some output, for an error message.
 * @param {string} output
 * @param {number} [count]
 */
export function lastLines(output, count = 15) {
  return output.trimEnd().split(/\r?\n/).slice(-count).join('\n');
}
