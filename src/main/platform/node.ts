/** {@link Platform} under plain Node.js. */
import { type ChildProcess, fork, type StdioOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Duplex, type Readable } from 'node:stream';
import { type ChildChannel, openChildChannel } from './child-channel.ts';
import type { Child, ChildExit, ForkOptions, Platform } from './platform.ts';

/** What {@link defaultPaths} depends on; the real ones unless a test says otherwise. */
export interface Surroundings {
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
  home: string;
  temp: string;
  /** Numeric user id; -1 where there is none. */
  uid: number;
}

const here = (): Surroundings => ({
  platform: process.platform,
  env: process.env,
  home: homedir(),
  temp: tmpdir(),
  uid: userInfo().uid,
});

/** An absolute folder that the environment names; the XDG specification says to ignore relative ones. */
const named = (value: string | undefined, fallback: string) => (value?.startsWith('/') ? value : fallback);

/**
 * Default folders of an operating system: the XDG base directories on Linux, Library on macOS, LOCALAPPDATA on Windows (profiles
 * are too large to roam). The temporary folder belongs to one user and has a short name, because a Unix socket's path
 * has room for 108 bytes only.
 */
export function defaultPaths({ platform, env, home, temp, uid }: Surroundings = here()): Platform['paths'] {
  if (platform === 'win32') {
    const base = join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'TabAgent');
    return { data: join(base, 'data'), cache: join(base, 'cache'), temp: join(temp, 'tabagent') };
  }
  if (platform === 'darwin') {
    const library = join(home, 'Library');
    return {
      data: join(library, 'Application Support', 'TabAgent'),
      cache: join(library, 'Caches', 'TabAgent'),
      temp: join(temp, 'tabagent'),
    };
  }
  return {
    data: join(named(env.XDG_DATA_HOME, join(home, '.local', 'share')), 'tabagent'),
    cache: join(named(env.XDG_CACHE_HOME, join(home, '.cache')), 'tabagent'),
    temp: join(temp, `tabagent-${uid}`),
  };
}

/** `fork` was asked for pipes, so they are there. */
function piped(stream: Readable | null): Readable {
  if (stream === null) throw new Error('the child process has no pipe');
  return stream;
}

/** @param drain what the end of the process waits for: the last messages */
function childOf(child: ChildProcess, channel: ChildChannel, drain = async () => {}): Child {
  const stdout = piped(child.stdout);
  const stderr = piped(child.stderr);
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('exit', async (code, signal) => {
      await drain();
      resolve({ code, signal });
    });
    // A program that cannot be started at all never exits; a failed send or kill is followed by an exit of its own.
    child.on('error', () => {
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
  });
  return {
    pid: child.pid,
    stdout,
    stderr,
    exited,
    send: channel.send,
    onMessage: channel.onMessage,
    kill(signal) {
      child.kill(signal);
    },
  };
}

/** Number of the channel's descriptor in the child. */
const CHANNEL_FD = 3;

function start(modulePath: string, { env, cwd, execArgv = [], name }: ForkOptions): Child {
  const args = [`--title=${name}`, ...execArgv];
  const options = { env, ...(cwd === undefined ? {} : { cwd }) };
  // On Windows libuv frames its IPC pipes in its own way, which only Node reads.
  if (process.platform === 'win32') {
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', 'ipc'];
    const child = fork(modulePath, [], { ...options, execArgv: args, stdio, serialization: 'advanced' });
    return childOf(child, {
      send(message) {
        if (child.connected) child.send(message as object, () => undefined);
      },
      onMessage: (listener) => void child.on('message', listener),
    });
  }
  const child = spawn(process.execPath, [...args, modulePath], {
    ...options,
    env: { ...env, NODE_CHANNEL_FD: String(CHANNEL_FD), NODE_CHANNEL_SERIALIZATION_MODE: 'advanced' },
    // A process group of its own: a Ctrl-C in the terminal reaches the host alone, and the host ends its children in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const pipe = child.stdio[CHANNEL_FD];
  if (!(pipe instanceof Duplex)) throw new Error('the child process has no channel');
  const channel = openChildChannel(pipe);
  return childOf(child, channel, channel.drain);
}

function versionOf(appRoot: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(appRoot, 'package.json'), 'utf8'));
  if (
    typeof manifest === 'object' &&
    manifest !== null &&
    'version' in manifest &&
    typeof manifest.version === 'string'
  ) {
    return manifest.version;
  }
  throw new Error(`${join(appRoot, 'package.json')} has no version`);
}

/**
 * The platform of `tabagent serve` and of every test.
 * @param options.appRoot folder with `package.json`, `out/` and `resources/`
 * @throws Error when `package.json` is missing or has no version
 */
export function createNodePlatform({ appRoot }: { appRoot: string }): Platform {
  return {
    kind: 'node',
    appRoot,
    paths: defaultPaths(),
    versions: { app: versionOf(appRoot), electron: null },
    fork: start,
    async keyVault(dataDir) {
      // Loaded when it is needed: the keyring's native module is not part of every start.
      const { openKeyVault } = await import('../core/secrets/key-vault.ts');
      return openKeyVault(dataDir);
    },
    // Node.js has no power events; timers compare the clock themselves.
    onPowerEvent: () => () => undefined,
  };
}
