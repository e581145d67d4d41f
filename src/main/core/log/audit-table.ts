/** The table of the audit: the only SQL of it. */
import { AuditEntry, auditRecord } from '../../../contract/host/telemetry.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import { iso } from '../clock.ts';
import { above, audit, type Db, type ListInput, listPage, recordsOf } from '../db/index.ts';
import { wireMembers } from '../operation/values.ts';
import { type AuditRow, GENESIS, link } from './audit-chain.ts';
import type { AuditLine, AuditSealer } from './audit-head.ts';

/** A filter looks at this many of the newest lines: reading blocks the event loop. */
const SEARCHED = 50_000;

/** A line to append. */
export type NewLine = Omit<AuditRow, 'hash' | 'seq' | 'seal'>;

/** What the audit is searched for. */
export type AuditListInput = ListInput<typeof auditRecord.filters>;

/** See {@link createAuditTable}. */
export type AuditTable = ReturnType<typeof createAuditTable>;

/** Creates the table over an open database. */
export function createAuditTable(db: Db) {
  const last = db.raw.prepare<[], AuditLine>('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1');
  const lineAt = db.raw.prepare<[number], AuditLine>('SELECT seq, hash FROM audit WHERE seq = ?');
  const insert = db.raw.prepare<[number, string, string, string, string | null, string, string, Buffer | null]>(
    'INSERT INTO audit (at, principal, door, op, target, outcome, hash, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const unsealed = db.raw.prepare<[number], AuditLine>(
    'SELECT seq, hash FROM audit WHERE seq > ? AND seal IS NULL ORDER BY seq LIMIT 1',
  );
  const sealed = db.raw.prepare<[]>('SELECT 1 FROM audit WHERE seal IS NOT NULL LIMIT 1');
  const setSeal = db.raw.prepare<[Buffer, number, string]>('UPDATE audit SET seal = ? WHERE seq = ? AND hash = ?');
  const fact = db.raw.prepare<[string], { value: string }>('SELECT value FROM meta WHERE key = ?');
  const setFact = db.raw.prepare<[string, string]>('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');

  return {
    last: () => last.get() ?? null,
    lineAt: (seq: number) => lineAt.get(seq) ?? null,
    /** @returns the line, when it waits for its seal; `dropped` when the database took it and does not have it */
    append(row: NewLine, sealer: AuditSealer | null): AuditLine | 'dropped' | null {
      // Read and not remembered: a transaction around this may be rolled back.
      const hash = link(last.get()?.hash ?? GENESIS, row);
      const seal = sealer?.seal(hash) ?? null;
      const made = insert.run(row.at, row.principal, row.door, row.op, row.target, row.outcome, hash, seal);
      if (made.changes !== 1 || lineAt.get(Number(made.lastInsertRowid))?.hash !== hash) return 'dropped';
      return seal === null ? { seq: Number(made.lastInsertRowid), hash } : null;
    },
    /** Seals lines, as far as they are as they were appended. */
    seal: (lines: readonly AuditLine[], sealer: AuditSealer) =>
      db.transaction(() => {
        for (const { seq, hash } of lines) setSeal.run(sealer.seal(hash), seq, hash);
      }),
    /** The first line after `seq` without a seal. */
    unsealedAfter: (seq: number) => unsealed.get(seq) ?? null,
    hasSeals: () => sealed.get() !== undefined,
    epoch: () => Number(fact.get('audit_epoch')?.value ?? 0),
    /** Whether there has been a head: then there must be one. */
    hasHead: () => fact.get('audit_head') !== undefined,
    noteHead: () => void setFact.run('audit_head', '1'),
    list(query: AuditListInput): Page<AuditEntry> {
      const { q, op, principal } = query;
      const filtered = q !== undefined || op !== undefined || principal !== undefined;
      const page = listPage(db, query, {
        table: audit,
        sortable: { seq: audit.seq, at: audit.at },
        id: audit.seq,
        record: auditRecord,
        ...(filtered ? { where: above(audit.seq, (last.get()?.seq ?? 0) - SEARCHED) } : {}),
        sources: { op: audit.op, principal: audit.principal, target: audit.target, outcome: audit.outcome },
      });
      const view = (row: AuditRow) => ({ ...wireMembers(AuditEntry, row), at: iso(row.at) });
      return { ...page, items: recordsOf(db, 'audit', AuditEntry, page.items, view) };
    },
  };
}
