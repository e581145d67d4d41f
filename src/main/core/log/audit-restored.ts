/** The audit of a database that the operator has restored. */
import type { AuditDeps } from './audit.ts';
import { walkChain } from './audit-chain.ts';
import { type AuditProblem, createAuditSealer, writeHead } from './audit-head.ts';
import { createAuditTable } from './audit-table.ts';

/**
 * Puts the restore on record and anchors the end of the audit there: the head of before belongs to the database that was replaced, and its
 * absence would look like an attack. Only a chain that this data directory wrote is anchored; of another the next start says what is wrong.
 * @param from name of the backup
 * @returns why nothing was anchored, null when it was; `no_key` when the desktop app may hold the key
 * @throws Error of the database or the file system
 */
export async function anchorRestored(
  { db, clock, dir, secrets }: AuditDeps,
  from: string,
): Promise<AuditProblem | 'no_key' | null> {
  const table = createAuditTable(db);
  const key = await secrets.derive('audit').catch(() => null);
  if (key === null) return 'no_key';
  const sealer = createAuditSealer(key);
  const epoch = table.epoch();
  const { reason } = await walkChain(db, { sealer, epoch, head: null });
  if (reason !== null) return reason;
  const by = { principal: 'host', door: 'cli' };
  const line = { at: clock.now(), ...by, op: 'restore', target: from.slice(0, 256), outcome: 'ok' };
  if (table.append(line, sealer) === 'dropped') return 'dropped';
  table.noteHead();
  const last = table.last();
  if (last !== null) await writeHead(dir, db.path, sealer.headText(last, epoch));
  return null;
}
