import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isTerminal } from '../../src/contract/automation/tasks.ts';
import { findProcesses } from '../../src/main/core/process/process-tree.ts';
import { ROOT } from '../support/core.ts';
import { limitNow } from '../support/pace.ts';
import { processesOf } from '../support/processes.ts';
import { EXECUTOR, openTaskHost, SCRIPTED } from '../support/tasks.ts';
import { browserPath, seeds, skipNotice } from './support.ts';

let site: Server;
let url = '';
beforeAll(async () => {
  site = createServer((request, response) => {
    if (request.url === '/hang') return;
    response.end('<title>Here</title>');
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
});
afterAll(() => {
  site.closeAllConnections();
  site.close();
});

type Note = { acknowledged?: string; running?: string[]; tokens?: string[] };

/** Starts the host as a process; `notes` grows as it speaks. */
function startHost(dir: string, mode: 'five' | 'many') {
  const child = spawn(process.execPath, [path.join(ROOT, 'tests/faults/host-child.ts'), dir, mode, url], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  const notes: Note[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => notes.push(JSON.parse(line) as Note));
  return { child, notes, lines };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

skipNotice();

test.skipIf(browserPath === null)(
  'kill -9 of the host during five running tasks: interrupted or retried by policy, nothing left',
  async () => {
    for (const seed of seeds(1, 200)) {
      const dir = mkdtempSync(path.join(os.tmpdir(), 'tabagent-kill-'));
      const { child, notes, lines } = startHost(dir, 'five');
      try {
        const note = await new Promise<Note>((resolve, reject) => {
          lines.on('line', () => {
            const last = notes.at(-1);
            if (last?.running) resolve(last);
          });
          child.once('exit', (code) => reject(new Error(`the host ended with ${code}`)));
        });
        const [anna, bea, alone, program, request] = note.running ?? [];
        expect(processesOf(path.join(dir, 'profiles')).length).toBeGreaterThanOrEqual(2);
        await delay(seed % 200);
        await kill(child);

        const begin = performance.now();
        const host = openTaskHost({ dir, executor: EXECUTOR });
        try {
          expect(await host.tasks.start()).toBe(5);
          const lasted = performance.now() - begin;
          expect(lasted, `seed ${seed}`).toBeLessThan(await limitNow(5000));
          const status = (id: string | undefined) => host.store.status(id ?? '');
          expect([anna, request].map(status), `seed ${seed}`).toEqual(['retrying', 'retrying']);
          expect([bea, alone, program].map(status), `seed ${seed}`).toEqual([
            'interrupted',
            'interrupted',
            'interrupted',
          ]);
          for (const token of note.tokens ?? []) expect(await findProcesses(token)).toEqual([]);
          expect(processesOf(path.join(dir, 'profiles'))).toEqual([]);
          expect(host.db.raw.pragma('integrity_check', { simple: true })).toBe('ok');
          // The profiles can be used again at once.
          const script = 'export default async ({ page }) => await page.evaluate(() => 6 * 7)';
          const command = await host.command({ kind: 'browser', spec: { script, trace: 'off', screenshot: 'off' } });
          const again = await host.run(command, [], { profile_id: host.store.get(bea ?? '')?.profile_id as never });
          expect(await host.ends(again.id, 60)).toMatchObject({ status: 'succeeded', output: 42 });
        } finally {
          await host.dispose();
        }
      } finally {
        if (child.exitCode === null) child.kill('SIGKILL');
        rmSync(dir, { recursive: true, force: true });
      }
    }
  },
);

test('kill -9 at a random moment while fifty tasks run: no acknowledged task is lost, all come to a legal end', async () => {
  for (const seed of seeds(3, 200)) {
    const dir = mkdtempSync(path.join(os.tmpdir(), 'tabagent-random-'));
    const { child, notes, lines } = startHost(dir, 'many');
    try {
      await once(lines, 'line');
      await delay(seed % 1500);
      await kill(child);
      const host = openTaskHost({ dir, executor: SCRIPTED, settings: { 'executor.max_running': 8 } });
      try {
        expect(host.db.raw.pragma('integrity_check', { simple: true }), `seed ${seed}`).toBe('ok');
        await host.tasks.start();
        const acknowledged = notes.flatMap((note) => note.acknowledged ?? []);
        expect(acknowledged.length).toBeGreaterThan(0);
        for (const id of acknowledged) expect(host.store.exists(id), `seed ${seed}`).toBe(true);
        for (const id of acknowledged) {
          const task = await host.ends(id, 60);
          expect(task.attempts.length).toBe(task.attempt);
          expect(task.attempt).toBeLessThanOrEqual(task.max_attempts);
          expect(task.attempts.every((attempt) => attempt.status !== 'running')).toBe(true);
          const lines_ = existsSync(path.join(host.paths.tasks, id))
            ? (await host.tasks.service.logs(id, { limit: 5000 })).items
            : [];
          expect(lines_.map((line) => line.seq)).toEqual(lines_.map((_, i) => i + 1));
        }
        const counts = host.store.counts();
        const live = Object.entries(counts).filter(([status]) => !isTerminal(status as never));
        expect(live.every(([, n]) => n === 0)).toBe(true);
      } finally {
        await host.dispose();
      }
    } finally {
      if (child.exitCode === null) child.kill('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    }
  }
});
