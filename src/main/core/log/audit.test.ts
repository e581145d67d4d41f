import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { all, core, cut, headFile, line, reopen, run } from '../../../../tests/support/audit.ts';
import { MIGRATIONS } from '../../../../tests/support/core.ts';
import { openDatabase } from '../db/index.ts';
import { createFaults } from '../faults.ts';
import { createSecrets, type Secrets } from '../secrets/secrets.ts';
import { createAudit } from './audit.ts';
import { type AuditRow, GENESIS, link } from './audit-chain.ts';
import type { AuditProblem } from './audit-head.ts';

/** What keeps lines out of a table without an error. */
const DROPPERS: [name: string, sql: string][] = [
  ['a column', "ALTER TABLE audit ADD COLUMN x AS (nullif(op, 'keys_create')) NOT NULL ON CONFLICT IGNORE"],
  [
    'a trigger before',
    "CREATE TRIGGER t BEFORE INSERT ON audit WHEN new.op = 'keys_create' BEGIN SELECT RAISE(IGNORE); END",
  ],
  [
    'a trigger after',
    "CREATE TRIGGER t AFTER INSERT ON audit WHEN new.op = 'keys_create' BEGIN DELETE FROM audit WHERE seq = new.seq; END",
  ],
  ['a trigger that takes all', 'CREATE TRIGGER t BEFORE INSERT ON audit BEGIN SELECT RAISE(IGNORE); END'],
];

// Would catch: lines that are acknowledged and not there, in a chain that has no break.
test.each(DROPPERS)('a line that the database drops by %s is told at once', async (_name, sql) => {
  const audit = await run(3, { killed: true });
  const problems: AuditProblem[] = [];
  audit.onProblem((problem) => problems.push(problem));
  core.db.raw.exec(sql);
  audit.record({ principal: 'p', door: 'http', op: 'keys_create', target: null, outcome: 'ok' });
  expect(problems).toEqual(['dropped']);
  expect(await audit.verify()).toMatchObject({ ok: false, reason: 'dropped' });
  audit.record({ principal: 'p', door: 'http', op: 'keys_create', target: null, outcome: 'ok' });
  expect(problems).toEqual(['dropped']);
});

// Would catch: a trigger that goes unmentioned because something else was found before.
test('a dropped line is told after another finding too', async () => {
  await run(3);
  cut(2);
  const { audit, problems } = await reopen();
  core.db.raw.exec('CREATE TRIGGER t BEFORE INSERT ON audit BEGIN SELECT RAISE(IGNORE); END');
  for (let n = 0; n < 2; n++) audit.record(line);
  expect(problems).toEqual(['truncated', 'dropped']);
});

test('lines that are added or rewritten behind the head while the host runs are found by verify', async () => {
  const audit = await run(3, { killed: true });
  const row = all().at(-1) as AuditRow;
  const forged = { ...row, target: 'forged' };
  core.db.raw
    .prepare('INSERT INTO audit (at, principal, door, op, target, outcome, hash) VALUES (?, ?, ?, ?, ?, ?, ?)')
    .run(forged.at, forged.principal, forged.door, forged.op, forged.target, forged.outcome, link(row.hash, forged));
  expect(await audit.verify()).toMatchObject({ ok: false, broken_at: 4, reason: 'rewritten' });
});

test('what is removed while the host runs is found with the next line', async () => {
  const audit = await run(10);
  const problems: AuditProblem[] = [];
  audit.onProblem((problem) => problems.push(problem));
  cut(2);
  audit.record(line);
  await audit.close();
  expect(problems).toHaveLength(1);
  expect(await audit.verify()).toMatchObject({ ok: false });
});

// Would catch: a false alarm after each kill, because the head is written later than the lines.
test('a host that is killed leaves a head that lags behind, which is nobody\u2019s fault', async () => {
  await run(5);
  await run(7, { killed: true });
  const { audit, problems } = await reopen();
  expect(problems).toEqual([]);
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 12, sealed: true });
});

test('the head is written once a second at most', async () => {
  const audit = await run(1);
  const { mtimeMs } = fs.statSync(headFile());
  const before = fs.readFileSync(headFile(), 'utf8');
  for (let n = 0; n < 100; n++) audit.record(line);
  expect(fs.readFileSync(headFile(), 'utf8')).toBe(before);
  core.clock.advance(1000);
  await expect.poll(() => JSON.parse(fs.readFileSync(headFile(), 'utf8')).seq).toBe(101);
  expect(fs.statSync(headFile()).mtimeMs).toBeGreaterThanOrEqual(mtimeMs);
});

// Would catch: a keyring that is locked at the start, and calls that fail or leave no line for that reason.
test('without the key lines are kept and chained; they are sealed when it can be had', async () => {
  let locked = true;
  const secrets: Pick<Secrets, 'derive'> = {
    derive: (purpose) => (locked ? Promise.reject(new Error('locked')) : core.secrets.derive(purpose)),
  };
  const audit = createAudit({ ...core, secrets });
  for (let n = 0; n < 5; n++) audit.record(line);
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 5, sealed: false });
  locked = false;
  core.clock.advance(60_000);
  audit.record(line);
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 6, sealed: true });
  expect(all().every((row) => row.seal !== null)).toBe(true);
});

test('another key does not open the audit of this one', async () => {
  await run(3);
  const other = createSecrets(core.db, core.clock, async () => ({
    ...{ backend: 'file', weak: true, detail: '' },
    key: async () => Buffer.alloc(32, 9),
  }));
  const audit = createAudit({ ...core, secrets: other });
  const problems: AuditProblem[] = [];
  audit.onProblem((problem) => problems.push(problem));
  await audit.open();
  expect(problems).toEqual(['head_forged']);
});

// Would catch: an update that calls every older line forged, or that stops looking at them.
test('lines from before there were seals are an epoch of their own, covered by the first sealed line', async () => {
  const dir = fs.mkdtempSync(path.join(core.dir, 'old-'));
  const old = path.join(dir, 'migrations');
  fs.mkdirSync(old);
  for (const name of fs.readdirSync(MIGRATIONS).filter((file) => file < '0009'))
    fs.copyFileSync(path.join(MIGRATIONS, name), path.join(old, name));
  const before = openDatabase(dir, old, 1, createFaults()).db;
  let hash = GENESIS;
  for (let n = 0; n < 4; n++) {
    const row = { at: 1, ...line };
    hash = link(hash, row);
    before.raw
      .prepare(
        "INSERT INTO audit (at, principal, door, op, outcome, hash) VALUES (1, 'panel', 'ipc', 'tasks_create', 'ok', ?)",
      )
      .run(hash);
  }
  before.close();
  const { db } = openDatabase(dir, MIGRATIONS, 2, createFaults());
  const upgraded = { ...core, db, dir };
  const first = createAudit(upgraded);
  await first.open();
  expect(await first.verify()).toMatchObject({ ok: true, entries: 4, sealed: true });
  first.record(line);
  await first.close();
  const second = createAudit(upgraded);
  expect(await second.verify()).toMatchObject({ ok: true, entries: 5 });
  db.raw.exec("UPDATE audit SET target = 'forged' WHERE seq = 2");
  expect(await second.verify()).toMatchObject({ ok: false, broken_at: 2, reason: 'edited' });
  db.close();
});

// Would catch: a filter that holds up the host while it reads millions of lines.
test('filters look at the newest lines only, however many there are', () => {
  const audit = createAudit(core);
  core.db.raw.exec(
    `INSERT INTO audit (at, principal, door, op, outcome, hash)
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120000)
     SELECT i, 'key', 'http', CASE WHEN i = 1 THEN 'first' ELSE 'other' END, 'ok', '' FROM n`,
  );
  const query = { limit: 5, count: true };
  expect(audit.list(query).total).toBe(120_000);
  expect(audit.list({ ...query, op: 'other' }).total).toBe(50_000);
  expect(audit.list({ ...query, op: 'first' }).items).toEqual([]);
  expect(audit.list({ ...query, q: 'nowhere' })).toMatchObject({ items: [], total: 0 });
});
