/** What an operator sees of a damaged database, with the built program: where it is, and a way on that loses nothing. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Health } from '../../src/contract/host/system.ts';
import { ROOT } from '../support/core.ts';
import { type ServedHost, serveHost } from '../support/served-host.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-damaged-'));
  file = path.join(dir, 'tabagent.db');
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));

function tabagent(...args: string[]) {
  return spawnSync(process.execPath, [path.join(ROOT, 'out/main/cli.js'), '--data-dir', dir, ...args], {
    env: { ...process.env, TABAGENT_KEYRING: 'off' },
    encoding: 'utf8',
  });
}

const addProfiles = async (host: ServedHost, count: number) => {
  for (let n = 0; n < count; n++)
    await host.request('POST', '/v1/profiles', { name: `p${n}`, notes: 'x'.repeat(1400) });
};
const profiles = async (host: ServedHost) =>
  (await host.request<{ items: unknown[] }>('GET', '/v1/profiles?limit=200')).items.length;

test('a start on a damaged database says where it is; one command restores the newest backup; nothing is lost', async () => {
  const first = await serveHost(dir);
  await addProfiles(first, 5);
  await first.request('POST', '/v1/backups', { wait: true });
  await first.stop();
  fs.writeFileSync(file, 'no database');

  const refused = tabagent('serve', '--port', '0');
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain(file);
  expect(refused.stderr).toMatch(/tabagent restore.*--replace-database/s);
  expect(fs.readFileSync(file, 'utf8')).toBe('no database');

  const restored = tabagent('--json', 'restore');
  expect(restored.status).toBe(0);
  const { backup, kept_as } = JSON.parse(restored.stdout) as { backup: string; kept_as: string };
  expect(path.dirname(backup)).toBe(path.join(dir, 'backups'));
  expect(fs.readFileSync(kept_as, 'utf8')).toBe('no database');
  const second = await serveHost(dir);
  expect(await profiles(second)).toBe(5);
  // What the operator did is no attack.
  const { items } = await second.request<{ items: { op: string }[] }>('GET', '/v1/audit?op=restore');
  expect(items).toHaveLength(1);
  expect(await second.request<Health>('GET', '/v1/health')).toMatchObject({ status: 'ok' });
  // Not while a host runs on it.
  expect(tabagent('restore').status).toBe(1);
  expect(await profiles(second)).toBe(5);
  await second.stop();

  fs.writeFileSync(file, 'damaged again');
  const third = await serveHost(dir, ['--replace-database']);
  expect(await profiles(third)).toBe(0);
  expect(third.terminal().join()).toContain(`${file}.corrupt-`);
  expect(await third.request<Health>('GET', '/v1/health')).toMatchObject({ status: 'degraded' });
  await third.stop();
}, 120_000);

// Would catch: a host that works on a damaged file for weeks because the start does not read that page.
test('damage in the middle of the file is found after the start and told with the path', async () => {
  const first = await serveHost(dir);
  await addProfiles(first, 60);
  await first.stop();
  // A page with notes of profiles: only who asks for them reads it.
  const PAGE = 4096;
  const written = fs.readFileSync(file);
  const notes = written.indexOf('x'.repeat(1400), written.length / 2);
  expect(notes).toBeGreaterThan(0);
  written.fill(0xa5, notes - (notes % PAGE), notes - (notes % PAGE) + PAGE);
  fs.writeFileSync(file, written);
  await using second = await serveHost(dir);
  await expect
    .poll(async () => (await second.request<Health>('GET', '/v1/health')).status, { timeout: 20_000 })
    .toBe('degraded');
  const told = second.terminal().join('\n');
  expect(told).toContain(file);
  expect(told).toContain('tabagent restore');
}, 60_000);
