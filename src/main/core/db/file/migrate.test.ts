import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MIGRATIONS } from '../../../../../tests/support/core.ts';
import { createFaults } from '../../faults.ts';
import { openDatabase } from '../index.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-db-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

test('a new folder gets every migration and no backup', () => {
  const { db, from, to, backup } = openDatabase(dir, MIGRATIONS, 1, createFaults());
  expect({ from, backup }).toEqual({ from: 0, backup: null });
  expect(db.raw.pragma('user_version', { simple: true })).toBe(to);
  expect(db.raw.pragma('journal_mode', { simple: true })).toBe('wal');
  db.close();
});

test('an upgrade is preceded by a backup that holds the old data', () => {
  const first = path.join(dir, 'm1');
  fs.mkdirSync(first);
  fs.writeFileSync(path.join(first, '0001-a.sql'), 'CREATE TABLE t (x); INSERT INTO t VALUES (42);');
  openDatabase(dir, first, 1, createFaults()).db.close();
  fs.writeFileSync(path.join(first, '0002-b.sql'), 'DROP TABLE t;');
  const { db, backup } = openDatabase(dir, first, 2, createFaults());
  db.close();
  expect(backup).not.toBeNull();
  const old = new Database(backup as string, { readonly: true });
  expect(old.prepare('SELECT x FROM t').get()).toEqual({ x: 42 });
  old.close();
});

test('a failing migration changes nothing', () => {
  const folder = path.join(dir, 'm');
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, '0001-a.sql'), 'CREATE TABLE t (x);');
  openDatabase(dir, folder, 1, createFaults()).db.close();
  fs.writeFileSync(path.join(folder, '0002-b.sql'), 'CREATE TABLE u (x); SELECT broken;');
  expect(() => openDatabase(dir, folder, 2, createFaults())).toThrow();
  fs.rmSync(path.join(folder, '0002-b.sql'));
  const { db } = openDatabase(dir, folder, 3, createFaults());
  expect(db.raw.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'u'").get()).toEqual({ n: 0 });
  db.close();
});

test('a database of a newer program is refused and left as it is', () => {
  const { db } = openDatabase(dir, MIGRATIONS, 1, createFaults());
  db.raw.pragma('user_version = 999');
  db.close();
  const before = fs.readFileSync(path.join(dir, 'tabagent.db'));
  expect(() => openDatabase(dir, MIGRATIONS, 2, createFaults())).toThrow(/newer TabAgent/);
  expect(fs.readFileSync(path.join(dir, 'tabagent.db')).equals(before)).toBe(true);
});

test('a gap in the migration numbers is an error of the build, not of the user', () => {
  const folder = path.join(dir, 'm');
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, '0002-b.sql'), '');
  expect(() => openDatabase(dir, folder, 1, createFaults())).toThrow(/should have number 1/);
});
