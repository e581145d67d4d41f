/**
 * A database may come from elsewhere: a backup that somebody handed over, or one of another host. What it holds names nothing outside of its
 * data directory, and no process of another host. Generated over every column that holds an id, a token or the name of a file.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { foldCase } from '../../src/main/core/db/conditions.ts';
import { findProcesses } from '../../src/main/core/process/process-tree.ts';
import { createStorageStore } from '../../src/main/features/storage/store.ts';
import { createUploads } from '../../src/main/features/storage/uploads.ts';
import { claimFrom } from '../support/task-store.ts';
import { openTaskHost, type TaskHost } from '../support/tasks.ts';

const { TMPDIR } = process.env;
let base: string;
let temp: string;
beforeEach(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-hostile-'));
  temp = path.join(base, 'tmp/x');
  fs.mkdirSync(temp, { recursive: true });
});
afterEach(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  fs.rmSync(base, { recursive: true, force: true });
});

const uploadsOf = (host: TaskHost, dir: string) =>
  createUploads(createStorageStore(host.db, host.events), host.clock, path.join(dir, 'uploads'));

/** A data directory with a task that a dead host was running, and a finished task, a deleted profile and an upload that are due to go. */
async function fill(dir: string): Promise<void> {
  const host = openTaskHost({ dir });
  await host.tasks.start();
  const command = await host.command();
  const done = await host.run(command, [['log', 'one']]);
  await host.ends(done.id);
  const profile = host.profile('Anna');
  fs.mkdirSync(path.join(dir, 'profiles', profile.id), { recursive: true });
  const uploads = uploadsOf(host, dir);
  await uploads.write(uploads.begin({ name: 'a', mime: 'text/plain', principal: 'p' }).id, Readable.from(['bytes']));
  await host.tasks.stop();
  await host.run(command, []);
  claimFrom(host.store, Date.now(), { owner: 'dead host', leaseUntil: Date.now() + 60_000 });
  host.db.raw.exec(`UPDATE task SET finished_at = 1 WHERE finished_at IS NOT NULL;
    UPDATE profile SET deleted_at = 1; UPDATE upload SET expires_at = 1`);
  await host.dispose({ keep: true });
}

/** What a host does by itself to files and processes: recovery at its start, and each chore. */
async function live(dir: string): Promise<void> {
  const host = openTaskHost({ dir });
  try {
    await host.tasks.start();
    await host.tasks.prune();
    await host.profileService.purge(Date.now());
    await uploadsOf(host, dir)
      .prune(new AbortController().signal)
      .catch(() => undefined);
  } finally {
    await host.dispose({ keep: true });
  }
}

const NAMES = /(^|_)(id|token|file|key)$/;

test('no id, token or file name of the database leads a removal outside', async () => {
  process.env.TMPDIR = temp;
  const filled = path.join(base, 'filled');
  await fill(filled);
  const db = new Database(path.join(filled, 'tabagent.db'));
  const columns = ['task', 'attempt', 'artifact', 'profile', 'upload', 'backup'].flatMap((table) =>
    db
      .prepare<[string], { name: string }>("SELECT name FROM pragma_table_info(?) WHERE type = 'TEXT'")
      .all(table)
      .filter(({ name }) => NAMES.test(name))
      .map(({ name }) => ({ table, name })),
  );
  db.close();
  expect(columns.length).toBeGreaterThan(12);
  const canaries = ['', 'tmp', 'tmp/x', 'outside', 'data/tasks', 'data/profiles', 'data/uploads', 'data/other'];
  for (const { table, name } of columns) {
    for (const value of ['../..', '../../outside', '../other']) {
      const dir = path.join(base, 'data');
      fs.rmSync(dir, { recursive: true, force: true });
      fs.cpSync(filled, dir, { recursive: true });
      for (const folder of canaries) {
        fs.mkdirSync(path.join(base, folder), { recursive: true });
        fs.writeFileSync(path.join(base, folder, 'canary'), 'precious');
      }
      const hostile = new Database(path.join(dir, 'tabagent.db'));
      hostile.pragma('foreign_keys = OFF');
      hostile.function('fold_case', (text) => (typeof text === 'string' ? foldCase(text) : null));
      hostile.prepare(`UPDATE OR IGNORE ${table} SET ${name} = ? WHERE ${name} IS NOT NULL`).run(value);
      hostile.close();
      await live(dir);
      for (const folder of canaries)
        expect(fs.existsSync(path.join(base, folder, 'canary')), `${table}.${name} = ${value}: ${folder}`).toBe(true);
    }
  }
}, 240_000);

test('a database of another host ends none of its tasks', async () => {
  const first = openTaskHost({ dir: path.join(base, 'first') });
  const dir = path.join(base, 'second');
  try {
    await first.tasks.start();
    const task = await first.run(await first.command(), [
      ['progress', 1],
      ['hang', null],
    ]);
    await first.until(() => first.store.get(task.id)?.progress ?? false);
    fs.mkdirSync(dir);
    first.db.raw.prepare('VACUUM INTO ?').run(path.join(dir, 'tabagent.db'));
    const second = openTaskHost({ dir });
    try {
      expect(await second.tasks.start()).toBe(1);
      expect(second.store.status(task.id)).toBe('interrupted');
      expect((await findProcesses(first.runIdOf(task.id))).length).toBeGreaterThan(0);
      expect(first.store.status(task.id)).toBe('running');
    } finally {
      await second.dispose();
    }
  } finally {
    await first.dispose();
  }
});
