/** {@link Platform} of the desktop app: utility processes, the OS's key store through `safeStorage`, power events. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { app, powerMonitor, safeStorage, utilityProcess } from 'electron';
import { replaceOwned } from '../core/disk/owned-files.ts';
import { readOwned } from '../core/disk/owned-reads.ts';
import { openKeyVault, SEALED_KEY_FILE } from '../core/secrets/key-vault.ts';
import { defaultPaths } from './node.ts';
import type { Child, ChildExit, ForkOptions, KeyVault, Platform } from './platform.ts';

/** File in which a headless host keeps its key, see core/key-vault.ts. */
const HEADLESS_KEY_FILE = 'secret.key';
const KEY_BYTES = 32;
/** Far above what a sealed key has. */
const SEALED_BYTES = 64 * 1024;

/** Starts a worker as a utility process. Electron does not tell the signal that ended it. */
function fork(modulePath: string, options: ForkOptions): Child {
  const child = utilityProcess.fork(modulePath, [], {
    env: options.env,
    serviceName: options.name,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.execArgv === undefined ? {} : { execArgv: options.execArgv }),
  });
  let gone = false;
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('exit', (code) => {
      gone = true;
      resolve({ code, signal: null });
    });
  });
  return {
    get pid() {
      return child.pid;
    },
    stdout: readable(child.stdout),
    stderr: readable(child.stderr),
    exited,
    send: (message) => {
      if (!gone) child.postMessage(message);
    },
    onMessage: (listener) => void child.on('message', listener),
    kill: (signal) => {
      // Electron's own kill knows SIGTERM only.
      if (gone) return;
      if (signal === undefined || child.pid === undefined) child.kill();
      else killPid(child.pid, signal);
    },
  };
}

function killPid(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended between the check and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function readable(stream: NodeJS.ReadableStream | null): Readable {
  if (stream === null) return Readable.from([]);
  return stream instanceof Readable ? stream : new Readable().wrap(stream);
}

/** Name of the store that keeps the key; null when this session has no key store that protects anything. */
async function keeper(): Promise<string | null> {
  if (!(await safeStorage.isAsyncEncryptionAvailable())) return null;
  if (process.platform === 'darwin') return 'the macOS Keychain';
  if (process.platform === 'win32') return 'Windows data protection (DPAPI)';
  const backend = safeStorage.getSelectedStorageBackend();
  // basic_text seals with a password that is part of Chromium's source.
  if (backend === 'basic_text' || backend === 'unknown') return null;
  return backend === 'gnome_libsecret' ? 'the Secret Service of this desktop' : 'KWallet';
}

/** Writes a file so that a crash leaves the old content or the new, never half of one. */
async function save(file: string, content: Buffer): Promise<void> {
  replaceOwned(dirname(file), file, content);
}

/**
 * Reads or makes the sealed key.
 * @throws Error when it cannot be unsealed: the key store was reset, or the file is another user's
 */
async function sealedKey(file: string): Promise<Buffer> {
  const seal = async (key: Buffer) => save(file, await safeStorage.encryptStringAsync(key.toString('base64')));
  if (!existsSync(file)) {
    const key = randomBytes(KEY_BYTES);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await seal(key);
    return key;
  }
  const { result, shouldReEncrypt } = await safeStorage
    .decryptStringAsync(await readOwned(dirname(file), file, SEALED_BYTES))
    .catch((cause: unknown) => {
      throw new Error(
        `The key in ${file} cannot be unsealed by this computer's key store. Sign in as the user who made it, or restore that key store.`,
        { cause },
      );
    });
  const key = Buffer.from(result, 'base64');
  if (key.length !== KEY_BYTES) throw new Error(`The key in ${file} is damaged; restore the file from a backup.`);
  if (shouldReEncrypt) await seal(key);
  return key;
}

/**
 * Opens the key store of a data directory. A directory that a headless host has made keeps its key, and so does a session
 * whose `safeStorage` protects nothing: both go to the keyring or the 0600 file, which say themselves that they are weak.
 */
async function keyVault(dataDir: string): Promise<KeyVault> {
  const file = join(dataDir, SEALED_KEY_FILE);
  const who = await keeper();
  const sealed = existsSync(file);
  if (!sealed && (who === null || existsSync(join(dataDir, HEADLESS_KEY_FILE)))) return openKeyVault(dataDir);
  let key: Promise<Buffer> | null = null;
  return {
    backend: 'os',
    weak: who === null,
    detail:
      who === null
        ? 'The key that seals secrets is locked in a key store that this session does not reach. Sign in to a desktop with GNOME Keyring or KWallet.'
        : `Secrets are sealed with a key that ${who} protects.`,
    key: () => {
      key ??= sealedKey(file).catch((error: unknown) => {
        // A locked key store may be open at the next try.
        key = null;
        throw error;
      });
      return key;
    },
  };
}

function onPowerEvent(listener: Parameters<Platform['onPowerEvent']>[0]): () => void {
  const suspend = () => listener('suspend');
  const resume = () => listener('resume');
  const battery = () => listener('on-battery');
  const ac = () => listener('on-ac');
  powerMonitor.on('suspend', suspend);
  powerMonitor.on('resume', resume);
  powerMonitor.on('on-battery', battery);
  powerMonitor.on('on-ac', ac);
  return () => {
    powerMonitor.off('suspend', suspend);
    powerMonitor.off('resume', resume);
    powerMonitor.off('on-battery', battery);
    powerMonitor.off('on-ac', ac);
  };
}

/**
 * The platform of the desktop app; call after `ready`.
 * @param appRoot folder with `out/` and `resources/`
 */
export function electronPlatform(appRoot: string): Platform {
  return {
    kind: 'electron',
    appRoot,
    // The same folders as without a window: both see the same profiles, tasks and settings.
    paths: defaultPaths(),
    versions: { app: app.getVersion(), electron: process.versions.electron ?? null },
    fork,
    keyVault,
    onPowerEvent,
  };
}
