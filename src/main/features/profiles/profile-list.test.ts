/** What a list of profiles costs: SQL statements and looks into the file system, counted, not timed. */
import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import { proxiesOn } from '../../../../tests/support/proxies/on-core.ts';
import { ProfileCreate, type ProfileState } from '../../../contract/automation/profiles.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import { createProfiles } from './index.ts';

const COUNT = 300;
const PAGE = { limit: 50, count: true };

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

function openProfiles(core: TestCore) {
  const profilesDir = path.join(core.dir, 'profiles');
  const proxies = proxiesOn(core).service;
  const { service } = createProfiles({
    ...core,
    proxies,
    profilesDir,
    tempDir: path.join(core.dir, 'tmp'),
    baseUrl: () => 'http://127.0.0.1:8080',
    browserArgs: [],
  });
  const folder = (id: ProfileId) => path.join(profilesDir, id);
  const create = (name: string) => {
    const { id } = service.create(ProfileCreate.parse({ name }));
    fs.mkdirSync(folder(id), { recursive: true });
    return id;
  };
  return {
    service,
    [Symbol.asyncDispose]: service.close,
    create,
    lock: (id: ProfileId) => fs.symlinkSync('another-computer-12345', path.join(folder(id), 'SingletonLock')),
    unlock: (id: ProfileId) => fs.rmSync(path.join(folder(id), 'SingletonLock')),
  };
}

/** Counts from now on: statements that reach SQLite, synchronous and asynchronous looks into the file system. */
function counters(core: TestCore) {
  const statements = Object.getPrototypeOf(core.db.raw.prepare('SELECT 1')) as { all(): unknown; get(): unknown };
  const sql = [vi.spyOn(statements, 'all'), vi.spyOn(statements, 'get')];
  const sync = (['readlinkSync', 'existsSync', 'readdirSync', 'statSync', 'readFileSync'] as const).map((name) =>
    vi.spyOn(fs, name),
  );
  const links = vi.spyOn(fsPromises, 'readlink');
  syncBuiltinESMExports();
  const sum = (spies: readonly { mock: { calls: unknown[] } }[]) =>
    spies.reduce((n, { mock }) => n + mock.calls.length, 0);
  return { sql: () => sum(sql), sync: () => sum(sync), links: () => links.mock.calls.length };
}

// Would catch: a row that asks the database or the disk for itself, and a first page that waits for all folders.
test.each<[string, ProfileState | undefined]>([
  ['no filter', undefined],
  ['stopped', 'stopped'],
  ['locked', 'locked'],
])('a page of 50 among 300 costs three statements and no synchronous read: %s', async (_name, state) => {
  using core = openTestCore();
  await using profiles = openProfiles(core);
  for (let n = 0; n < COUNT; n++) {
    const id = profiles.create(`Profile ${n}`);
    if (n % 3 === 0) profiles.lock(id);
  }
  await profiles.service.list({ ...PAGE, state: 'locked' });
  const count = counters(core);
  const page = await profiles.service.list({ ...PAGE, ...(state ? { state } : {}) });
  expect(page.items).toHaveLength(50);
  expect(page.total).toBe({ none: COUNT, stopped: 200, locked: 100 }[state === undefined ? 'none' : String(state)]);
  expect(count.sql()).toBe(3);
  expect(count.sync()).toBe(0);
  expect(count.links()).toBe(state === undefined ? 50 : 0);
});

// Would catch: a page that shows a lock as it was at the last scan, and a scan on every call.
test('a page without a filter shows the locks of now', async () => {
  using core = openTestCore();
  await using profiles = openProfiles(core);
  const id = profiles.create('Anna');
  const state = async () => (await profiles.service.list(PAGE)).items[0]?.state;
  expect(await state()).toBe('stopped');
  profiles.lock(id);
  expect(await state()).toBe('locked');
  profiles.unlock(id);
  expect(await state()).toBe('stopped');
});

// Would catch: a scan that finds a change and keeps it for itself: panels with a list filtered by state would not hear of it.
test('a lock that appears is told to subscribers, once', async () => {
  using core = openTestCore();
  await using profiles = openProfiles(core);
  const id = profiles.create('Anna');
  await profiles.service.list({ ...PAGE, state: 'locked' });
  const heard: string[] = [];
  core.events.subscribe((changes) => {
    for (const change of changes) if (change.entity === 'profile') heard.push(String(change.id));
  });
  profiles.lock(id);
  await profiles.service.list(PAGE);
  await profiles.service.list(PAGE);
  expect(heard).toEqual([id]);
});
