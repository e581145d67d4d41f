import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openKeyVault, SEALED_KEY_FILE } from './key-vault.ts';

let dir: string;
beforeEach(() => {
  vi.stubEnv('TABAGENT_KEYRING', 'off');
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-key-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

test('without a keyring the key is a file for this user only, stays the same, and says that it is weak', async () => {
  const first = await openKeyVault(dir);
  expect(first).toMatchObject({ backend: 'file', weak: true });
  if (process.platform !== 'win32') expect(fs.statSync(path.join(dir, 'secret.key')).mode & 0o777).toBe(0o600);
  const again = await openKeyVault(dir);
  expect((await again.key()).equals(await first.key())).toBe(true);
  expect(await first.key()).toHaveLength(32);
});

test('a key file that others may read is closed again; a damaged one is an error, never replaced', async () => {
  await openKeyVault(dir);
  const file = path.join(dir, 'secret.key');
  fs.chmodSync(file, 0o644);
  await openKeyVault(dir);
  if (process.platform !== 'win32') expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  fs.writeFileSync(file, 'c2hvcnQ=');
  await expect(openKeyVault(dir)).rejects.toThrow(/restore it/);
  expect(fs.readFileSync(file, 'utf8')).toBe('c2hvcnQ=');
});

test('a data directory of the desktop app gets no second key: its secrets would be lost without a word', async () => {
  fs.writeFileSync(path.join(dir, SEALED_KEY_FILE), 'sealed');
  await expect(openKeyVault(dir)).rejects.toThrow(/only the desktop app/);
  expect(fs.existsSync(path.join(dir, 'secret.key'))).toBe(false);
});
