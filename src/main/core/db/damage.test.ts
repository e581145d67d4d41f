import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MIGRATIONS } from '../../../../tests/support/core.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import { createFaults } from '../faults.ts';
import { damageOf, openDatabase, restoreDatabase } from './index.ts';

let dir: string;
let file: string;
let clock = 1000;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-db-'));
  file = path.join(dir, 'tabagent.db');
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

function open(options = {}) {
  clock += 1;
  return openDatabase(dir, MIGRATIONS, clock, createFaults(), options);
}
const errorOf = (work: () => unknown): AppError => {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

/** A database with rows in many pages, and a backup that has the note `kept`. */
function filled(): { backup: string } {
  const { db } = open();
  fs.mkdirSync(path.join(dir, 'logs'));
  fs.mkdirSync(path.join(dir, 'backups'));
  db.raw.exec("INSERT INTO meta VALUES ('note', 'kept')");
  const backup = path.join(dir, 'backups', 'bak_1.db');
  db.raw.prepare('VACUUM INTO ?').run(backup);
  const insert = db.raw.prepare("INSERT INTO event (at, type, entity, entity_id, data) VALUES (1, 't', 'e', 'i', ?)");
  db.transaction(() => {
    for (let n = 0; n < 400; n++) insert.run('x'.repeat(2000));
  });
  db.close();
  return { backup };
}

const note = () => {
  const { db } = open();
  const row = db.raw.prepare("SELECT value FROM meta WHERE key = 'note'").get();
  db.close();
  return row;
};

function overwrite(target: string, at: number, bytes: number): void {
  const fd = fs.openSync(target, 'r+');
  fs.writeSync(fd, Buffer.alloc(bytes, 0xa5), 0, bytes, at);
  fs.closeSync(fd);
}

/** Each way a file gets damaged that opening it finds. */
const DAMAGES: [name: string, damage: () => void][] = [
  ['another header', () => overwrite(file, 0, 100)],
  ['another kind of file', () => fs.writeFileSync(file, 'this is not a database'.repeat(500))],
  ['pages of garbage', () => overwrite(file, 40_960, 200_000)],
  ['half of the file', () => fs.truncateSync(file, Math.floor(fs.statSync(file).size / 2))],
  ['no content', () => fs.truncateSync(file, 0)],
  [
    'no content but a log',
    () => {
      fs.truncateSync(file, 0);
      fs.writeFileSync(`${file}-wal`, 'left over');
    },
  ],
];

describe.each(DAMAGES)('%s', (_name, damage) => {
  // Would catch: a database that is thrown away by a start, and one that is taken for a new one.
  test('is found, told with path and both ways on, and nothing is changed', () => {
    filled();
    damage();
    const before = fs.readFileSync(file);
    expect(damageOf(file)).not.toBeNull();
    try {
      // Damage in the middle shows when it is read through, which the host does after its start.
      open().db.close();
    } catch (error) {
      expect(error).toMatchObject({ slug: 'configuration-error', extra: { reason: 'database_damaged', path: file } });
      expect(String(error)).toMatch(/tabagent restore.*--replace-database/s);
      expect(fs.readFileSync(file).equals(before)).toBe(true);
    }
    expect(fs.readdirSync(dir).filter((name) => name.includes('corrupt'))).toEqual([]);
  });

  test('is moved aside when the operator says so, whole, and an empty one takes its place', () => {
    filled();
    damage();
    const before = fs.readFileSync(file);
    const { db, movedAside } = open({ replaceDamaged: true });
    expect(db.raw.prepare('SELECT count(*) AS n FROM event').get()).toEqual({ n: 0 });
    db.close();
    expect(movedAside).toMatch(/tabagent\.db\.corrupt-\d+$/);
    expect(fs.readFileSync(movedAside as string).equals(before)).toBe(true);
  });

  test('is replaced by the newest good backup, and kept', () => {
    const { backup } = filled();
    damage();
    const before = fs.readFileSync(file);
    const restored = restoreDatabase(dir, MIGRATIONS, 7);
    expect(restored).toMatchObject({ backup, keptAs: `${file}.corrupt-7`, refused: [] });
    expect(fs.readFileSync(`${file}.corrupt-7`).equals(before)).toBe(true);
    expect(note()).toEqual({ value: 'kept' });
  });
});

// Would catch: a sound database that is thrown away because of a flag in a start script.
test('a sound database stays where it is, whatever the flag says', () => {
  filled();
  const { db, movedAside } = open({ replaceDamaged: true });
  expect(movedAside).toBeNull();
  db.close();
  expect(note()).toEqual({ value: 'kept' });
});

// Would catch: a sound database that is called damaged because of what a killed host left beside it.
test.each([0, 10, 40_000])('a log of %i bytes of garbage beside a sound database changes nothing', (bytes) => {
  filled();
  fs.writeFileSync(`${file}-wal`, Buffer.alloc(bytes, 0x5a));
  expect(note()).toEqual({ value: 'kept' });
  expect(damageOf(file)).toBeNull();
});

test('an empty file in a new folder is a new database, not damage', () => {
  fs.writeFileSync(file, '');
  open().db.close();
});

// Would catch: a good database replaced by a bad backup.
test('a backup that is no good is passed over, and alone it changes nothing', () => {
  const { backup } = filled();
  const bad = path.join(dir, 'backups', 'bak_2.db');
  fs.copyFileSync(backup, bad);
  overwrite(bad, 8_192, 8_192);
  const later = Date.now() / 1000 + 100;
  fs.utimesSync(bad, later, later);
  expect(restoreDatabase(dir, MIGRATIONS, 8)).toMatchObject({
    backup,
    keptAs: `${file}.before-restore-8`,
    refused: [{ file: bad }],
  });
  const before = fs.readFileSync(file);
  for (const from of [bad, path.join(dir, 'nowhere.db'), path.join(dir, 'logs'), import.meta.filename]) {
    const error = errorOf(() => restoreDatabase(dir, MIGRATIONS, 9, from));
    expect(error).toMatchObject({ slug: 'bad-request' });
    // Would catch: a named file of which is said that the folder of backups has no good one.
    expect(error.message).toContain(from);
    expect(error.message).not.toContain('no good backup');
    expect(fs.readFileSync(file).equals(before)).toBe(true);
  }
  expect(fs.existsSync(`${file}.restoring`)).toBe(false);
});

test('a backup of a newer program is refused', () => {
  const { backup } = filled();
  const { db } = open();
  db.raw.pragma('user_version = 999');
  const newer = path.join(dir, 'newer.db');
  db.raw.prepare('VACUUM INTO ?').run(newer);
  db.close();
  const { message } = errorOf(() => restoreDatabase(dir, MIGRATIONS, 9, newer));
  expect(message).toContain('newer TabAgent');
  expect(fs.existsSync(backup)).toBe(true);
});

// Would catch: an empty database after a power cut in the middle of a restore.
test('a restore that was cut off is not taken for a new folder, and is done again', () => {
  const { backup } = filled();
  fs.copyFileSync(backup, `${file}.restoring`);
  fs.renameSync(file, `${file}.corrupt-3`);
  expect(errorOf(open).message).toContain('a restore was cut off');
  expect(restoreDatabase(dir, MIGRATIONS, 10)).toMatchObject({ keptAs: null });
  expect(note()).toEqual({ value: 'kept' });
});
