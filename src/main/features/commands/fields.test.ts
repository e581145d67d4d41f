import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { MIGRATIONS, openTestCore, PLATFORM } from '../../../../tests/support/core.ts';
import { CommandCreate } from '../../../contract/automation/commands.ts';
import { openDatabase } from '../../core/db/index.ts';
import { createEvents } from '../../core/events.ts';
import { createFaults } from '../../core/faults.ts';
import { createCommands } from './index.ts';

const full = CommandCreate.parse({
  name: 'ping',
  kind: 'http',
  spec: { url: 'http://127.0.0.1/' },
  description: 'pings',
  folder: 'net',
  tags: ['a'],
  input_schema: { type: 'object' },
  defaults: { n: 1 },
  uses: { profile: true, services: [] },
  timeout_seconds: 7,
  retry: { max: 2, backoff_seconds: 1, factor: 1 },
  concurrency_key: 'shop',
  enabled: false,
});
const facts = { profileName: () => null, nodePath: null, checkOnEngine: async () => ({ errors: [], shown: {} }) };

test('null sets each member that can be cleared to what a new command has, and leaves the others', async () => {
  using core = openTestCore();
  const { service } = createCommands({ ...core, ...facts, platform: PLATFORM });
  const { id } = await service.create(full, 'anna');
  expect(await service.update(id, {}, 'anna', {})).toMatchObject({ ...full, spec: { url: 'http://127.0.0.1/' } });
  const cleared = { description: null, folder: null, tags: null, input_schema: null, defaults: null };
  const more = { timeout_seconds: null, retry: null, concurrency_key: null };
  expect(await service.update(id, { ...cleared, ...more }, 'anna', {})).toMatchObject({
    ...{ name: 'ping', description: '', folder: null, tags: [], input_schema: {}, defaults: {} },
    ...{ timeout_seconds: 600, retry: { max: 0, backoff_seconds: 5, factor: 2 }, concurrency_key: null },
    ...{ uses: full.uses, enabled: false },
  });
});

test('versions that an older program wrote are read after the upgrade', async () => {
  using core = openTestCore();
  const dir = path.join(core.dir, 'old');
  const first = path.join(core.dir, 'first');
  fs.mkdirSync(first);
  fs.copyFileSync(path.join(MIGRATIONS, '0001-foundation.sql'), path.join(first, '0001-foundation.sql'));
  const old = openDatabase(dir, first, 1, createFaults()).db;
  const id = `cmd_${'0'.repeat(26)}`;
  const { input_schema: inputSchema, timeout_seconds: timeoutSeconds, concurrency_key: concurrencyKey, ...rest } = full;
  const stamps = { example: null, createdAt: 1, updatedAt: 2, version: 1, deletedAt: null };
  // As the service keeps it.
  const spec = { kind: 'http', ...full.spec };
  const body = JSON.stringify({ ...rest, spec, id, inputSchema, timeoutSeconds, concurrencyKey, ...stamps });
  old.raw
    .prepare(
      `INSERT INTO command (id, name, kind, description, folder, tags, spec, input_schema, defaults, uses, timeout_seconds, retry,
         concurrency_key, enabled, created_at, updated_at, version)
       VALUES (?, 'ping', 'http', '', NULL, '[]', ?, '{}', '{}', '{"profile":false,"services":[]}', 600, ?, NULL, 1, 1, 2, 1)`,
    )
    .run(id, JSON.stringify(spec), JSON.stringify(full.retry));
  old.raw.prepare(`INSERT INTO command_version VALUES (?, 1, 2, 'anna', ?)`).run(id, body);
  old.close();

  const { db } = openDatabase(dir, MIGRATIONS, 2, createFaults());
  const { service } = createCommands({
    ...core,
    db,
    events: createEvents(db, core.clock, createFaults()),
    ...facts,
    platform: PLATFORM,
  });
  expect(service.atVersion(id as never, 1)).toMatchObject({
    ...full,
    created_at: '1970-01-01T00:00:00.001Z',
    updated_at: '1970-01-01T00:00:00.002Z',
  });
  db.close();
});
