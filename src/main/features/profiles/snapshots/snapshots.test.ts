/** The ring of snapshots with a real browser. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openTestCore, type TestCore } from '../../../../../tests/support/core.ts';
import { proxiesOn } from '../../../../../tests/support/proxies/on-core.ts';
import { ProfileCreate } from '../../../../contract/automation/profiles.ts';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import { createProfiles } from '../index.ts';

let core: TestCore;
let service: ReturnType<typeof createProfiles>['service'];
beforeEach(() => {
  core = openTestCore();
  service = createProfiles({
    ...core,
    proxies: proxiesOn(core).service,
    profilesDir: path.join(core.dir, 'profiles'),
    tempDir: fs.mkdtempSync(path.join(os.tmpdir(), 'ta-')),
    baseUrl: () => 'http://127.0.0.1:8080',
    browserArgs: ['--disable-gpu'],
  }).service;
});
afterEach(async () => {
  await service.close();
  core[Symbol.dispose]();
});

const create = (over: object = {}) => service.create(ProfileCreate.parse({ name: 'Anna', ...over })).id;
const END = Math.floor(Date.now() / 1000) + 86_400;
const set = (id: ProfileId, ...pairs: string[]) =>
  service.cookies.set(id, {
    format: 'auto',
    mode: 'merge',
    text: JSON.stringify(
      pairs.map((pair) => {
        const [name, value] = pair.split('=');
        return { name, value, domain: 'shop.test', expires: END };
      }),
    ),
  });
const cookiesOf = async (id: ProfileId) =>
  (await service.cookies.get(id, 'json', undefined)).cookies.map(({ name, value }) => `${name}=${value}`);
const reasons = (id: ProfileId) => service.snapshots.list(id).items.map(({ reason }) => reason);
const folders = () => fs.readdirSync(path.join(core.dir, 'profile-snapshots')).sort();
const tick = () => core.clock.advance(1);

// Would catch: a login that is lost with a broken file, a way back that cannot be taken back itself.
test('P25: a profile whose files were broken comes back as it was when it was closed; what it was before is kept', async () => {
  const id = create();
  await set(id, 'sid=first');
  await service.start(id, { headless: true });
  await service.stop(id, false);
  expect(reasons(id)).toEqual(['stop']);
  const [kept] = service.snapshots.list(id).items;
  for (const name of ['Cookies', 'Preferences'])
    fs.writeFileSync(path.join(service.folder(id), 'Default', name), 'broken');
  tick();
  const restored = await service.snapshots.restore(id, kept?.id ?? '');
  expect(restored).toMatchObject({ id, state: 'stopped', holder: null });
  expect(await cookiesOf(id)).toEqual(['sid=first']);
  expect(reasons(id)).toEqual(['restore', 'stop']);
  expect(folders()).toEqual(
    service.snapshots
      .list(id)
      .items.map(({ id: one }) => one)
      .sort(),
  );
}, 60_000);

// Would catch: a difference that tells values, and one that looks at the profile only.
test('the difference names cookies that went, came and changed, without their values', async () => {
  const id = create();
  await set(id, 'sid=first', 'gone=1');
  const { id: snapshot } = await service.snapshots.create(id);
  await service.cookies.delete(id, { name: 'gone' });
  await set(id, 'sid=second-secret', 'new=1');
  const diff = await service.snapshots.diff(id, snapshot);
  const names = Object.fromEntries(Object.entries(diff).map(([what, list]) => [what, list.map(({ name }) => name)]));
  expect(names).toEqual({ gone: ['gone'], added: ['new'], changed: ['sid'] });
  expect(JSON.stringify(diff)).not.toContain('second-secret');
}, 60_000);

// Would catch: a ring that grows for ever, and files without a row or rows without files.
test('five are kept, the oldest goes; a restore may ask for the one that would go; all go with the profile', async () => {
  const id = create();
  fs.mkdirSync(service.folder(id), { recursive: true });
  for (let n = 1; n <= 6; n++) {
    fs.writeFileSync(path.join(service.folder(id), 'state'), String(n));
    await service.snapshots.create(id);
    tick();
  }
  const { items } = service.snapshots.list(id);
  expect(items).toHaveLength(5);
  await service.snapshots.restore(id, items.at(-1)?.id ?? '');
  expect(fs.readFileSync(path.join(service.folder(id), 'state'), 'utf8')).toBe('2');
  expect(folders()).toHaveLength(5);
  service.remove(id);
  tick();
  await service.purge(core.clock.now());
  expect(folders()).toEqual([]);
  expect(fs.existsSync(path.join(core.dir, 'profiles', id))).toBe(false);
});

test('a profile in use, one that keeps nothing, and a snapshot of another profile are refused', async () => {
  const [id, other] = [create(), create({ storage: 'ephemeral' })];
  const { id: snapshot } = await service.snapshots.create(id);
  await expect(service.snapshots.create(other)).rejects.toMatchObject({ slug: 'invalid-state' });
  await expect(service.snapshots.restore(other, snapshot)).rejects.toMatchObject({ slug: 'not-found' });
  const lease = service.hold(id, { kind: 'task', id: 'tsk_1' });
  await expect(service.snapshots.restore(id, snapshot)).rejects.toMatchObject({ slug: 'conflict' });
  await lease.release();
  // What a host that was killed was moving.
  fs.mkdirSync(path.join(core.dir, 'profile-snapshots', 'moving-1'));
  await service.startUp();
  expect(folders()).toEqual([snapshot]);
  await service.snapshots.delete(id, snapshot);
  expect(folders()).toEqual([]);
});

// Would catch: logins that are lost when a host is killed, or the disk fails, between the two moves of a restore.
test('the folder of a profile is back when a restore ends in the middle, and a profile without one can be restored', async () => {
  const id = create();
  const { id: empty } = await service.snapshots.create(id);
  await service.snapshots.restore(id, empty);
  const state = path.join(service.folder(id), 'state');
  fs.writeFileSync(state, 'mine');
  const old = path.join(core.dir, 'profile-snapshots', `moving-${id}-${'0'.repeat(12)}-old`);
  fs.renameSync(service.folder(id), old);
  await service.startUp();
  expect([fs.readFileSync(state, 'utf8'), fs.existsSync(old)]).toEqual(['mine', false]);
  // Once another one is in its place it goes.
  fs.cpSync(service.folder(id), old, { recursive: true });
  await service.startUp();
  expect([fs.readFileSync(state, 'utf8'), fs.existsSync(old)]).toEqual(['mine', false]);
  const rename = vi.spyOn(fs.promises, 'rename').mockImplementation(async (from, to) => {
    if (to === service.folder(id) && !String(from).endsWith('-old')) throw new Error('the disk failed');
    fs.renameSync(from, to);
  });
  await expect(service.snapshots.restore(id, empty)).rejects.toThrow('the disk failed');
  rename.mockRestore();
  expect(fs.readFileSync(state, 'utf8')).toBe('mine');
});

// Would catch: the logins of a profile in a folder that belongs to nothing, when the host is killed in the middle; nothing would ever remove it.
test('at every moment a folder belongs to a snapshot, or goes at the next start', async () => {
  const id = create();
  fs.mkdirSync(service.folder(id), { recursive: true });
  for (let n = 0; n < 40; n++) fs.writeFileSync(path.join(service.folder(id), `file-${n}`), 'x'.repeat(1000));
  /** Looks after each turn of the event loop. @returns how often there was something on its way */
  async function watched(work: Promise<unknown>): Promise<number> {
    let moving = 0;
    let over = false;
    void work.finally(() => {
      over = true;
    });
    while (!over) {
      const rows = new Set<string>(service.snapshots.list(id).items.map((row) => row.id));
      const loose = folders().filter((name) => !rows.has(name));
      moving += loose.length;
      expect(loose.filter((name) => !name.startsWith('moving-'))).toEqual([]);
      await new Promise(setImmediate);
    }
    return moving;
  }
  const taken = service.snapshots.create(id);
  expect(await watched(taken)).toBeGreaterThan(0);
  const { id: snapshot } = await taken;
  expect(folders()).toEqual([snapshot]);
  await watched(service.snapshots.restore(id, snapshot));
  for (const { id: one } of service.snapshots.list(id).items) await watched(service.snapshots.delete(id, one));
  expect(folders()).toEqual([]);
});

// Would catch: a copy of everything that stays beside the row which the full disk did not take.
test('a snapshot that the database does not take leaves no folder', async () => {
  const id = create();
  fs.mkdirSync(service.folder(id), { recursive: true });
  core.db.raw.exec("CREATE TEMP TRIGGER full BEFORE INSERT ON profile_snapshot BEGIN SELECT RAISE(ABORT, 'full'); END");
  await expect(service.snapshots.create(id)).rejects.toThrow('full');
  core.db.raw.exec('DROP TRIGGER full');
  expect([folders(), reasons(id)]).toEqual([[], []]);
});
