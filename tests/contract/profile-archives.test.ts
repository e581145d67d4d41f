/** A signed-in profile moves from one computer to another as a file: two hosts, each with a home of its own, and a real browser. */
import fs from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ProfileArchive, ProfileImport } from '../../src/contract/automation/profile/archive.ts';
import type { Job } from '../../src/contract/host/jobs.ts';
import type { ProfileId, UploadId } from '../../src/contract/kernel/scalars.ts';
import { browserPath, skipNotice } from '../faults/support.ts';
import { createTestHost, type TestHost } from '../support/host.ts';

skipNotice();

const PASSPHRASE = 'correct horse battery staple';
const HOME = process.env.HOME;

/** A site that is signed in to by a cookie, `localStorage` and IndexedDB, and that is told by its page what is left of each. */
async function startSite() {
  const told: ((what: string) => void)[] = [];
  const page = (work: string) => `<script type="module">
    const db = await new Promise((done) => {
      const open = indexedDB.open('site', 1);
      open.onupgradeneeded = () => open.result.createObjectStore('kept');
      open.onsuccess = () => done(open.result);
    });
    const asked = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
    ${work}
  </script>`;
  const IN = page(`localStorage.setItem('token', 'from-local-storage');
    const change = db.transaction('kept', 'readwrite', { durability: 'strict' });
    change.objectStore('kept').put('from-indexed-db', 'token');
    await new Promise((done) => { change.oncomplete = done; });
    await fetch('/tell?signed-in');`);
  const WHO = page(`const kept = await asked(db.transaction('kept').objectStore('kept').get('token'));
    await fetch('/tell?' + localStorage.getItem('token') + ',' + kept);`);
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://site');
    if (pathname === '/tell') told.shift()?.(`${request.headers.cookie} ${search.slice(1)}`);
    if (pathname === '/in') response.setHeader('set-cookie', 'sid=the-secret-session; Max-Age=99999; HttpOnly');
    response.setHeader('content-type', 'text/html');
    response.end(pathname === '/in' ? IN : pathname === '/who' ? WHO : '');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    told: () => new Promise<string>((resolve) => told.push(resolve)),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

let site: Awaited<ReturnType<typeof startSite>>;
let home: TestHost;
let away: TestHost;
beforeAll(async () => {
  site = await startSite();
  home = await createTestHost();
  away = await createTestHost();
});
afterAll(async () => {
  for (const host of [home, away]) await host?.[Symbol.asyncDispose]();
  site?.close();
});
afterEach(() => {
  process.env.HOME = HOME;
});

/** Browsers that are started from now on find another home, with a keyring of its own. */
function moveTo(host: TestHost): void {
  process.env.HOME = fs.mkdtempSync(path.join(host.dir, 'home-'));
}
async function visit(host: TestHost, id: ProfileId, where: string): Promise<string> {
  const told = site.told();
  await host.host.client.call('profiles_start', { id, headless: true, urls: [site.url + where] });
  const what = await told;
  await host.host.client.call('profiles_stop', { id });
  return what;
}
async function ended(host: TestHost, begun: object): Promise<Job> {
  if (!('job_id' in begun)) throw new Error('there is no job');
  const id = begun.job_id as never;
  let last = await host.host.client.call('jobs_get', { id });
  for await (const { job } of host.host.client.follow('jobs_follow', { id })) last = job;
  return last;
}
const authorization = (host: TestHost) => ({ authorization: `Bearer ${host.token}` });
async function upload(host: TestHost, bytes: Uint8Array): Promise<UploadId> {
  const response = await fetch(`${host.url}/v1/uploads?name=a.tabagent`, {
    ...{ method: 'POST', body: Buffer.from(bytes) },
    headers: { ...authorization(host), 'content-type': 'application/octet-stream' },
  });
  return ((await response.json()) as { upload_id: UploadId }).upload_id;
}
async function take(host: TestHost, input: object): Promise<Job> {
  return ended(host, await host.host.client.call('profiles_import', input as never));
}
async function exported(host: TestHost, input: object): Promise<{ made: ProfileArchive; bytes: Uint8Array }> {
  const job = await ended(host, await host.host.client.call('profiles_export', input as never));
  expect(job.error).toBeNull();
  const made = job.result as unknown as ProfileArchive;
  const response = await fetch(host.url + made.url, { headers: authorization(host) });
  expect(response.headers.get('content-disposition')).toContain(encodeURIComponent(made.name));
  return { made, bytes: new Uint8Array(await response.arrayBuffer()) };
}
const itemsOf = (job: Job) => (job.result as unknown as ProfileImport).items;
const told = (job: Job) =>
  (job.result as unknown as ProfileImport).report.map(({ item, status, reason }) => `${status}: ${item}: ${reason}`);
/** Texts of a passphrase, or of a cookie, in any file of a data directory. */
const holding = (host: TestHost, text: string): string[] =>
  fs
    .readdirSync(host.dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((name) => fs.readFileSync(name).includes(text));
const leftIn = (host: TestHost, folder: string): string[] =>
  fs.existsSync(path.join(host.dir, folder)) ? fs.readdirSync(path.join(host.dir, folder)) : [];

// Catches a login that stays behind: cookies sealed for another home, storage that was not copied; and a passphrase that is written somewhere.
test.skipIf(browserPath === null)(
  'P27: signed in by cookie, localStorage and IndexedDB there, signed in here; the passphrase is nowhere',
  async () => {
    const { client } = home.host;
    moveTo(home);
    const { id } = await client.call('profiles_create', { name: 'Anna', tags: ['shop'], timezone: 'Asia/Tokyo' });
    expect(await visit(home, id, '/in')).toBe('sid=the-secret-session signed-in');
    const { made, bytes } = await exported(home, { id, passphrase: PASSPHRASE });
    expect(made.bytes).toBe(bytes.length);
    expect(Buffer.from(bytes).includes('the-secret-session')).toBe(false);
    expect(await visit(home, id, '/who'), 'the profile itself is as it was').toContain('from-local-storage');

    moveTo(away);
    const upload_id = await upload(away, bytes);
    const trial = await take(away, { upload_id, passphrase: PASSPHRASE, dry_run: true });
    expect(itemsOf(trial)).toEqual([]);
    expect(told(trial)).toContain('ok: 1 cookie: set again by the browser of this computer');
    expect((await away.host.client.call('profiles_list', {})).items).toEqual([]);

    const wrong = await take(away, { upload_id, passphrase: 'another passphrase' });
    expect(wrong).toMatchObject({ status: 'failed', error: { code: 'validation_error', field: 'passphrase' } });

    const job = await take(away, { upload_id, passphrase: PASSPHRASE });
    expect(job.error).toBeNull();
    const [profile] = itemsOf(job);
    expect(profile).toMatchObject({
      name: 'Anna',
      tags: ['shop'],
      timezone: 'Asia/Tokyo',
      state: 'stopped',
      version: 1,
    });
    expect(await visit(away, profile?.id as ProfileId, '/who')).toBe(
      'sid=the-secret-session from-local-storage,from-indexed-db',
    );
    for (const host of [home, away]) {
      expect(holding(host, PASSPHRASE)).toEqual([]);
      expect(leftIn(host, 'profile-imports')).toEqual([]);
    }
    expect(leftIn(home, 'profile-exports')).toEqual([`${path.basename(made.url)}.tabagent`]);
    expect(leftIn(away, 'uploads'), 'what was imported is not kept').toEqual([]);
  },
  600_000,
);

const SETTINGS = { include: ['settings'] } as const;
const namesOf = async (host: TestHost) =>
  (await host.host.client.call('profiles_list', { sort: 'name' })).items.map(({ name }) => name);

// Catches settings of an archive that start a program of its choice, or that go out without the proxy that they had.
test('settings travel without a program and without a proxy; each way to deal with a name that is taken', async () => {
  const { client } = home.host;
  const proxy = await client.call('proxies_create', { host: '127.0.0.1', port: 9 });
  const { id } = await client.call('profiles_create', {
    ...{ name: 'Bea', notes: 'first', executable_path: '/bin/true', proxy_id: proxy.id, launch_args: ['--mute-audio'] },
  });
  const { bytes } = await exported(home, { id, ...SETTINGS });
  const first = await take(away, { upload_id: await upload(away, bytes) });
  expect(told(first)).toEqual([
    expect.stringContaining('ok: caches and locks'),
    'lost: proxy: proxies do not travel; the profile does not start before you choose one, or none',
  ]);
  const [made] = itemsOf(first);
  expect(made).toMatchObject({
    notes: 'first',
    executable_path: null,
    proxy_id: proxy.id,
    launch_args: ['--mute-audio'],
  });
  await expect(away.host.client.call('profiles_start', { id: made?.id as ProfileId })).rejects.toMatchObject({
    slug: expect.stringMatching(/^(proxy-failed|not-found)$/),
  });

  await away.host.client.call('profiles_update', { id: made?.id as ProfileId, notes: 'changed', proxy_id: null });
  const upload_id = await upload(away, bytes);
  expect(itemsOf(await take(away, { upload_id, on_duplicate: 'skip' }))).toEqual([]);
  const [again] = itemsOf(await take(away, { upload_id: await upload(away, bytes), on_duplicate: 'replace' }));
  expect(again).toMatchObject({ id: made?.id, notes: 'first', proxy_id: null });
  await take(away, { upload_id: await upload(away, bytes) });
  expect((await namesOf(away)).filter((name) => name.startsWith('Bea'))).toEqual(['Bea', 'Bea 2']);
  await away.host.client.call('profiles_update', { id: again?.id as ProfileId, name: 'Bea 2' });
  const twice = await exported(away, { id: again?.id, ...SETTINGS });
  const none = await take(away, { upload_id: await upload(away, twice.bytes), on_duplicate: 'replace' });
  expect(told(none)[0]).toBe('rejected: Bea 2: 2 profiles have this name, so none is replaced');
}, 180_000);

// Catches an export that reads files while a browser writes them, logins in the clear, and a job that fails where the caller could be told.
test('what cannot be exported is said at once, and leaves no job', async () => {
  const { client } = home.host;
  const { id } = await client.call('profiles_create', { name: 'Cleo' });
  const jobs = async () => (await client.call('jobs_list', { kind: ['profiles_export'], count: true })).total;
  const before = await jobs();
  const refused = (input: object) => expect(client.call('profiles_export', { id, ...input } as never)).rejects;
  await refused({}).toMatchObject({ slug: 'validation-error', errors: { passphrase: expect.any(String) } });
  await refused({ passphrase: 'too short' }).toMatchObject({ slug: 'validation-error' });
  const fleeting = await client.call('profiles_create', { name: 'Dora', storage: 'ephemeral' });
  await refused({ id: fleeting.id, passphrase: PASSPHRASE }).toMatchObject({ slug: 'invalid-state' });
  if (browserPath !== null) {
    await client.call('profiles_start', { id, headless: true });
    await refused({ passphrase: PASSPHRASE }).toMatchObject({
      slug: 'conflict',
      extra: { holder: { kind: 'manual' } },
    });
    await client.call('profiles_stop', { id });
  }
  expect(await jobs()).toBe(before);
}, 180_000);

// Catches a key that takes logins out with less than all rights, an upload of somebody else, and an address that opens twice.
test('exports need every right; an address opens its file once; an upload belongs to who sent it', async () => {
  const { client } = home.host;
  const { id } = await client.call('profiles_create', { name: 'Emma' });
  const { key } = await client.call('keys_create', { name: 'k', scopes: ['manage'], areas: ['automation'] });
  const post = (route: string, body: object) =>
    fetch(home.url + route, {
      ...{ method: 'POST', body: JSON.stringify(body) },
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    });
  expect((await post(`/v1/profiles/${id}/export`, SETTINGS)).status).toBe(403);
  const { made, bytes } = await exported(home, { id, ...SETTINGS });
  expect((await fetch(home.url + made.url, { headers: { authorization: `Bearer ${key}` } })).status).toBe(403);
  const { url } = await client.call('profiles_export_content', { id: path.basename(made.url) as never });
  expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(Buffer.from(bytes))).toBe(true);
  expect((await fetch(url)).status).toBe(401);
  const others = await post('/v1/profiles/import', { upload_id: await upload(home, bytes) });
  expect(others.status).toBe(404);
});

// Catches half a profile, files outside, and an error that says nothing.
test('an archive that somebody has made for it is a failed job with its fault, and nothing is left', async () => {
  const before = [await namesOf(away), leftIn(away, 'profiles')];
  const job = await take(away, { upload_id: await upload(away, Buffer.alloc(5000, 'no archive')) });
  expect(job).toMatchObject({ status: 'failed', error: { code: 'unprocessable_entity', fault: 'format' } });
  expect([await namesOf(away), leftIn(away, 'profiles')]).toEqual(before);
  expect(leftIn(away, 'profile-imports')).toEqual([]);
});
