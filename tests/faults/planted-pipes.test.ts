/**
 * Tasks run as the same user and can put a named pipe, or a link, in the place of a file that the host reads. Whoever opens a pipe without
 * a writer waits for ever: at its start the whole host, later one of the four threads that read files. Hosts are processes of their own
 * here, so that one that is frozen fails its test and nothing else.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Artifact } from '../../src/contract/automation/artifacts.ts';
import type { Task } from '../../src/contract/automation/tasks.ts';
import { ROOT } from '../support/core.ts';
import { type ServedHost, serveHost } from '../support/served-host.ts';

const windows = process.platform === 'win32';
let base: string;
beforeAll(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-pipes-'));
});
afterAll(() => fs.rmSync(base, { recursive: true, force: true, maxRetries: 5 }));

/** SQLite looks for a journal beside a database that has a page. */
function plantPage(file: string): void {
  fs.rmSync(file, { force: true });
  const db = new Database(file);
  db.exec('CREATE TABLE t (x)');
  db.close();
}

function plantPipe(file: string): void {
  if (file.endsWith('.db-journal') && !file.endsWith('tabagent.db-journal')) plantPage(file.replace(/-journal$/, ''));
  fs.rmSync(file, { recursive: true, force: true });
  execFileSync('mkfifo', ['-m', '600', file]);
}

/** Starts the program on a folder and ends it. @param options of Node @returns how it went; `frozen` when it did not answer or end in time */
async function startAndEnd(dir: string, options = ''): Promise<'served' | 'refused' | 'ended' | 'frozen'> {
  const argv = [path.join(ROOT, 'out/main/cli.js'), '--data-dir', dir, 'serve', '--port', '0'];
  const env = { ...process.env, TABAGENT_KEYRING: 'off', NODE_OPTIONS: options };
  const child = spawn(process.execPath, argv, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'ignore'] });
  let frozen = false;
  const gone = once(child, 'exit').then(([code, signal]) => {
    if (frozen) return 'frozen';
    if (signal !== null) return 'ended';
    return code === 0 ? 'served' : 'refused';
  });
  const limit = setTimeout(() => {
    frozen = true;
    child.kill('SIGKILL');
  }, 90_000);
  void once(child.stdout, 'data').then(() => child.kill('SIGTERM'));
  try {
    return await gone;
  } finally {
    clearTimeout(limit);
  }
}

describe.skipIf(windows)('a pipe in the place of a file that the host reads', () => {
  let before: string;
  beforeAll(async () => {
    before = path.join(base, 'before');
    fs.mkdirSync(before, { mode: 0o700 });
    expect(await startAndEnd(before)).toBe('served');
  });

  const NAMES = [
    ...['audit-head', 'temp-folder', 'content-port', 'host.json', 'secret.key', 'installation', 'storage-full'],
    ...['lock.db', 'tabagent.db', 'tabagent.db-wal', 'tabagent.db-journal', 'tabagent.db-shm'],
    ...['lock.db-journal', 'logs/host-1.jsonl'],
  ];
  // Would catch: a host that waits in open(2) for a writer, where no signal but SIGKILL ends it.
  test.each(NAMES)('%s does not freeze the start, and the host ends when it is told to', async (name) => {
    const dir = path.join(base, name.replace('/', '-'));
    fs.cpSync(before, dir, { recursive: true });
    plantPipe(path.join(dir, name));
    expect(await startAndEnd(dir)).not.toBe('frozen');
  });

  // Would catch: a lock that is taken on, and rights that are changed of, a file of somebody else.
  test.each(['lock.db', 'secret.key', 'tabagent.db'])('a link in the place of %s is not followed', async (name) => {
    const dir = path.join(base, `link-${name}`);
    fs.cpSync(before, dir, { recursive: true });
    const elsewhere = path.join(base, `elsewhere-${name}`);
    fs.renameSync(path.join(dir, name), elsewhere);
    fs.chmodSync(elsewhere, 0o644);
    fs.symlinkSync(elsewhere, path.join(dir, name));
    // The key is needed later than the start: without it the host serves, and warns.
    expect(await startAndEnd(dir)).toBe(name === 'secret.key' ? 'served' : 'refused');
    expect(fs.statSync(elsewhere).mode & 0o777).toBe(0o644);
  });
});

/** Runs a command of the program on a folder. @returns what it said; `frozen` when it did not end */
async function tabagent(dir: string, command: string): Promise<string> {
  const argv = [path.join(ROOT, 'out/main/cli.js'), '--data-dir', dir, ...command.split(' ')];
  const child = spawn(process.execPath, argv, { cwd: ROOT, env: { ...process.env, TABAGENT_KEYRING: 'off' } });
  const limit = setTimeout(() => child.kill('SIGKILL'), 40_000);
  const said = await Promise.all([text(child.stderr), text(child.stdout)]);
  clearTimeout(limit);
  return child.signalCode === null ? said.join('') : 'frozen';
}

// Would catch: a program that only SIGKILL ends, when the operator wants to know what is wrong or to go back to a backup.
test.skipIf(windows).each([
  ['doctor', 'lock.db-journal'],
  ['keys list', 'lock.db-journal'],
  ['panel-link', 'lock.db-journal'],
  ['restore', 'backups/zz.db-journal'],
])('`tabagent %s` says that %s is a pipe', async (command, name) => {
  const dir = path.join(base, `cli-${command.replace(' ', '-')}`);
  fs.mkdirSync(path.join(dir, 'backups'), { recursive: true, mode: 0o700 });
  plantPipe(path.join(dir, name));
  expect(await tabagent(dir, command)).toContain(`${path.basename(name)} is no file`);
});

// Would catch: a host that says it has stopped and stays, because a thread of its own waits for a file.
test.skipIf(windows)('a thread that waits in the file system does not keep the program alive', async () => {
  const waits = path.join(base, 'waits.mjs');
  const pipe = path.join(base, 'pipe');
  plantPipe(pipe);
  fs.writeFileSync(waits, `import fs from 'node:fs'; fs.readFile(${JSON.stringify(pipe)}, () => {});`);
  expect(await startAndEnd(path.join(base, 'waiting'), `--import=${waits}`)).toBe('ended');
});

const SCRIPT = `import fs from 'node:fs'; import path from 'node:path'; import { execFileSync } from 'node:child_process';
export default async ({ artifact }) => {
  for (let n = 0; n < 6; n++) await artifact('a' + n + '.txt', 'text');
};`;

describe.skipIf(windows)('in a host that runs, pipes in the place of', () => {
  let host: ServedHost;
  let task: string;
  let artifacts: Artifact[];
  beforeAll(async () => {
    host = await serveHost(path.join(base, 'running'));
    const made = await host.request<Task>('POST', '/v1/tasks', {
      spec: { kind: 'browser', script: SCRIPT, language: 'javascript', trace: 'off', screenshot: 'off' },
    });
    task = made.id;
    await vi.waitFor(
      async () => expect((await host.request<Task>('GET', `/v1/tasks/${task}`)).status).toBe('succeeded'),
      { timeout: 50_000, interval: 100 },
    );
    artifacts = (await host.request<{ items: Artifact[] }>('GET', `/v1/tasks/${task}/artifacts`)).items;
    expect(artifacts).toHaveLength(6);
  }, 90_000);
  afterAll(() => host?.[Symbol.asyncDispose]());

  const dirOf = () => path.join(host.dir, 'tasks', task);
  const get = (url: string) =>
    fetch(new URL(url, host.url), {
      headers: { authorization: `Bearer ${host.token}` },
      signal: AbortSignal.timeout(10_000),
    }).then(({ status }) => status);
  /** What needs a thread that reads files. */
  const stillReads = () => get('/v1/logs?limit=5');

  test.each(['view', 'content'] as const)('artifacts (%s) are files that are gone', async (how) => {
    for (const file of fs.readdirSync(path.join(dirOf(), '1/artifacts')))
      plantPipe(path.join(dirOf(), '1/artifacts', file));
    const statuses = await Promise.all(
      artifacts.map(({ id, view_url }) => get(how === 'view' ? (view_url ?? '') : `/v1/artifacts/${id}/content`)),
    );
    expect(new Set(statuses)).toEqual(new Set([404]));
    expect(await stillReads()).toBe(200);
  });

  test('the journal of the database hold up neither a backup, nor a check, nor the end', async () => {
    await using own = await serveHost(path.join(base, 'journal'));
    plantPipe(path.join(own.dir, 'tabagent.db-journal'));
    const begun = await own.request<{ job_id: string }>('POST', '/v1/backups', {});
    await vi.waitFor(
      async () =>
        expect(await own.request('GET', `/v1/jobs/${begun.job_id}`)).toMatchObject({
          status: 'failed',
          error: { detail: expect.stringContaining('tabagent.db-journal is no file') },
        }),
      { timeout: 20_000, interval: 100 },
    );
    expect(await tabagent(own.dir, 'doctor')).toContain('tabagent.db-journal is no file');
    const at = performance.now();
    await own.stop();
    expect(performance.now() - at).toBeLessThan(10_000);
  });

  test.each(['log.jsonl', 'log.idx'])('%s hold up no other reader', async (name) => {
    plantPipe(path.join(dirOf(), name));
    await Promise.all(Array.from({ length: 6 }, (_, n) => get(`/v1/tasks/${task}/logs?limit=${n + 1}`)));
    expect(await stillReads()).toBe(200);
  });
});
