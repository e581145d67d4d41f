/** One record whose JSON cannot be read fails by itself: the host starts, lists leave it out, everything else is answered. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { contract } from '../../src/contract/index.ts';
import type { Operation } from '../../src/contract/kernel/define.ts';
import { toAppError } from '../../src/contract/kernel/errors.ts';
import { createHost, type Host } from '../../src/main/host.ts';
import { createNodePlatform } from '../../src/main/platform/node.ts';
import { ROOT } from '../support/core.ts';
import { inputSchema } from '../support/fuzz.ts';

/** Columns that hold JSON by table, found by what stands in them in a database in which everything is used. */
type Place = { table: string; column: string };
/** Texts that are JSON by chance: names, notes, digests. */
const NO_JSON = new Set(['meta.value', 'task_hour.key']);
/** What a torn write or an editor leaves. */
const DAMAGES = ['{"torn', '', '\u0000'];

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-damaged-'));
const file = path.join(dir, 'tabagent.db');
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

async function open(): Promise<Host> {
  process.env.TABAGENT_KEYRING = 'off';
  const host = await createHost(createNodePlatform({ appRoot: ROOT }), {
    dataDir: dir,
    overrides: { 'rate_limits.enabled': false, 'browser.executable_path': '/nonexistent/browser' },
    http: false,
    contentPort: 0,
    browserArgs: [],
  });
  await host.start();
  return host;
}

/** Ids by prefix: the record that is damaged, and one that stays sound. */
const ids: Record<'damaged' | 'sound', Record<string, string>> = { damaged: {}, sound: {} };

async function fill({ client }: Host): Promise<void> {
  for (const which of ['damaged', 'sound'] as const) {
    const command = await client.call('commands_create', {
      name: which,
      kind: 'process',
      spec: { argv: ['true'] },
      tags: ['a'],
    });
    const fails = { kind: 'process' as const, argv: ['false'], output: 'text' as const };
    const profile = await client.call('profiles_create', {
      name: which,
      tags: ['a'],
      viewport: { width: 800, height: 600 },
      window: { width: 800, height: 600 },
    });
    const task = await client.call(
      'tasks_create',
      { spec: fails, wait: true, labels: ['a'] },
      { idempotencyKey: which },
    );
    if (!('id' in task)) throw new Error('a batch was made');
    const backup = await client.call('backups_create', { wait: true });
    const [job] = (await client.call('jobs_list', {})).items;
    ids[which] = {
      cmd: command.id,
      prf: profile.id,
      tsk: task.id,
      key: (await client.call('keys_create', { name: which })).id,
      bak: 'id' in backup ? backup.id : '',
      job: job?.id ?? '',
    };
  }
  await client.call('settings_update', { 'executor.max_running': 3 });
}

const quoted = (name: string) => `"${name}"`;

function withDatabase<T>(work: (db: Database.Database) => T): T {
  const db = new Database(file);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** Every column in which a JSON array or object, or null, stands. */
function places(): Place[] {
  return withDatabase((db) => {
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
    return (tables as { name: string }[]).flatMap(({ name: table }) =>
      (db.pragma(`table_info(${quoted(table)})`) as { name: string; type: string }[])
        .filter(({ name: column, type }) => type === 'TEXT' && !NO_JSON.has(`${table}.${column}`))
        .filter(({ name: column }) => {
          const like = `SELECT 1 FROM ${quoted(table)} WHERE ${quoted(column)} GLOB '[[{]*' AND json_valid(${quoted(column)})`;
          const known = ['output', 'result', 'checkpoint', 'error', 'progress', 'profile', 'receipt', 'data', 'value'];
          return known.includes(column) || db.prepare(like).get() !== undefined;
        })
        .map(({ name: column }) => ({ table, column })),
    );
  });
}

/** Reads of the contract that answer once. */
const reads = Object.entries(contract as Record<string, Operation>).filter(
  ([, { http, stream, bytes }]) => http?.method === 'GET' && stream === 'never' && !bytes,
);

/** The smallest input, with an id where one is asked for; undefined where there is none of this kind. */
function inputOf({ input }: Operation, known: Record<string, string>): Record<string, unknown> | undefined {
  const { properties = {}, required = [] } = inputSchema(input) as {
    properties?: Record<string, { pattern?: string; type?: string }>;
    required?: string[];
  };
  const given: Record<string, unknown> = {};
  for (const name of required) {
    const prefix = /^\^([a-z]{3})_/.exec(properties[name]?.pattern ?? '')?.[1];
    const isName = prefix === undefined && properties[name]?.type === 'string';
    if (isName || (prefix !== undefined && known[prefix] === undefined)) return undefined;
    given[name] = prefix === undefined ? 1 : known[prefix];
  }
  return given;
}

let found: Place[] = [];
beforeAll(async () => {
  const host = await open();
  await fill(host);
  await host.stop('filled');
  found = places();
});

describe('a damaged record', () => {
  test('is tried in every table with JSON', () => {
    const tables = new Set(found.map(({ table }) => table));
    expect([...tables].sort()).toEqual(
      expect.arrayContaining([
        'api_key',
        'command',
        'command_version',
        'event',
        'idempotency',
        'job',
        'profile',
        'setting',
        'task',
      ]),
    );
  });

  // Catches a list, a start or a chore that one unreadable value brings down.
  test('fails by itself: start, lists, single reads', { timeout: 600_000 }, async () => {
    const failures: string[] = [];
    for (const [n, { table, column }] of found.entries()) {
      const where = `${table}.${column}`;
      const before = fs.readFileSync(file);
      const damage = DAMAGES[n % DAMAGES.length];
      withDatabase((db) => {
        const [one] = db.prepare(`SELECT * FROM ${quoted(table)} LIMIT 1`).all() as Record<string, unknown>[];
        const key = ['id', 'key', 'seq', 'task_id', 'command_id'].find((name) => one !== undefined && name in one);
        if (one === undefined || key === undefined) return;
        const mine = Object.values(ids.damaged).find((id) =>
          db.prepare(`SELECT 1 FROM ${quoted(table)} WHERE ${quoted(key)} = ?`).get(id),
        );
        db.prepare(`UPDATE ${quoted(table)} SET ${quoted(column)} = ? WHERE ${quoted(key)} = ?`).run(
          damage,
          mine ?? one[key],
        );
      });
      const host = await open().catch((error: unknown) => void failures.push(`${where}: the start: ${error}`));
      if (host) {
        await check(host, where, failures);
        await host.stop('checked');
      }
      for (const suffix of ['-wal', '-shm']) fs.rmSync(file + suffix, { force: true });
      fs.writeFileSync(file, before);
    }
    expect(failures).toEqual([]);
  });
});

async function check({ client }: Host, where: string, failures: string[]): Promise<void> {
  for (const [op, operation] of reads) {
    for (const which of ['damaged', 'sound'] as const) {
      const input = inputOf(operation, ids[which]);
      if (input === undefined) continue;
      const ask = async () => {
        const result = await client.raw(op, input);
        return result.kind === 'value' ? result.value : undefined;
      };
      try {
        const value = await ask();
        const isList = z.object({ items: z.array(z.object({ id: z.string() })) }).safeParse(value);
        const sound = Object.values(ids.sound);
        if (isList.success && /^(commands|profiles|tasks|keys|jobs|backups)_list$/.test(op)) {
          if (!isList.data.items.some(({ id }) => sound.includes(id)))
            failures.push(`${where}: ${op} lacks a sound row`);
        }
      } catch (error) {
        const { slug, message } = toAppError(error);
        const typed = slug === 'record-damaged' && (which === 'damaged' || Object.keys(input).length === 0);
        // A job that worked on no list has no results.
        const isAbsent = op === 'jobs_results' && slug === 'not-found';
        if (!typed && !isAbsent) failures.push(`${where}: ${op} of the ${which} one: ${slug}: ${message}`);
      }
    }
  }
  for (const label of ['tasks_list', 'profiles_list', 'commands_list'] as const) {
    await client
      .raw(label, { q: 'a' })
      .catch((error: unknown) => failures.push(`${where}: ${label} by text: ${error}`));
  }
}
