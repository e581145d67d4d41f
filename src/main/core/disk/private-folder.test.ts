import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AlreadyRunning, acquireInstanceLock } from '../instance-lock.ts';
import { ensurePrivateFolder, openTempFolder } from './private-folder.ts';

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-private-'));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

const modeOf = (file: string) => fs.statSync(file).mode & 0o777;
const posix = process.platform !== 'win32';
/** Another user can be played by a superuser only. */
const FOREIGN = 54_321;
const superuser = process.getuid?.() === 0;

describe.runIf(posix)('the data directory', () => {
  test('that others could read is theirs no more', () => {
    fs.chmodSync(root, 0o755);
    const lock = acquireInstanceLock(root);
    expect(modeOf(root)).toBe(0o700);
    lock.release();
  });

  test.runIf(superuser)('of another user is refused, with what to do', () => {
    fs.chownSync(root, FOREIGN, FOREIGN);
    expect(() => ensurePrivateFolder(root)).toThrow(
      expect.objectContaining({ slug: 'configuration-error', message: expect.stringContaining('--data-dir') }),
    );
  });

  // Would catch: somebody who could read the lock file of an earlier version, and holds a lock on it.
  test('starts although a file that others could open is locked, unless a living host published itself', () => {
    const file = path.join(root, 'lock.db');
    const held = new Database(file);
    held.exec('CREATE TABLE t (x); BEGIN EXCLUSIVE');
    fs.chmodSync(file, 0o644);
    const host = path.join(root, 'host.json');
    fs.writeFileSync(host, JSON.stringify({ pid: process.pid, version: '1', url: null, token: 't', started_at: '' }));
    expect(() => acquireInstanceLock(root)).toThrow(AlreadyRunning);
    fs.rmSync(host);
    const lock = acquireInstanceLock(root);
    expect(modeOf(file)).toBe(0o600);
    expect(() => acquireInstanceLock(root)).toThrow(AlreadyRunning);
    lock.release();
    held.close();
  });
});

describe.runIf(posix)('the temporary folder', () => {
  const base = () => path.join(root, 'tabagent-1');
  const open = () => openTempFolder(root, base());

  test('is private, in a private folder, and the same one at the next start', () => {
    const folder = open();
    expect([modeOf(folder), modeOf(path.dirname(folder))]).toEqual([0o700, 0o700]);
    expect(path.dirname(folder)).toBe(base());
    expect(open()).toBe(folder);
    fs.chmodSync(folder, 0o777);
    expect(open()).not.toBe(folder);
  });

  // Red before: the folder was taken as it was found, and what was written to it went where the link led.
  test('is not where a link in its place leads, neither in place of its parent nor of itself', () => {
    const target = path.join(root, 'home');
    fs.mkdirSync(target);
    fs.symlinkSync(target, base());
    const folder = open();
    expect(fs.realpathSync(folder).startsWith(fs.realpathSync(target))).toBe(false);
    fs.rmSync(folder, { recursive: true });
    fs.symlinkSync(target, folder);
    expect(open()).not.toBe(folder);
    expect(fs.readdirSync(target)).toEqual([]);
  });

  // Would catch: attempts that write to, and a start that empties, a private folder of the user's own.
  test.each([
    ...['tabagent-1/../home/private', 'tabagent-1/x/../../home/private', 'home/private', 'tabagent-1other/private'],
    ...['tabagent-1-/private', 'tabagent-1-other/../home/private', 'tabagent-1', 'tabagent-1/', 'tabagent-1/.'],
  ])('is not where a note leads that was changed to %s', (to) => {
    fs.rmSync(open(), { recursive: true });
    for (const dir of [
      'home/private',
      'tabagent-1other/private',
      'tabagent-1-/private',
      'tabagent-1/x',
      'tabagent-1-other',
    ])
      fs.mkdirSync(path.join(root, dir), { recursive: true, mode: 0o700 });
    fs.writeFileSync(path.join(root, 'temp-folder'), `${root}/${to}`);
    const folder = open();
    expect([path.dirname(folder), path.normalize(folder)]).toEqual([base(), folder]);
    expect(path.basename(folder)).not.toBe('x');
  });

  test.runIf(superuser)('is not in a folder that another user has made before', () => {
    fs.mkdirSync(base());
    fs.chownSync(base(), FOREIGN, FOREIGN);
    const folder = open();
    expect(path.dirname(folder)).not.toBe(base());
    expect(fs.readdirSync(base())).toEqual([]);
  });
});
