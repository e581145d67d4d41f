/**
 * Tables, indexes, triggers and views that are not as the migrations make them: whoever can write the database file can change with them
 * what the host writes and reads, also with a table of the right name whose columns drop chosen rows.
 */
import Database from 'better-sqlite3';
import { addFunctions } from '../database.ts';
import { readMigrations } from './migrate.ts';

const OBJECTS = 'SELECT type, name, tbl_name, sql FROM sqlite_master';
interface SchemaObject {
  type: string;
  name: string;
  tbl_name: string;
  /** Null for the index of a key. */
  sql: string | null;
}

/** What SQLite makes besides when it analyses a database. A name alone proves nothing: an editor of the file can give any object one of SQLite's own. */
const STATISTICS = new Map([
  ['table sqlite_stat1', 'sqlite_stat1: CREATE TABLE sqlite_stat1(tbl,idx,stat)'],
  ['table sqlite_stat4', 'sqlite_stat4: CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)'],
]);

/** What ends a literal or a name in quotes; a doubled quote in it is one literal after the other. */
const QUOTES: Readonly<Record<string, string>> = { "'": "'", '"': '"', '`': '`', '[': ']' };

/** Where a literal, a comment or a space that begins at `at` ends; `at` itself when none does. */
function endOf(sql: string, at: number): number {
  const after = (text: string, from: number) => {
    const found = sql.indexOf(text, from);
    return found === -1 ? sql.length : found + text.length;
  };
  const quote = QUOTES[sql[at] ?? ''];
  if (quote !== undefined) return after(quote, at + 1);
  if (sql.startsWith('--', at)) return after('\n', at);
  if (sql.startsWith('/*', at)) return after('*/', at + 2);
  // What SQLite takes for a space; to it any other one is part of a name.
  return /[\t-\r ]/.test(sql[at] ?? '') ? at + 1 : at;
}

/** SQL without comments and with one space between words, so that only what SQLite does is compared. Each character is read once. */
function normalised(sql: string): string {
  let text = '';
  let gap = false;
  for (let at = 0; at < sql.length; ) {
    const end = endOf(sql, at);
    const quoted = Object.hasOwn(QUOTES, sql[at] ?? '');
    if (end > at && !quoted) gap = true;
    else {
      if (gap && text !== '') text += ' ';
      gap = false;
      text += quoted ? sql.slice(at, end) : sql[at];
    }
    at = Math.max(end, at + 1);
  }
  return text;
}

function objectsOf(db: Database.Database): Map<string, string> {
  const found = db.prepare<[], SchemaObject>(OBJECTS).all();
  return new Map(
    found.map(({ type, name, tbl_name, sql }) => [`${type} ${name}`, `${tbl_name}: ${normalised(String(sql))}`]),
  );
}

const article = (name: string) => (name.startsWith('i') ? 'an' : 'a');

/** @returns how a migrated database differs from what the migrations make, to follow "The database"; null when it does not */
export function foreignSchema(raw: Database.Database, migrationsDir: string): string | null {
  const model = new Database(':memory:');
  try {
    addFunctions(model);
    for (const { sql } of readMigrations(migrationsDir)) model.exec(sql);
    const expected = objectsOf(model);
    const found = objectsOf(raw);
    for (const [name, sql] of found) {
      if (STATISTICS.get(name) === sql) continue;
      if (!expected.has(name)) return `has ${article(name)} ${name} that TabAgent did not make`;
      if (expected.get(name) !== sql) return `has ${article(name)} ${name} that is not as TabAgent made it`;
    }
    for (const name of expected.keys()) if (!found.has(name)) return `has lost its ${name}`;
    return null;
  } finally {
    model.close();
  }
}
