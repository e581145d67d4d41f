import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { all, core, cut, headFile, reopen, rewrite, run } from '../../../../tests/support/audit.ts';
import { type AuditRow, link } from './audit-chain.ts';
import { type AuditProblem, HEAD_FILE } from './audit-head.ts';

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
