/** An audit that is written, tampered with and opened again. */
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type Audit, createAudit } from '../../src/main/core/log/audit.ts';
import { type AuditRow, GENESIS, link } from '../../src/main/core/log/audit-chain.ts';
import { type AuditProblem, HEAD_FILE } from '../../src/main/core/log/audit-head.ts';
import { openTestCore, type TestCore } from './core.ts';

/** An action to record. */
export const line = { principal: 'panel', door: 'ipc', op: 'tasks_create', target: null, outcome: 'ok' };

/** A core of its own for each test of a file. */
export let core: TestCore;
beforeEach(() => {
  core = openTestCore();
});
afterEach(() => core[Symbol.dispose]());

export const headFile = () => path.join(core.dir, HEAD_FILE);
export const all = () => core.db.raw.prepare<[], AuditRow>('SELECT * FROM audit ORDER BY seq').all();

/** One run of the host: `count` lines, anchored at its end unless it is killed. */
export async function run(count: number, { killed = false } = {}): Promise<Audit> {
  const audit = createAudit(core);
  await audit.open();
  for (let n = 0; n < count; n++) audit.record({ ...line, target: `t${n}` });
  if (!killed) await audit.close();
  return audit;
}

/** The next start. */
export async function reopen(): Promise<{ audit: Audit; problems: AuditProblem[] }> {
  const audit = createAudit(core);
  const problems: AuditProblem[] = [];
  audit.onProblem((problem) => problems.push(problem));
  await audit.open();
  return { audit, problems };
}

/** What somebody does who can write the database and knows how the chain is made, but has not the key. */
export function rewrite(change: (row: AuditRow) => Partial<AuditRow>): void {
  let previous = GENESIS;
  const update = core.db.raw.prepare('UPDATE audit SET target = ?, hash = ?, seal = ? WHERE seq = ?');
  for (const row of all()) {
    const next = { ...row, ...change(row) };
    previous = link(previous, next);
    update.run(next.target, previous, next.seal, next.seq);
  }
}
export const cut = (after: number) => core.db.raw.prepare('DELETE FROM audit WHERE seq > ?').run(after);
