import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../../tests/support/core.ts';
import { limitNow } from '../../../../../tests/support/pace.ts';
import { proxiesOn } from '../../../../../tests/support/proxies/on-core.ts';
import { ProfileCreate } from '../../../../contract/automation/profiles.ts';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import { createProfiles } from '../index.ts';
import { readChromeLock } from './chrome-lock.ts';

let core: TestCore;
/** Short, as sockets of browsers live below it. */
let tempDir: string;
beforeEach(() => {
  core = openTestCore();
  tempDir = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'ta-')), 't');
});
afterEach(() => {
  core[Symbol.dispose]();
  fs.rmSync(path.dirname(tempDir), { recursive: true, force: true });
});

function openProfiles() {
  const { service } = createProfiles({
    ...core,
    tempDir,
    proxies: proxiesOn(core).service,
    profilesDir: path.join(core.dir, 'profiles'),
    baseUrl: () => 'http://127.0.0.1:8080',
    browserArgs: ['--disable-gpu'],
  });
  const create = (over: object = {}) => service.create(ProfileCreate.parse({ name: 'Anna', ...over })).id;
  return { service, create };
}

const entries = () => fs.readdirSync(tempDir);

/** Settles when an event leaves a profile in a state. */
function becomes(service: ReturnType<typeof openProfiles>['service'], id: ProfileId, state: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = core.events.subscribe(() => {
      if (service.get(id).state !== state) return;
      stop();
      resolve();
    });
  });
}

// Would catch: sockets and scratch files of browsers that pile up in the temporary folder of the machine.
test('what a browser leaves among temporary files is in a folder of its own, which goes with it, also after a kill', async () => {
  const { service, create } = openProfiles();
  const id = create();
  for (const end of ['stop', 'kill'] as const) {
    await service.start(id, { headless: true });
    expect(entries(), 'the socket of the lock is there').toHaveLength(1);
    const lock = readChromeLock(service.folder(id));
    const freed = new Promise((resolve) => service.onFree(resolve));
    if (end === 'kill' && lock.state === 'live') process.kill(lock.pid, 'SIGKILL');
    else await service.stop(id, false);
    await freed;
    expect(entries()).toEqual([]);
  }
  await service.close();
}, 60_000);

// Would catch: folders of a killed host that nobody removes, and the removal of somebody else's.
test('folders of browsers and of ephemeral profiles that a killed host has left go at the next start', async () => {
  for (const name of ['b-abcdef', 'profile-prf_1', 'attempt'])
    fs.mkdirSync(path.join(tempDir, name), { recursive: true });
  fs.writeFileSync(path.join(tempDir, 'profile-prf_1', 'Cookies'), 'secret');
  await openProfiles().service.startUp();
  expect(entries()).toEqual(['attempt']);
});

// Would catch: a row that says "running" of a browser that has gone, or that forgets that it was killed.
test('P3: the row follows the browser: a page that crashes changes nothing, a browser that ends is told at once', async () => {
  const { service, create } = openProfiles();
  const id = create();
  await service.start(id, { headless: true, urls: ['chrome://crash'] });
  expect(service.get(id).state).toBe('running');
  const lock = readChromeLock(service.folder(id));
  const crashed = becomes(service, id, 'crashed');
  const before = performance.now();
  if (lock.state === 'live') process.kill(lock.pid, 'SIGKILL');
  await crashed;
  expect(performance.now() - before).toBeLessThan(await limitNow(500));
  await service.start(id, { headless: true });
  // As when its last window is closed: it ends in order, and nobody had asked it to.
  const again = readChromeLock(service.folder(id));
  const stopped = becomes(service, id, 'stopped');
  if (again.state === 'live') process.kill(again.pid, 'SIGINT');
  await stopped;
  expect(service.get(id)).toMatchObject({ state: 'stopped', holder: null });
}, 60_000);

// Would catch: a hung browser that keeps its profile for ever, or one whose lost data is passed over in silence.
test('P2: a browser that hangs is killed when it is stopped by force, and the log says what that costs', async () => {
  const { service, create } = openProfiles();
  const id = create();
  await service.start(id, { headless: true });
  const lock = readChromeLock(service.folder(id));
  if (lock.state === 'live') process.kill(lock.pid, 'SIGSTOP');
  await service.stop(id, true);
  await expect.poll(() => service.get(id).state).toBe('stopped');
  expect(core.log.lines.join('\n')).toContain('was killed; what it had not written is lost');
}, 60_000);
