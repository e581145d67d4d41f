/** The cookie desk on real browsers. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { seeds } from '../../../../../tests/faults/support.ts';
import { openTestCore, type TestCore } from '../../../../../tests/support/core.ts';
import { proxiesOn } from '../../../../../tests/support/proxies/on-core.ts';
import type { Cookie } from '../../../../contract/automation/profile/cookies.ts';
import { ProfileCreate } from '../../../../contract/automation/profiles.ts';
import { createProfiles } from '../index.ts';

let core: TestCore;
let profiles: ReturnType<typeof createProfiles>;
beforeEach(() => {
  core = openTestCore();
  profiles = createProfiles({
    proxies: proxiesOn(core).service,
    ...core,
    profilesDir: path.join(core.dir, 'profiles'),
    tempDir: fs.mkdtempSync(path.join(os.tmpdir(), 'ta-')),
    baseUrl: () => 'http://127.0.0.1:8080',
    browserArgs: ['--disable-gpu'],
  });
});
afterEach(async () => {
  await profiles.service.close();
  core[Symbol.dispose]();
});

const create = (over: object = {}) => profiles.service.create(ProfileCreate.parse({ name: 'Anna', ...over })).id;
/** Chromium lets no cookie live longer than 400 days. */
const END = Math.floor(Date.now() / 1000) + 90 * 86_400;
const PLAIN: Cookie = {
  ...{ name: 'sid', value: 'v', domain: '.shop.test', path: '/', expires: END },
  ...{ httpOnly: false, secure: false, sameSite: null, partitionKey: null },
};
const JAR: Cookie[] = [
  { ...PLAIN, httpOnly: true, secure: true, sameSite: 'Lax' },
  { ...PLAIN, name: '__Host-id', domain: 'shop.test', secure: true, sameSite: 'Strict' },
  { ...PLAIN, name: 'deep', domain: '.a.b.shop.test', path: '/x/y' },
  { ...PLAIN, name: 'ip', domain: '127.0.0.1' },
  { ...PLAIN, name: 'quoted', value: '"a=b, c"', domain: 'other.test' },
  {
    ...{ ...PLAIN, name: 'chip', domain: 'widget.test', secure: true, sameSite: 'None' },
    partitionKey: { topLevelSite: 'https://shop.test', hasCrossSiteAncestor: true },
  },
];
const inOrder = (cookies: Cookie[]) => [...cookies].sort((a, b) => (a.name < b.name ? -1 : 1));
const merge = { format: 'auto', mode: 'merge' } as const;

// Would catch: a cookie that goes to subdomains though it was of one host, that loses its partition, or its end.
test('what is set in a closed profile is there when it runs, and after it, in every text form', async () => {
  const { service } = profiles;
  const id = create();
  expect(await service.cookies.set(id, { ...merge, cookies: JAR })).toEqual({ imported: JAR.length, rejected: [] });
  expect(service.get(id)).toMatchObject({ state: 'stopped', holder: null });
  await service.start(id, { headless: true });
  const running = await service.cookies.get(id, 'json', undefined);
  expect(inOrder(running.cookies)).toEqual(inOrder(JAR));

  const other = create();
  for (const format of ['json', 'netscape'] as const) {
    const { text } = await service.cookies.get(id, format, undefined);
    const verdict = await service.cookies.set(other, { ...merge, mode: 'replace', text });
    expect(verdict, format).toEqual({ imported: JAR.length, rejected: [] });
    const names = (await service.cookies.get(other, 'json', undefined)).cookies.map(({ name, value }) => name + value);
    expect(names.sort()).toEqual(JAR.map(({ name, value }) => name + value).sort());
  }
  expect((await service.cookies.get(id, 'header', 'a.b.shop.test')).text).toBe('deep=v; sid=v');
  await expect(service.cookies.get(id, 'header', undefined)).rejects.toMatchObject({ slug: 'validation-error' });
}, 60_000);

test('session cookies live with the open browser, and are refused where it would end at once', async () => {
  const { service } = profiles;
  const id = create();
  const cookies = [{ ...PLAIN, expires: null }];
  expect(await service.cookies.set(id, { ...merge, cookies })).toEqual({
    imported: 0,
    rejected: [{ line: 1, reason: expect.stringContaining('open the profile first') }],
  });
  await service.start(id, { headless: true });
  expect(await service.cookies.set(id, { ...merge, cookies })).toEqual({ imported: 1, rejected: [] });
  expect((await service.cookies.get(id, 'json', undefined)).cookies).toEqual(cookies);
}, 60_000);

// Would catch: one bad cookie that costs the others, and one that the browser drops while the answer says "imported".
test('what the rules let through and the browser does not take is told by its line; the rest is set', async () => {
  const { service } = profiles;
  const id = create();
  await service.start(id, { headless: true });
  const cookies = [
    { ...PLAIN, name: 'good' },
    { ...PLAIN, name: 'public', domain: '.com' },
    {
      ...PLAIN,
      name: 'nowhere',
      secure: true,
      sameSite: 'None' as const,
      partitionKey: { topLevelSite: 'no site', hasCrossSiteAncestor: true },
    },
    { ...PLAIN, name: 'old', expires: 5 },
  ];
  const { imported, rejected } = await service.cookies.set(id, { ...merge, cookies });
  expect({ imported, lines: rejected.map(({ line }) => line) }).toEqual({ imported: 1, lines: [2, 3, 4] });
  // Nothing that can be used: what is there stays, whatever the mode says.
  await service.cookies.set(id, { ...merge, mode: 'replace', cookies: cookies.slice(3) });
  expect((await service.cookies.get(id, 'json', undefined)).cookies.map(({ name }) => name)).toEqual(['good']);
}, 60_000);

test('deleted by domain, by name, or all; copied by domain, and only that domain is replaced', async () => {
  const { service } = profiles;
  const [id, other] = [create(), create()];
  await service.cookies.set(id, { ...merge, cookies: JAR });
  await service.cookies.set(other, {
    ...merge,
    cookies: [
      { ...PLAIN, name: 'old' },
      { ...PLAIN, domain: 'keep.test' },
    ],
  });
  expect(await service.cookies.copy(other, id, 'shop.test', 'replace')).toEqual({ imported: 3, rejected: [] });
  const { cookies } = await service.cookies.get(other, 'json', undefined);
  expect(cookies.map(({ name, domain }) => `${name} ${domain}`).sort()).toEqual([
    '__Host-id shop.test',
    'deep .a.b.shop.test',
    'sid .shop.test',
    'sid keep.test',
  ]);
  expect(await service.cookies.delete(id, { domain: 'shop.test', name: 'sid' })).toEqual({ deleted: 1 });
  expect(await service.cookies.delete(id, { domain: 'widget.test' })).toEqual({ deleted: 1 });
  expect(await service.cookies.delete(id, {})).toEqual({ deleted: JAR.length - 2 });
  await expect(service.cookies.copy(id, id, undefined, 'merge')).rejects.toMatchObject({ slug: 'validation-error' });
}, 60_000);

test('who holds a profile is told; calls for one profile come one after the other', async () => {
  const { service } = profiles;
  const id = create();
  const lease = service.hold(id, { kind: 'task', id: 'tsk_1' });
  await expect(service.cookies.get(id, 'json', undefined)).rejects.toMatchObject({
    slug: 'conflict',
    extra: { holder: { id: 'tsk_1' } },
  });
  await lease.release();
  const many = Array.from({ length: 3 }, (_, n) =>
    service.cookies.set(id, { ...merge, cookies: [{ ...PLAIN, name: `n${n}` }] }),
  );
  expect((await Promise.all(many)).map(({ imported }) => imported)).toEqual([1, 1, 1]);
  expect((await service.cookies.get(id, 'json', undefined)).cookies).toHaveLength(3);
  await expect(service.cookies.get(create({ storage: 'ephemeral' }), 'json', undefined)).rejects.toMatchObject({
    slug: 'invalid-state',
  });
}, 60_000);

// Would catch: a stop that does not wait for the process that writes cookies.
test('P2: a cookie that is set a moment before the browser is closed is there when it is opened again', async () => {
  const { service } = profiles;
  const id = create();
  for (const seed of seeds(5, 200)) {
    await service.start(id, { headless: true });
    const cookie = { ...PLAIN, name: 'last', value: String(seed) };
    await service.cookies.set(id, { ...merge, cookies: [cookie] });
    await service.stop(id, false);
    await service.start(id, { headless: true });
    expect((await service.cookies.get(id, 'json', undefined)).cookies, `seed ${seed}`).toEqual([cookie]);
    await service.stop(id, false);
  }
}, 600_000);
