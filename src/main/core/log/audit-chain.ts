/** The chain of the audit: each line's hash covers the line and the hash before it, and from there on every line before. */
import { hash } from 'node:crypto';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { AuditVerdict } from '../../../contract/host/telemetry.ts';
import type { audit, Db } from '../db/index.ts';
import type { AuditLine, AuditSealer } from './audit-head.ts';

/** A line as it is stored. */
export type AuditRow = typeof audit.$inferSelect;

/** Hash before the first line. */
export const GENESIS = '0'.repeat(64);
/** Lines checked between two yields to the event loop; a few ms. */
const BATCH = 500;

/** The hash of a line after the one with the hash `previous`. */
export function link(previous: string, row: Omit<AuditRow, 'hash' | 'seq' | 'seal'>): string {
  return hash('sha256', JSON.stringify([previous, row.at, row.principal, row.door, row.op, row.target, row.outcome]));
}

/** What a walk knows besides the lines. */
export interface ChainFacts {
  /** Null when the key cannot be had: then only the chain is checked. */
  sealer: AuditSealer | null;
  /** Last line without a seal, see the migration. */
  epoch: number;
  /** Last line that was anchored. */
  head: AuditLine | null;
}

/** Walks the chain in batches and yields to the event loop in between; until it is stopped. */
export async function walkChain(
  db: Db,
  { sealer, epoch, head }: ChainFacts,
  isStopped: () => boolean = () => false,
): Promise<AuditVerdict> {
  const after = db.raw.prepare<[number, number], AuditRow>('SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?');
  let expected = GENESIS;
  let entries = 0;
  let at = 0;
  const broken = (broken_at: number, reason: AuditVerdict['reason']): AuditVerdict => ({
    ok: false,
    entries,
    broken_at,
    reason,
    sealed: sealer !== null,
  });
  for (;;) {
    const rows = after.all(at, BATCH);
    for (const row of rows) {
      expected = link(expected, row);
      if (expected !== row.hash) return broken(row.seq, 'edited');
      if (sealer !== null && row.seq > epoch) {
        if (row.seal === null || !sealer.isSeal(row.hash, row.seal)) return broken(row.seq, 'rewritten');
      }
      if (head?.seq === row.seq && head.hash !== row.hash) return broken(row.seq, 'rewritten');
      entries++;
      at = row.seq;
    }
    if (rows.length < BATCH) break;
    await yieldToEventLoop();
    if (isStopped()) return { ok: true, entries, broken_at: null, reason: null, sealed: sealer !== null };
  }
  if (head !== null && head.seq > at) return broken(at + 1, 'truncated');
  return { ok: true, entries, broken_at: null, reason: null, sealed: sealer !== null };
}
