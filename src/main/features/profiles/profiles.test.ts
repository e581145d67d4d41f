import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import { proxiesOn } from '../../../../tests/support/proxies/on-core.ts';
import { ProfileCreate } from '../../../contract/automation/profiles.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import { createProfiles } from './index.ts';
import { readChromeLock, removeChromeLock } from './launch/chrome-lock.ts';

/** Keeps Chromium from calling home (see the switches' names); tests only. */
const QUIET = ['--gaia-url=http://127.0.0.1:9/', '--component-updater=url-source=http://127.0.0.1:9/', '--disable-gpu'];

const profilesOn = (core: TestCore) =>
  createProfiles({
    ...core,
    profilesDir: path.join(core.dir, 'profiles'),
    tempDir: path.join(core.dir, 'tmp'),
    baseUrl: () => 'http://127.0.0.1:8080',
    browserArgs: QUIET,
    proxies: proxiesOn(core).service,
  });
const input = (over: Record<string, unknown> = {}) => ProfileCreate.parse({ name: 'Anna', ...over });

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a profile is edited by merge-patch, null restores what is empty by nature', () => {
  using core = openTestCore();
  const { service } = profilesOn(core);
  const created = service.create(input({ tags: ['a'], locale: 'de-DE', timezone: 'Europe/Berlin' }));
  const updated = service.update(
    created.id,
    { tags: null, locale: null, viewport: { width: 800, height: 600 } },
    { body: 1 },
  );
  expect(updated).toMatchObject({
    tags: [],
    locale: null,
    timezone: 'Europe/Berlin',
    viewport: { width: 800, height: 600 },
    version: 2,
  });
  expect(service.create(input()).number).toBe(created.number + 1);
});

test('bad settings are refused where they are typed, not when the browser fails to start', () => {
  for (const bad of [
    { timezone: 'Mars/Olympus' },
    { locale: 'x' },
    { launch_args: ['--remote-debugging-port=1'] },
    { launch_args: ['rm -rf'] },
    { start_urls: ['file:///etc/passwd'] },
  ]) {
    expect(ProfileCreate.safeParse({ name: 'x', ...bad }).success, JSON.stringify(bad)).toBe(false);
  }
});

test('one runner at a time: of 20 that want a profile one gets it and 19 learn who has it', () => {
  using core = openTestCore();
  const { service } = profilesOn(core);
  const { id } = service.create(input());
  const results = Array.from({ length: 20 }, (_, n) => {
    try {
      return service.hold(id, { kind: 'task', id: `tsk_${n}` });
    } catch (error) {
      return error;
    }
  });
  const refused = results.filter((result) => result instanceof Error);
  expect(refused).toHaveLength(19);
  for (const error of refused)
    expect(error).toMatchObject({ slug: 'conflict', extra: { holder: { kind: 'task', id: 'tsk_0' } } });
  expect(service.get(id)).toMatchObject({ state: 'running', holder: { id: 'tsk_0' } });
  expect(() => service.remove(id)).toThrow(/in use/);
});

test('a released profile is free for the next one, and whoever waits is told', async () => {
  using core = openTestCore();
  const { service } = profilesOn(core);
  const { id } = service.create(input());
  const freed: ProfileId[] = [];
  service.onFree((profile) => freed.push(profile));
  const lease = service.hold(id, { kind: 'task', id: 'tsk_1' });
  await lease.release();
  await lease.release();
  expect(freed).toEqual([id]);
  expect(service.get(id).state).toBe('stopped');
  // What schedules wait for names the task, so that one which it started is told from others.
  const told = core.events.list(0, 100).filter((change) => change.id === id && change.data !== null);
  const data = { name: 'Anna', task_id: 'tsk_1' };
  expect(told).toMatchObject([
    { type: 'profile.started', data },
    { type: 'profile.stopped', data },
  ]);
});

test('an ephemeral profile leaves no file behind', async () => {
  using core = openTestCore();
  const { service } = profilesOn(core);
  const { id } = service.create(input({ storage: 'ephemeral' }));
  const lease = service.hold(id, { kind: 'task', id: 'tsk_1' });
  fs.writeFileSync(path.join(lease.userDataDir, 'Cookies'), 'secret');
  await lease.release();
  expect(fs.existsSync(lease.userDataDir)).toBe(false);
});

test('locks: a dead pid is stale, another computer is foreign until unlocked, a living browser is never touched', () => {
  using core = openTestCore();
  const { service } = profilesOn(core);
  const { id } = service.create(input());
  const dir = service.folder(id);
  fs.mkdirSync(dir, { recursive: true });
  const lock = path.join(dir, 'SingletonLock');
  fs.symlinkSync(`${os.hostname()}-999999999`, lock);
  expect(readChromeLock(dir).state).toBe('stale');
  fs.rmSync(lock);
  fs.symlinkSync('another-computer-12345', lock);
  expect(service.get(id)).toMatchObject({ state: 'locked', holder: { kind: 'foreign' } });
  expect(() => service.hold(id, { kind: 'task', id: 't' })).toThrow(/another computer/);
  expect(service.unlock(id).state).toBe('stopped');
  fs.symlinkSync(`${os.hostname()}-${process.pid}`, lock);
  // This process is node, not a browser: a recycled pid counts as stale.
  expect(readChromeLock(dir).state).toBe(process.platform === 'linux' ? 'stale' : 'live');
  expect(removeChromeLock(dir)).toBe(process.platform === 'linux');
});

// Would catch: a profile that stays locked by a browser which was killed and which its parent has not waited for.
test.runIf(process.platform === 'linux')('locks: a zombie holds nothing', async () => {
  using core = openTestCore();
  // `cat` never waits for the child that it inherits from the shell; the shell itself would.
  const script = 'read line <&3 & echo $!; exec cat 3<&- 4>&-';
  const parent = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore', 'pipe', 'pipe'] });
  const output = parent.stdout as Readable;
  const pid = Number(String((await once(output, 'data'))[0]));
  (parent.stdin as Writable).write('are you cat?');
  await once(output, 'data');
  const childEnded = once((parent.stdio[4] as Readable).resume(), 'end');
  (parent.stdio[3] as Writable).end();
  // The kernel closes the files of a process after it has given up its program: from here on it is as good as a zombie.
  await childEnded;
  expect(alive(pid)).toBe(true);
  fs.symlinkSync(`${os.hostname()}-${pid}`, path.join(core.dir, 'SingletonLock'));
  expect(readChromeLock(core.dir)).toEqual({ state: 'stale', pid });
  parent.kill('SIGKILL');
});

test('opened by hand: running, exclusive, closed cleanly with its lock gone; a second start is told who has it', async () => {
  using core = openTestCore();
  const { service } = profilesOn(core);
  const { id } = service.create(input());
  const started = await service.start(id, { headless: true });
  expect(started).toMatchObject({ state: 'running', holder: { kind: 'manual' } });
  await expect(service.start(id, { headless: true })).rejects.toMatchObject({ slug: 'conflict' });
  expect(readChromeLock(service.folder(id)).state).toBe('live');
  await service.stop(id, false);
  expect(service.get(id).state).toBe('stopped');
  const preferences = JSON.parse(fs.readFileSync(path.join(service.folder(id), 'Default/Preferences'), 'utf8')) as {
    profile: { exit_type: string };
  };
  expect(preferences.profile.exit_type).toBe('Normal');
  expect(readChromeLock(service.folder(id)).state).toBe('free');
}, 60_000);

test('a browser that is killed from outside shows as crashed and can be started again', async () => {
  using core = openTestCore();
  const { service } = profilesOn(core);
  const { id } = service.create(input());
  await service.start(id, { headless: true });
  const lock = readChromeLock(service.folder(id));
  expect(lock.state).toBe('live');
  const freed = new Promise((resolve) => service.onFree(resolve));
  if (lock.state === 'live') process.kill(lock.pid, 'SIGKILL');
  await freed;
  expect(service.get(id).state).toBe('crashed');
  await service.start(id, { headless: true });
  expect(service.get(id).state).toBe('running');
  await service.close();
}, 60_000);

test('the browser dies with the host: kill -9 of its parent closes the pipe, and the pipe is its life-line', async () => {
  using core = openTestCore();
  const { service } = profilesOn(core);
  const { id } = service.create(input());
  const plan = await service.plan(id, { kind: 'manual', id: 'manual' }, { headless: true, tempDir: core.dir });
  const script = path.join(core.dir, 'parent.ts');
  const launcher = path.join(import.meta.dirname, 'launch/launcher.ts');
  fs.writeFileSync(
    script,
    `import { launchBrowser } from ${JSON.stringify(launcher)};
     const browser = await launchBrowser(${JSON.stringify(plan)}, []);
     console.log(browser.pid);`,
  );
  const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = Number(
    await new Promise<string>((resolve) => parent.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()))),
  );
  expect(alive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => alive(pid), { timeout: 10_000 }).toBe(false);
}, 60_000);
