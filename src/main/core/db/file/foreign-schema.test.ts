import { afterEach, beforeEach, expect, test } from 'vitest';
import { MIGRATIONS, openTestCore, type TestCore } from '../../../../../tests/support/core.ts';
import { foreignSchema } from './foreign-schema.ts';

let core: TestCore;
beforeEach(() => {
  core = openTestCore();
});
afterEach(() => core[Symbol.dispose]());

const foreign = () => foreignSchema(core.db.raw, MIGRATIONS);

interface Made {
  type: string;
  name: string;
  sql: string;
}
const objects = (type: string) =>
  core.db.raw
    .prepare<[string], Made>("SELECT type, name, sql FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite%'")
    .all(type);

/** Writes the SQL of an object as an editor of the file would. */
function redefine(name: string, sql: string): void {
  const { raw } = core.db;
  raw.unsafeMode(true);
  raw.pragma('writable_schema = ON');
  raw.prepare('UPDATE sqlite_master SET sql = ? WHERE name = ?').run(sql, name);
  raw.pragma('writable_schema = RESET');
}

// Would catch: a trigger that keeps chosen lines out of the audit, and a table that is a view of something else.
test('a database that the migrations made is as expected; what others added or took away is told', () => {
  expect(foreign()).toBeNull();
  const { raw } = core.db;
  raw.exec('CREATE TRIGGER quiet BEFORE INSERT ON audit BEGIN SELECT RAISE(IGNORE); END');
  expect(foreign()).toBe('has a trigger quiet that TabAgent did not make');
  raw.exec('DROP TRIGGER quiet; CREATE VIEW other AS SELECT 1');
  expect(foreign()).toBe('has a view other that TabAgent did not make');
  raw.exec('DROP VIEW other; CREATE TABLE more (a)');
  expect(foreign()).toBe('has a table more that TabAgent did not make');
  raw.exec('DROP TABLE more; DROP TRIGGER task_count_insert');
  expect(foreign()).toBe('has lost its trigger task_count_insert');
  raw.exec('CREATE TRIGGER task_count_insert AFTER INSERT ON task BEGIN SELECT 1; END');
  expect(foreign()).toBe('has a trigger task_count_insert that is not as TabAgent made it');
});

/** Adds an object as an editor of the file would: under a name that SQLite keeps for itself. */
function smuggle(type: string, name: string, sql: string): void {
  const { raw } = core.db;
  raw.unsafeMode(true);
  raw.pragma('writable_schema = ON');
  raw
    .prepare('INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES (?, ?, ?, 0, ?)')
    .run(type, name, 'audit', sql);
  raw.pragma('writable_schema = RESET');
}

// Would catch: a trigger that runs unseen because its name is one of SQLite's own.
test.each([
  'sqlite_evil',
  'sqlite_stat1',
  'sqlite_autoindex_audit_9',
])('a trigger that is called %s is told', (name) => {
  core.db.raw.exec('ANALYZE');
  expect(foreign()).toBeNull();
  smuggle('trigger', name, `CREATE TRIGGER ${name} AFTER INSERT ON audit BEGIN SELECT 1; END`);
  expect(foreign()).toBe(`has a trigger ${name} that TabAgent did not make`);
});

// Would catch: a table of the right name that drops chosen rows without an error, a trigger or a view.
test('every table with one column more is told', { timeout: 60_000 }, () => {
  // SQLite lets nobody alter a virtual table, nor those in which it keeps its contents.
  const virtual = objects('table').filter(({ sql }) => sql?.startsWith('CREATE VIRTUAL'));
  const tables = objects('table').filter(({ name }) => !virtual.some((table) => name.startsWith(table.name)));
  expect(tables.length).toBeGreaterThan(15);
  for (const { name } of tables) {
    core.db.raw.exec(`SAVEPOINT one; ALTER TABLE "${name}" ADD COLUMN x INTEGER AS (1) NOT NULL ON CONFLICT IGNORE`);
    expect(foreign()).toBe(`has a table ${name} that is not as TabAgent made it`);
    core.db.raw.exec('ROLLBACK TO one; RELEASE one');
  }
});

test('every index that is gone or has become another is told', { timeout: 60_000 }, () => {
  const indexes = objects('index');
  expect(indexes.length).toBeGreaterThan(10);
  for (const { name, sql } of indexes) {
    core.db.raw.exec(`SAVEPOINT one; DROP INDEX "${name}"`);
    expect(foreign()).toBe(`has lost its index ${name}`);
    core.db.raw.exec(
      `${sql.replace(/ WHERE [\s\S]*$/, '')} ${/ WHERE /.test(sql) ? '' : 'WHERE rowid > 0'}`.replace(
        'rowid > 0',
        '1 = 1',
      ),
    );
    expect(foreign()).toBe(`has an index ${name} that is not as TabAgent made it`);
    core.db.raw.exec('ROLLBACK TO one; RELEASE one');
  }
});

// Would catch: a difference that a comment hides, and a warning for a database whose migrations were laid out otherwise.
test('space and comments are no difference; what stands in quotes is', () => {
  const { sql } = objects('table').find(({ name }) => name === 'audit') as Made;
  redefine('audit', sql.replace('(', '( -- its lines\n /* of all\n calls */\n'));
  expect(foreign()).toBeNull();
  redefine('audit', sql.replace(/\)\s*(STRICT)?\s*$/, ", x TEXT DEFAULT '--' CHECK (op <> 'keys_create'))"));
  expect(foreign()).toBe('has a table audit that is not as TabAgent made it');
});

// Would catch: a pattern that looks for the end of a comment from each place at which one may begin.
test('a long comment without an end is read in no time', () => {
  const { sql } = objects('table').find(({ name }) => name === 'audit') as Made;
  redefine('audit', `${sql}${'/* '.repeat(100_000)}`);
  const begun = performance.now();
  expect(foreign()).toBeNull();
  expect(performance.now() - begun).toBeLessThan(5_000);
});

// Would catch: a constraint that has become part of a name, which looks as if a space were between them.
test('a space that is none to SQLite is a difference', () => {
  const { sql } = objects('table').find(({ name }) => name === 'audit') as Made;
  redefine('audit', sql.replace('NOT NULL', 'NOT\u00a0NULL'));
  expect(foreign()).toBe('has a table audit that is not as TabAgent made it');
});
