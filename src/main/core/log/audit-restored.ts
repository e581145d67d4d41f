/** The audit of a database that the operator has restored. */
import type { AuditDeps } from './audit.ts';
import { walkChain } from './audit-chain.ts';
import { createAuditSealer, writeHead } from './audit-head.ts';
import { createAuditTable } from './audit-table.ts';

/**
 * Puts the restore on record and anchors the end of the audit there: the head of before belongs to the database that was replaced, and its
 * absence would look like an attack. Only a chain that this data directory wrote is anchored; of another the next start says what is wrong.
 * @param from name of the backup
 * @throws Error when the key cannot be had
 */
export async function anchorRestored({ db, clock, dir, secrets }: AuditDeps, from: string): Promise<void> {
  const table = createAuditTable(db);
  const sealer = createAuditSealer(await secrets.derive('audit'));
  const epoch = table.epoch();
  if (!(await walkChain(db, { sealer, epoch, head: null })).ok) return;
  const by = { principal: 'host', door: 'cli' };
  table.append({ at: clock.now(), ...by, op: 'restore', target: from.slice(0, 256), outcome: 'ok' }, sealer);
  table.noteHead();
  const last = table.last();
  if (last !== null) await writeHead(dir, db.path, sealer.headText(last, epoch));
}
