import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../../tests/support/core.ts';
import { proxiesOn } from '../../../../../tests/support/proxies/on-core.ts';
import { ProfileCreate } from '../../../../contract/automation/profiles.ts';
import { folderBytes } from '../folders.ts';
import { createProfiles } from '../index.ts';

const TASK = { kind: 'task', id: 'tsk_1' } as const;

function setUp(core: TestCore, over: Record<string, unknown> = {}) {
  const tempDir = path.join(core.dir, 'tmp');
  const folders = { profilesDir: path.join(core.dir, 'profiles'), tempDir };
  const { service } = createProfiles({
    ...core,
    ...folders,
    proxies: proxiesOn(core).service,
    baseUrl: () => 'http://127.0.0.1:8080',
    browserArgs: ['--disable-gpu'],
  });
  return { service, tempDir, id: service.create(ProfileCreate.parse({ name: 'Anna', ...over })).id };
}

/** A program that stands in for a browser which hangs while it starts: it writes its pid and never answers. */
function hangingBrowser(core: TestCore): { executable_path: string; started: Promise<number> } {
  const pidFile = path.join(core.dir, 'pid');
  const executable_path = path.join(core.dir, 'hanging-browser');
  fs.writeFileSync(pidFile, '');
  fs.writeFileSync(executable_path, `#!/bin/sh\necho $$ > ${pidFile}\nexec cat <&4\n`, { mode: 0o755 });
  const started = new Promise<number>((resolve) => {
    const watcher = fs.watch(pidFile, () => {
      const pid = Number(fs.readFileSync(pidFile, 'utf8'));
      if (pid === 0) return;
      watcher.close();
      resolve(pid);
    });
  });
  return { executable_path, started };
}

// Would catch: a profile that stays "in use" for ever by a task that never got it.
test.each([
  [
    'its folder cannot be made',
    (_core: TestCore, dir: string) => {
      fs.mkdirSync(path.dirname(dir), { recursive: true });
      fs.writeFileSync(dir, 'a file where the folder belongs');
      return () => fs.rmSync(dir);
    },
  ],
  [
    'its start cannot be noted',
    ({ db }: TestCore) => {
      db.raw.exec(
        `CREATE TRIGGER full BEFORE UPDATE OF last_started_at ON profile BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
      );
      return () => db.raw.exec('DROP TRIGGER full');
    },
  ],
  [
    'its state cannot be announced',
    ({ db }: TestCore) => {
      db.raw.exec(`CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'disk full'); END`);
      return () => db.raw.exec('DROP TRIGGER full');
    },
  ],
])('a profile is free again when %s', async (_why, obstruct) => {
  using core = openTestCore();
  const { service, tempDir, id } = setUp(core);
  const clear = obstruct(core, service.folder(id));
  expect(() => service.hold(id, TASK)).toThrow();
  await expect(service.plan(id, TASK, { headless: true, tempDir })).rejects.toThrow();
  expect(service.running()).toBe(0);
  clear();
  expect(service.get(id)).toMatchObject({ state: 'stopped', holder: null });
  await service.hold(id, TASK).release();
});

// Would catch: a temporary profile left on the disk, or a change written to a database that has been closed.
test.each([
  'persistent',
  'ephemeral',
])('closing the %s profile waits for its release, and announces nothing afterwards', async (storage) => {
  using core = openTestCore();
  const { service, id } = setUp(core, { storage });
  await service.start(id, { headless: true });
  await service.close();
  const head = core.events.head();
  expect(service.running()).toBe(0);
  expect(fs.existsSync(service.folder(id))).toBe(storage === 'persistent');
  // The size of the folder was asked for before this one, and is known by then.
  await folderBytes(service.folder(id));
  expect(core.events.head()).toBe(head);
}, 60_000);

// Would catch: a browser that comes up after the host has stopped, and holds a profile that nobody gives back.
test('closing ends starts that are under way, and refuses new ones', async () => {
  using core = openTestCore();
  const { executable_path, started } = hangingBrowser(core);
  const { service, id } = setUp(core, { executable_path });
  const start = service.start(id, { headless: true });
  const refused = expect(start).rejects.toMatchObject({ slug: 'service-unavailable' });
  const pid = await started;
  await service.close();
  expect(service.running()).toBe(0);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  await refused;
  await expect(service.start(id, { headless: true })).rejects.toMatchObject({ slug: 'service-unavailable' });
  expect(service.running()).toBe(0);
}, 30_000);
