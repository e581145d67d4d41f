/**
 * One damaged cell at a time in a running host, generated over every column of every table that is listed × what a torn write, an editor or an
 * attacker leaves: its record fails by itself. Lists answer with every other record, also page by page; its own read answers or says so.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contract } from '../../src/contract/index.ts';
import type { Operation } from '../../src/contract/kernel/define.ts';
import { toAppError } from '../../src/contract/kernel/errors.ts';
import { createHost, type Host } from '../../src/main/host.ts';
import { createNodePlatform } from '../../src/main/platform/node.ts';
import { ROOT } from '../support/core.ts';

/** Tables and their lists, with the read of one record. */
const LISTS = {
  task: { list: 'tasks_list', get: 'tasks_get' },
  command: { list: 'commands_list', get: 'commands_get' },
  profile: { list: 'profiles_list', get: 'profiles_get' },
  job: { list: 'jobs_list', get: 'jobs_get' },
  backup: { list: 'backups_list', get: null },
  audit: { list: 'audit_list', get: null },
  api_key: { list: 'keys_list', get: null },
} as const;
type Table = keyof typeof LISTS;

const HOSTILE = {
  far: 1e300,
  infinite: Number.POSITIVE_INFINITY,
  big: 9007199254740991n,
  huge: 2n ** 62n,
  negative: -1e18,
  text: 'x',
  path: '../../x',
  blob: Buffer.from([255, 254]),
  json: '{',
  number: 5,
  nothing: null,
};

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-cells-'));
let host: Host;
let db: Database.Database;
beforeAll(async () => {
  process.env.TABAGENT_KEYRING = 'off';
  host = await createHost(createNodePlatform({ appRoot: ROOT }), {
    dataDir: dir,
    overrides: { 'rate_limits.enabled': false, 'browser.executable_path': '/nonexistent/browser' },
    http: false,
    contentPort: 0,
    browserArgs: [],
  });
  await host.start();
  const { client } = host;
  for (let n = 0; n < 3; n++) {
    const profile = await client.call('profiles_create', { name: `profile ${n}` });
    const command = await client.call('commands_create', {
      name: `command ${n}`,
      kind: 'process',
      spec: { argv: ['true'] },
    });
    await client.call('tasks_create', { command_id: command.id, profile_id: profile.id, wait: true });
    await client.call('backups_create', { wait: true });
    await client.call('keys_create', { name: `key ${n}` });
  }
  db = new Database(path.join(dir, 'tabagent.db'), { timeout: 5000 });
  db.pragma('foreign_keys = OFF');
  db.pragma('ignore_check_constraints = ON');
  // They would carry the damage to other tables, and not let it be undone.
  for (const name of db.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").pluck().all())
    db.exec(`DROP TRIGGER "${name}"`);
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  for (const name of ['fold_case', 'natural_key']) db.function(name, { deterministic: true }, text);
}, 120_000);
afterAll(async () => {
  db?.close();
  await host?.stop('checked');
  fs.rmSync(dir, { recursive: true, force: true });
});

type Item = { id?: string; seq?: number };
const nameOf = (item: Item) => item.id ?? item.seq;

/** Calls an operation and parses its answer as the HTTP door does. */
async function ask(op: string, input: object): Promise<unknown> {
  const result = await host.client.raw(op, input);
  if (result.kind !== 'value') throw new Error(`${op} is a stream`);
  return (contract as Record<string, Operation>)[op]?.output.parse(result.value);
}

/** A list page by page. */
async function paged(op: string, input: object): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 50; pages++) {
    const page = (await ask(op, { ...input, limit: 1, ...(cursor === undefined ? {} : { cursor }) })) as {
      items: Item[];
      next_cursor: string | null;
    };
    items.push(...page.items);
    if (page.next_cursor === null) return items;
    cursor = page.next_cursor;
  }
  throw new Error('it does not end');
}

// Would catch: a list that one wrong cell turns into an error, that ends early, or that never ends.
test.each(Object.keys(LISTS) as Table[])('a damaged cell of %s costs its record alone', {
  timeout: 600_000,
}, async (table) => {
  const { list, get } = LISTS[table];
  const columns = db.prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)').all(table);
  const rows = db.prepare<[], Record<string, unknown> & { r: number }>(`SELECT rowid AS r, * FROM ${table}`).all();
  const victim = rows[Math.floor(rows.length / 2)];
  if (victim === undefined) throw new Error(`${table} is empty`);
  const sound = rows.filter(({ r }) => r !== victim.r).map((row) => row.id ?? row.seq);
  expect(sound.length).toBeGreaterThan(1);
  const failures: string[] = [];
  let cells = 0;
  for (const { name } of columns) {
    if (name === 'seq') continue;
    for (const [kind, value] of Object.entries(HOSTILE)) {
      const set = db.prepare(`UPDATE ${table} SET "${name}" = ? WHERE rowid = ?`);
      try {
        set.run(value, victim.r);
      } catch {
        continue; // refused by the table
      }
      cells += 1;
      const where = `${table}.${name} = ${kind}`;
      for (const how of [() => paged(list, {}), () => paged(list, { sort: table === 'audit' ? 'at' : 'created_at' })]) {
        const found = await how().then(
          (items) => items.map(nameOf),
          (error: unknown) => String(error).slice(0, 200),
        );
        // A damaged time of deletion, or another id, is another record.
        const lacks = typeof found === 'string' ? found : sound.filter((one) => !found.includes(one as string));
        if (lacks.length > 0) failures.push(`${where}: ${list} lacks ${lacks}`);
      }
      if (get !== null) {
        const error = await ask(get, { id: victim.id }).then(
          () => null,
          (thrown: unknown) => toAppError(thrown),
        );
        if (error !== null && error.slug !== 'record-damaged' && error.slug !== 'not-found')
          failures.push(`${where}: ${get}: ${error.slug} ${String(error.cause ?? error).slice(0, 200)}`);
      }
      set.run(victim[name], victim.r);
    }
  }
  expect(failures).toEqual([]);
  expect(cells).toBeGreaterThan(20);
});
