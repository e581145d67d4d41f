/** `utilityProcess` of the stand-in: a Node child whose only door is `process.parentPort`, as in Electron. */
import { fork as forkNode } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { ForkOptions, UtilityProcess } from 'electron';

const SHIM = new URL('./parent-port.ts', import.meta.url).href;

type Shape = Pick<UtilityProcess, 'pid' | 'stdout' | 'stderr' | 'kill' | 'postMessage'>;

/** Starts a child. `env` is its whole environment. */
function fork(modulePath: string, args: string[] = [], options: ForkOptions = {}): Shape & EventEmitter {
  const child = forkNode(modulePath, args, {
    env: { ...(options.env ?? process.env) } as NodeJS.ProcessEnv,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    execArgv: [...(options.execArgv ?? []), '--import', SHIM],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  const emitter = new EventEmitter();
  child.on('spawn', () => emitter.emit('spawn'));
  child.on('message', (message) => emitter.emit('message', message));
  child.once('exit', (code) => emitter.emit('exit', code ?? 1));
  child.on('error', (error) => emitter.emit('error', 'FatalError', '', String(error)));
  return Object.assign(emitter, {
    pid: child.pid,
    stdout: child.stdout,
    stderr: child.stderr,
    kill: () => child.kill(),
    postMessage: (message: unknown) => {
      if (child.connected) child.send(message as object, () => undefined);
    },
  });
}

/** `utilityProcess`. */
export const utilityProcess = { fork };
