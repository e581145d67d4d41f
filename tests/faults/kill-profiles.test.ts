/** Browsers that are open by hand when their host is killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ProfileId } from '../../src/contract/kernel/scalars.ts';
import { ROOT } from '../support/core.ts';
import { limitNow } from '../support/pace.ts';
import { processesOf } from '../support/processes.ts';
import { openTaskHost } from '../support/tasks.ts';
import { browserPath, seeds, skipNotice } from './support.ts';

skipNotice();

/** A site that gives each visitor a cookie that lasts, and tells which cookies the pages of a path send back. */
async function startSite() {
  const sent = new Map<string, (cookie: string) => void>();
  const server = createServer((request, response) => {
    const [page, kind] = (request.url ?? '').slice(1).split('/');
    if (kind === 'back') sent.get(page ?? '')?.(request.headers.cookie ?? '');
    else if (!request.headers.cookie) response.setHeader('set-cookie', `visitor=${page}; Max-Age=99999`);
    response.setHeader('content-type', 'text/html');
    response.end(kind === 'back' ? '' : `<script>fetch('/${page}/back')</script>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    /** The next cookies that the page of a profile sends. */
    cookiesOf: (id: string) => new Promise<string>((resolve) => sent.set(id, resolve)),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function startHost(dir: string, url: string): Promise<{ child: ChildProcess; ids: ProfileId[] }> {
  const child = spawn(process.execPath, [path.join(ROOT, 'tests/faults/host-child.ts'), dir, 'profiles', url], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, ids: (JSON.parse(line) as { running: ProfileId[] }).running };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const locksIn = (folder: string) =>
  ['SingletonLock', 'SingletonCookie', 'SingletonSocket'].filter((name) =>
    lstatSync(path.join(folder, name), { throwIfNoEntry: false }),
  );
const pidIn = (folder: string) => Number(readlinkSync(path.join(folder, 'SingletonLock')).split('-').at(-1));

// Would catch: a browser without a life-line, one that ends without writing its cookies, and locks that stay.
test.skipIf(browserPath === null)(
  'P1: kill -9 of the host closes its browsers in order: no process, no lock, cookies kept',
  async () => {
    for (const seed of seeds(1, 100)) {
      const dir = mkdtempSync(path.join(os.tmpdir(), 'tabagent-kill-'));
      const site = await startSite();
      const { child, ids } = await startHost(dir, site.url);
      try {
        const folders = ids.map((id) => path.join(dir, 'profiles', id));
        await delay(seed % 300);
        await kill(child);
        const limit = await limitNow(1000);
        await expect.poll(() => processesOf(dir), { timeout: limit, interval: 20 }).toEqual([]);
        expect(folders.map(locksIn), `seed ${seed}`).toEqual([[], []]);

        const host = openTaskHost({ dir });
        for (const id of ids) {
          expect(host.profileService.get(id).state).toBe('stopped');
          const cookies = site.cookiesOf(id);
          await host.profileService.start(id, { headless: true, urls: [site.url + id] });
          expect(await cookies, `seed ${seed}`).toBe(`visitor=${id}`);
        }
        await host.profileService.close();
        await host.dispose();
      } finally {
        if (child.exitCode === null) child.kill('SIGKILL');
        site.close();
        rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
      }
    }
  },
);

// Would catch: a browser that did not notice the end of its host, and keeps its profile locked for ever.
test.skipIf(browserPath === null || process.platform !== 'linux')(
  'P17: a browser that outlived its host is ended at the next start, and its profile is free',
  async () => {
    for (const seed of seeds(1, 20)) {
      const dir = mkdtempSync(path.join(os.tmpdir(), 'tabagent-kill-'));
      const site = await startSite();
      const { child, ids } = await startHost(dir, site.url);
      try {
        const folders = ids.map((id) => path.join(dir, 'profiles', id));
        const [stuck = 0] = folders.map(pidIn);
        process.kill(stuck, 'SIGSTOP');
        await kill(child);
        const host = openTaskHost({ dir });
        const [first] = ids as [ProfileId];
        expect(host.profileService.get(first).state, `seed ${seed}`).toBe('locked');
        await host.profileService.reconcile();
        await expect.poll(() => processesOf(dir), { timeout: 5_000 }).toEqual([]);
        expect(host.profileService.get(first).state).toBe('stopped');
        await host.profileService.start(first, { headless: true });
        await host.profileService.reconcile();
        expect(host.profileService.get(first).state, 'one of this host is left alone').toBe('running');
        await host.profileService.close();
        await host.dispose();
      } finally {
        if (child.exitCode === null) child.kill('SIGKILL');
        site.close();
        rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
      }
    }
  },
);
