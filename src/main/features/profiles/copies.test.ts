/** Copies of profiles with a real browser, and the care of their folders. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import { proxiesOn } from '../../../../tests/support/proxies/on-core.ts';
import { ProfileCreate } from '../../../contract/automation/profiles.ts';
import { createProfiles } from './index.ts';

let core: TestCore;
let service: ReturnType<typeof createProfiles>['service'];
beforeEach(() => {
  core = openTestCore();
  service = createProfiles({
    ...core,
    profilesDir: path.join(core.dir, 'profiles'),
    tempDir: fs.mkdtempSync(path.join(os.tmpdir(), 'ta-')),
    proxies: proxiesOn(core).service,
    baseUrl: () => 'http://127.0.0.1:8080',
    browserArgs: ['--disable-gpu'],
  }).service;
});
afterEach(async () => {
  await service.close();
  core[Symbol.dispose]();
});

const create = (over: object = {}) => service.create(ProfileCreate.parse({ name: 'Anna', ...over })).id;
const never = new AbortController().signal;
const clone = (id: Parameters<typeof service.clone>[0], over: object = {}) =>
  service.clone(id, { with_storage: true, count: 1, ...over }, never);
const COOKIE = {
  ...{ name: 'sid', value: 'v', domain: 'shop.test', path: '/', expires: Math.floor(Date.now() / 1000) + 86_400 },
  ...{ httpOnly: false, secure: false, sameSite: null, partitionKey: null },
};
const signIn = (id: Parameters<typeof service.clone>[0]) =>
  service.cookies.set(id, { cookies: [COOKIE], format: 'auto', mode: 'merge' });
const cookiesOf = async (id: Parameters<typeof service.clone>[0]) =>
  (await service.cookies.get(id, 'json', undefined)).cookies.map(({ name }) => name);

// Would catch: a copy that is signed out, that carries the cache or a lock along, or that shares its data with the original.
test('B05: a copy is signed in, has the settings, and goes its own way; caches and locks stay behind', async () => {
  const id = create({ tags: ['x'], timezone: 'Asia/Tokyo', notes: 'n' });
  await signIn(id);
  const dir = service.folder(id);
  fs.mkdirSync(path.join(dir, 'Default/Cache/Cache_Data'), { recursive: true });
  fs.writeFileSync(path.join(dir, 'Default/Cache/Cache_Data/big'), 'x'.repeat(1000));
  fs.symlinkSync('/etc', path.join(dir, 'Default', 'planted'));
  const { items } = await clone(id, { count: 2 });
  expect(items.map(({ name }) => name)).toEqual(['Anna copy', 'Anna copy 2']);
  for (const copy of items) {
    expect(copy).toMatchObject({ tags: ['x'], timezone: 'Asia/Tokyo', notes: 'n', state: 'stopped', version: 1 });
    expect(copy.size_bytes).toBeGreaterThan(0);
    const names = fs.readdirSync(service.folder(copy.id));
    expect(names.filter((name) => name.startsWith('Singleton'))).toEqual([]);
    const inside = fs.readdirSync(path.join(service.folder(copy.id), 'Default'));
    expect(inside).not.toContain('Cache');
    expect(inside).not.toContain('planted');
    expect(await cookiesOf(copy.id)).toEqual(['sid']);
  }
  await service.cookies.delete(items[0]?.id ?? id, {});
  expect(await cookiesOf(id)).toEqual(['sid']);
  const [bare] = (await clone(id, { with_storage: false, name: 'Bare' })).items;
  expect(fs.existsSync(service.folder(bare?.id ?? id))).toBe(false);
}, 60_000);

// Would catch: files that are read while a browser writes them, and half a copy that stays.
test('a profile that is in use is not copied; an abort leaves no half copy', async () => {
  const id = create();
  const lease = service.hold(id, { kind: 'task', id: 'tsk_1' });
  await expect(clone(id)).rejects.toMatchObject({ slug: 'conflict', extra: { holder: { id: 'tsk_1' } } });
  await expect(service.clearCache(id)).rejects.toMatchObject({ slug: 'conflict' });
  await lease.release();
  fs.writeFileSync(path.join(service.folder(id), 'file'), 'x');
  const reason = new Error('enough');
  await expect(service.clone(id, { with_storage: true, count: 3 }, AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(fs.readdirSync(path.join(core.dir, 'profiles'))).toEqual([id]);
  expect(service.get(id).state).toBe('stopped');
});

// Would catch: a "clear cache" that signs somebody out, and sizes that count one thing twice or not at all.
test('P34: the size is told by kind; clearing the cache frees it and keeps logins', async () => {
  const id = create();
  await signIn(id);
  const cache = path.join(service.folder(id), 'Default', 'Code Cache', 'js');
  fs.mkdirSync(cache, { recursive: true });
  fs.writeFileSync(path.join(cache, 'big'), Buffer.alloc(300_000));
  const before = await service.disk(id);
  expect(before.kinds.cache).toBeGreaterThanOrEqual(300_000);
  expect(before.kinds.cookies).toBeGreaterThan(0);
  expect(Object.values(before.kinds).reduce((sum, bytes) => sum + bytes)).toBe(before.bytes);
  expect(service.get(id).size_bytes).toBe(before.bytes);
  const { freed_bytes } = await service.clearCache(id);
  expect(freed_bytes).toBe(before.kinds.cache);
  expect((await service.disk(id)).kinds).toEqual({ ...before.kinds, cache: 0 });
  expect(await cookiesOf(id)).toEqual(['sid']);
}, 60_000);

// Would catch: a switch that is stored and does nothing.
test('a profile that clears its cache on stop does so', async () => {
  const id = create({ clear_cache_on_stop: true });
  await service.start(id, { headless: true });
  const cache = path.join(service.folder(id), 'Default', 'Cache');
  fs.mkdirSync(cache, { recursive: true });
  fs.writeFileSync(path.join(cache, 'kept'), 'x');
  await service.stop(id, false);
  expect((await service.disk(id)).kinds.cache).toBe(0);
}, 60_000);

// Would catch: a copied profile that belongs to nobody, when the host is killed or the disk is full before its row is there.
test('no folder of a copy is there without its profile', async () => {
  const id = create();
  fs.mkdirSync(service.folder(id), { recursive: true });
  for (let n = 0; n < 40; n++) fs.writeFileSync(path.join(service.folder(id), `file-${n}`), 'x'.repeat(1000));
  const folders = () => fs.readdirSync(path.join(core.dir, 'profiles'));
  const known = () => core.db.raw.prepare('SELECT id FROM profile').pluck().all() as string[];
  let over = false;
  const work = clone(id, { count: 2 }).finally(() => {
    over = true;
  });
  while (!over) {
    expect(folders().filter((name) => !known().includes(name))).toEqual([]);
    await new Promise(setImmediate);
  }
  await work;
  expect(folders().sort()).toEqual(known().sort());
  core.db.raw.exec("CREATE TEMP TRIGGER full BEFORE INSERT ON profile BEGIN SELECT RAISE(ABORT, 'full'); END");
  await expect(clone(id)).rejects.toThrow('full');
  core.db.raw.exec('DROP TRIGGER full');
  expect(folders().sort()).toEqual(known().sort());
});
