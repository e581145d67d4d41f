/** The audit: one line a deed, each hash covering the line and the hash before it, so that an edit is found. */
import { createHash } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import type { AuditEntry } from '../../../contract/host/telemetry.ts';
import { type Clock, iso } from '../clock.ts';
import type { Db } from '../db/index.ts';

/** A deed to record. */
export interface NewAudit {
  principal: string;
  door: string;
  op: string;
  target: string | null;
  /** `ok` or the code of the error. */
  outcome: string;
}

/** The audit log. */
export interface Audit {
  record(entry: NewAudit): void;
  /** Newest first, seq < `before`. */
  list(filter: { before: number; limit: number; op?: string; principal?: string; q?: string }): AuditEntry[];
  /** Walks the chain in small bites, so that the host goes on answering; `broken_at` is the first line that does not fit. */
  verify(): Promise<{ ok: boolean; entries: number; broken_at: number | null }>;
}

interface Row {
  seq: number;
  at: number;
  principal: string;
  door: string;
  op: string;
  target: string | null;
  outcome: string;
  hash: string;
}

const GENESIS = '0'.repeat(64);
/** Lines checked before others have their turn; about 2 ms. */
const BATCH = 500;

function link(previous: string, row: Omit<Row, 'hash' | 'seq'>): string {
  return createHash('sha256')
    .update(JSON.stringify([previous, row.at, row.principal, row.door, row.op, row.target, row.outcome]))
    .digest('hex');
}

/** Creates the audit over an open database. */
export function createAudit(db: Db, clock: Clock): Audit {
  const last = db.raw.prepare<[], { hash: string }>('SELECT hash FROM audit ORDER BY seq DESC LIMIT 1');
  const insert = db.raw.prepare<[number, string, string, string, string | null, string, string]>(
    'INSERT INTO audit (at, principal, door, op, target, outcome, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const select = db.raw.prepare<
    { before: number; limit: number; op: string | null; principal: string | null; q: string | null },
    Row
  >(
    `SELECT * FROM audit WHERE seq < @before AND (@op IS NULL OR op = @op) AND (@principal IS NULL OR principal = @principal)
     AND (@q IS NULL OR instr(op || ' ' || principal || ' ' || coalesce(target, '') || ' ' || outcome, @q) > 0)
     ORDER BY seq DESC LIMIT @limit`,
  );
  const after = db.raw.prepare<[number, number], Row>('SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?');
  let previous = last.get()?.hash ?? GENESIS;

  return {
    record(entry) {
      const row = { at: clock.now(), ...entry };
      const hash = link(previous, row);
      insert.run(row.at, row.principal, row.door, row.op, row.target, row.outcome, hash);
      previous = hash;
    },
    list: ({ before, limit, op, principal, q }) =>
      select
        .all({ before, limit, op: op ?? null, principal: principal ?? null, q: q ?? null })
        .map((row) => ({ ...row, at: iso(row.at) })),
    async verify() {
      let expected = GENESIS;
      let entries = 0;
      let at = 0;
      for (;;) {
        const rows = after.all(at, BATCH);
        for (const row of rows) {
          expected = link(expected, row);
          if (expected !== row.hash) return { ok: false, entries, broken_at: row.seq };
          entries++;
          at = row.seq;
        }
        if (rows.length < BATCH) return { ok: true, entries, broken_at: null };
        await breathe();
      }
    },
  };
}
