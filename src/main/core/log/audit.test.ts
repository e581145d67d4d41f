import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MIGRATIONS, openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import { openDatabase } from '../db/index.ts';
import { createFaults } from '../faults.ts';
import { createSecrets, type Secrets } from '../secrets/secrets.ts';
import { type Audit, createAudit } from './audit.ts';
import { type AuditRow, GENESIS, link } from './audit-chain.ts';
import { type AuditProblem, HEAD_FILE } from './audit-head.ts';
import { anchorRestored } from './audit-restored.ts';

let core: TestCore;
beforeEach(() => {
  core = openTestCore();
});
afterEach(() => core[Symbol.dispose]());

const line = { principal: 'panel', door: 'ipc', op: 'tasks_create', target: null, outcome: 'ok' };
const headFile = () => path.join(core.dir, HEAD_FILE);
const all = () => core.db.raw.prepare<[], AuditRow>('SELECT * FROM audit ORDER BY seq').all();

/** One run of the host: `count` lines, anchored at its end unless it is killed. */
async function run(count: number, { killed = false } = {}): Promise<Audit> {
  const audit = createAudit(core);
  await audit.open();
  for (let n = 0; n < count; n++) audit.record({ ...line, target: `t${n}` });
  if (!killed) await audit.close();
  return audit;
}

/** The next start. */
async function reopen(): Promise<{ audit: Audit; problems: AuditProblem[] }> {
  const audit = createAudit(core);
  const problems: AuditProblem[] = [];
  audit.onProblem((problem) => problems.push(problem));
  await audit.open();
  return { audit, problems };
}

/** What somebody does who can write the database and knows how the chain is made, but has not the key. */
function rewrite(change: (row: AuditRow) => Partial<AuditRow>): void {
  let previous = GENESIS;
  const update = core.db.raw.prepare('UPDATE audit SET target = ?, hash = ?, seal = ? WHERE seq = ?');
  for (const row of all()) {
    const next = { ...row, ...change(row) };
    previous = link(previous, next);
    update.run(next.target, previous, next.seal, next.seq);
  }
}
const cut = (after: number) => core.db.raw.prepare('DELETE FROM audit WHERE seq > ?').run(after);

/** Each way to change what was recorded, without the key. */
const FORGERIES: [name: string, forge: () => void, found: AuditProblem][] = [
  ['the last line is removed', () => cut(9), 'truncated'],
  ['all lines are removed', () => cut(0), 'truncated'],
  [
    'all are removed, and the numbers begin again',
    () => {
      cut(0);
      core.db.raw.exec("DELETE FROM sqlite_sequence WHERE name = 'audit'");
    },
    'truncated',
  ],
  [
    'a line is changed and the chain made anew',
    () => rewrite((row) => (row.seq === 4 ? { target: 'forged' } : {})),
    'rewritten',
  ],
  [
    'the same, with the seals removed',
    () => rewrite((row) => ({ seal: null, ...(row.seq === 4 ? { target: 'x' } : {}) })),
    'rewritten',
  ],
  [
    'the last line is replaced by another',
    () => rewrite((row) => (row.seq === 10 ? { target: 'forged' } : {})),
    'rewritten',
  ],
  ['the head is removed', () => fs.rmSync(headFile()), 'head_missing'],
  [
    'lines and head are removed',
    () => {
      cut(5);
      fs.rmSync(headFile());
    },
    'head_missing',
  ],
  ['the head is emptied', () => fs.writeFileSync(headFile(), ''), 'head_forged'],
  [
    'lines are removed and the head is set back',
    () => {
      cut(9);
      const [row] = all().slice(-1);
      fs.writeFileSync(headFile(), JSON.stringify({ seq: row?.seq, hash: row?.hash, mac: '0'.repeat(64) }));
    },
    'head_forged',
  ],
  [
    'the lines are called older than the seals',
    () => {
      core.db.raw.exec("UPDATE meta SET value = '10' WHERE key = 'audit_epoch'");
      rewrite((row) => ({ seal: null, ...(row.seq === 4 ? { target: 'x' } : {}) }));
    },
    'head_forged',
  ],
];

/** What needs a look at more than the end. */
const REWRITES: [name: string, forge: () => void, found: AuditProblem][] = [
  [
    'the chain is made anew without seals, head and its note are removed',
    () => {
      rewrite((row) => ({ seal: null, ...(row.seq === 4 ? { target: 'x' } : {}) }));
      fs.rmSync(headFile());
      core.db.raw.exec("DELETE FROM meta WHERE key = 'audit_head'");
    },
    'rewritten',
  ],
  [
    'head and its note are removed with the last lines',
    () => {
      cut(7);
      fs.rmSync(headFile());
      core.db.raw.exec("DELETE FROM meta WHERE key = 'audit_head'");
    },
    'head_missing',
  ],
  [
    'a line is appended',
    () => {
      const row = all().at(-1) as AuditRow;
      const hash = link(row.hash, row);
      core.db.raw
        .prepare('INSERT INTO audit (at, principal, door, op, target, outcome, hash) VALUES (?, ?, ?, ?, ?, ?, ?)')
        .run(row.at, row.principal, row.door, row.op, row.target, row.outcome, hash);
    },
    'rewritten',
  ],
  ['a line in the middle is changed', () => core.db.raw.exec("UPDATE audit SET target = 'x' WHERE seq = 4"), 'edited'],
  ['a line in the middle is removed', () => core.db.raw.exec('DELETE FROM audit WHERE seq = 4'), 'edited'],
];

// Would catch: a host that seals the forgery itself, or that looks only at the end.
test.each(REWRITES)('%s: told at the next start without being asked, and never sealed', async (_name, forge, found) => {
  await run(10);
  forge();
  const unsealed = () => all().filter((row) => row.seal === null).length;
  const before = unsealed();
  const { audit, problems } = await reopen();
  await expect.poll(() => problems).toEqual([found]);
  await audit.close();
  expect(unsealed()).toBe(before);
  expect(await audit.verify()).toMatchObject({ ok: false });
});

describe.each(FORGERIES)('%s', (_name, forge, found) => {
  // Would catch: an audit that can be shortened or rewritten by whoever can write the database.
  test('is found at the next start, told, kept on record and by verify', async () => {
    await run(10);
    forge();
    const { audit, problems } = await reopen();
    expect(problems).toEqual([found]);
    expect(await audit.verify()).toMatchObject({ ok: false });
    expect(audit.list({ limit: 1, count: false }).items[0]).toMatchObject({ op: 'audit_check', outcome: found });
    if (found === 'truncated') expect(await audit.verify()).toMatchObject({ reason: 'truncated' });
    if (found !== 'head_missing') {
      expect(fs.readdirSync(core.dir).some((name) => name.startsWith(`${HEAD_FILE}.broken-`))).toBe(true);
    }
  });
});

describe('an older copy of the database that the operator restores', () => {
  const restored = async () => {
    fs.rmSync(headFile());
    await anchorRestored(core, 'bak_1.db');
  };

  // Would catch: a restore, as the guide tells it, after which the host says that it was attacked.
  test('is on record, and no problem at the next start', async () => {
    await run(10);
    cut(5);
    await restored();
    expect(all().at(-1)).toMatchObject({ op: 'restore', target: 'bak_1.db', principal: 'host' });
    const { audit, problems } = await reopen();
    expect(problems).toEqual([]);
    expect(await audit.verify()).toMatchObject({ ok: true, entries: 6 });
  });

  // Would catch: a forgery that a restore seals.
  test('is told when its lines were changed', async () => {
    await run(10);
    rewrite((row) => (row.seq === 4 ? { target: 'forged' } : {}));
    await restored();
    const { problems } = await reopen();
    expect(problems).toEqual(['head_missing']);
    expect(all()).toHaveLength(11);
  });
});

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
