/**
 * The key that seals secrets, outside Electron: the OS keyring (Keychain, Credential Manager, Secret Service), or a 0600 file
 * where there is none. The file protects against other users of the machine, not against other programs of this user: that
 * state is `weak`, which the panel shows as a warning.
 */
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { KeyVault } from '../../platform/platform.ts';
import { writeNewOwned } from '../disk/owned-files.ts';
import { readOwnedNote } from '../disk/owned-reads.ts';
import { isOpenToOthers } from '../disk/private-folder.ts';

const SERVICE = 'TabAgent';
const KEY_BYTES = 32;
/** A keyring that asks the user to unlock it may hang; a headless host must not. */
const KEYRING_TIMEOUT_MS = 3000;

/** File in which the desktop app keeps the key, sealed by Electron's safeStorage; only the app can open it. */
export const SEALED_KEY_FILE = 'secret-key.sealed';

/** Set to `off` to use the key file even where a keyring exists (containers, tests). */
const KEYRING_ENV = 'TABAGENT_KEYRING';

function keyFile(dataDir: string): string {
  return path.join(dataDir, 'secret.key');
}

function readKeyFile(file: string): Buffer | null {
  const text = readOwnedNote(path.dirname(file), file);
  if (text === null) return null;
  if (isOpenToOthers(file)) fs.chmodSync(file, 0o600);
  const key = Buffer.from(text.toString().trim(), 'base64');
  if (key.length !== KEY_BYTES)
    throw new Error(`${file} does not hold a key of ${KEY_BYTES} bytes; restore it from a backup`);
  return key;
}

async function fromKeyring(account: string): Promise<Buffer | null> {
  if (process.env[KEYRING_ENV] === 'off') return null;
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring');
    const entry = new AsyncEntry(SERVICE, account);
    const read = async (): Promise<Buffer | null> => {
      const stored = await entry.getPassword();
      if (stored) return Buffer.from(stored, 'base64');
      const key = randomBytes(KEY_BYTES);
      await entry.setPassword(key.toString('base64'));
      return key;
    };
    const key = await Promise.race([read(), delay(KEYRING_TIMEOUT_MS, null, { ref: false })]);
    return key?.length === KEY_BYTES ? key : null;
  } catch {
    return null; // no keyring service on this machine
  }
}

/** Opens or makes the key of one data directory. @throws Error when an existing key file is damaged, or the desktop app holds the key */
export async function openKeyVault(dataDir: string): Promise<KeyVault> {
  const file = keyFile(dataDir);
  const existing = readKeyFile(file);
  if (existing === null) {
    if (fs.existsSync(path.join(dataDir, SEALED_KEY_FILE))) {
      throw new Error(
        `The secrets in ${dataDir} are sealed by the desktop app, and only the desktop app can open them. Start it, or use another folder with --data-dir.`,
      );
    }
    const account = createHash('sha256').update(path.resolve(dataDir)).digest('hex').slice(0, 16);
    const key = await fromKeyring(account);
    if (key !== null) {
      return {
        backend: 'keyring',
        weak: false,
        detail: "Secrets are sealed with a key in the operating system's keyring.",
        key: async () => key,
      };
    }
  }
  const key = existing ?? randomBytes(KEY_BYTES);
  if (existing === null) {
    fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeNewOwned(dataDir, file, `${key.toString('base64')}\n`);
  }
  return {
    backend: 'file',
    weak: true,
    detail: `No keyring was found: secrets are sealed with the key file ${file}. Every program of this user can read it; keep it out of backups that others can read.`,
    key: async () => key,
  };
}
