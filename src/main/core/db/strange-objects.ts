/** Triggers and views that no migration has made: whoever can write the database file can change with them what the host writes and reads. */
import Database from 'better-sqlite3';
import { addFunctions } from './database.ts';
import { readMigrations } from './migrate.ts';

const OBJECTS = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')";
interface SchemaObject {
  type: string;
  name: string;
  sql: string;
}
const namesOf = (objects: readonly SchemaObject[]) =>
  new Map(objects.map((one) => [`${one.type} ${one.name}`, one.sql]));

/** @returns how the triggers and views of a migrated database differ from what the migrations make; null when they do not */
export function strangeObjects(raw: Database.Database, migrationsDir: string): string | null {
  const model = new Database(':memory:');
  try {
    addFunctions(model);
    for (const { sql } of readMigrations(migrationsDir)) model.exec(sql);
    const expected = namesOf(model.prepare<[], SchemaObject>(OBJECTS).all());
    const found = namesOf(raw.prepare<[], SchemaObject>(OBJECTS).all());
    for (const [name, sql] of found)
      if (expected.get(name) !== sql) return `it has a ${name} that TabAgent did not make`;
    for (const name of expected.keys()) if (!found.has(name)) return `its ${name} is gone`;
    return null;
  } finally {
    model.close();
  }
}
