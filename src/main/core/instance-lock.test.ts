import { fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AlreadyRunning, acquireInstanceLock, isLocked, readHostFile } from './instance-lock.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-lock-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const info = { pid: 4242, version: '0', url: null, token: 't', started_at: '' };

test('a second host on one data directory is refused with the pid of the first', () => {
  const lock = acquireInstanceLock(dir);
  lock.publish(info);
  expect(isLocked(dir)).toBe(true);
  expect(() => acquireInstanceLock(dir)).toThrow(AlreadyRunning);
  expect(() => acquireInstanceLock(dir)).toThrow(/4242/);
  lock.release();
  expect(isLocked(dir)).toBe(false);
  acquireInstanceLock(dir).release();
});

test('the published file is for this user only', () => {
  const lock = acquireInstanceLock(dir);
  lock.publish(info);
  if (process.platform !== 'win32') expect(fs.statSync(path.join(dir, 'host.json')).mode & 0o777).toBe(0o600);
  expect(readHostFile(dir)?.pid).toBe(4242);
  lock.release();
  expect(readHostFile(dir)).toBeNull();
});

test('kill -9 of the holder frees the lock at once: no stale file has to be deleted', async () => {
  const script = path.join(dir, 'hold.ts');
  const module = path.join(import.meta.dirname, 'instance-lock.ts');
  fs.writeFileSync(
    script,
    `import { acquireInstanceLock } from ${JSON.stringify(module)};\nglobalThis.lock = acquireInstanceLock(process.argv[2]);\nprocess.send('held');\nsetInterval(() => {}, 1000);\n`,
  );
  const data = path.join(dir, 'data');
  const child = fork(script, [data], { execPath: process.execPath, execArgv: [] });
  await once(child, 'message');
  expect(isLocked(data)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isLocked(data)).toBe(false);
  acquireInstanceLock(data).release();
});
