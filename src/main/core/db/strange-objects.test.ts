import { afterEach, beforeEach, expect, test } from 'vitest';
import { MIGRATIONS, openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import { strangeObjects } from './strange-objects.ts';

let core: TestCore;
beforeEach(() => {
  core = openTestCore();
});
afterEach(() => core[Symbol.dispose]());

const strange = () => strangeObjects(core.db.raw, MIGRATIONS);

// Would catch: a trigger that keeps chosen lines out of the audit, and a table that is a view of something else.
test('a database that the migrations made is as expected; triggers and views of others are told', () => {
  expect(strange()).toBeNull();
  core.db.raw.exec('CREATE TRIGGER quiet BEFORE INSERT ON audit BEGIN SELECT RAISE(IGNORE); END');
  expect(strange()).toBe('it has a trigger quiet that TabAgent did not make');
  core.db.raw.exec('DROP TRIGGER quiet; CREATE VIEW other AS SELECT 1');
  expect(strange()).toBe('it has a view other that TabAgent did not make');
  core.db.raw.exec('DROP VIEW other; DROP TRIGGER task_count_insert');
  expect(strange()).toBe('its trigger task_count_insert is gone');
  core.db.raw.exec('CREATE TRIGGER task_count_insert AFTER INSERT ON task BEGIN SELECT 1; END');
  expect(strange()).toBe('it has a trigger task_count_insert that TabAgent did not make');
});
