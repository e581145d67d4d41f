/** The audit: one line for each action, each hash covering the line and the hash before it, so that an edit is found. */
import { createHash } from 'node:crypto';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { type AuditEntry, auditRecord } from '../../../contract/host/telemetry.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import { type Clock, iso } from '../clock.ts';
import { audit, type Db, type ListInput, listPage } from '../db/index.ts';

/** An action to record. */
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
  /** Newest first unless sorted otherwise. @throws AppError `validation-error` */
  list(query: ListInput<typeof auditRecord.filters>): Page<AuditEntry>;
  /** Walks the chain in batches and yields to the event loop in between; `broken_at` is the first line that does not fit. */
  verify(): Promise<{ ok: boolean; entries: number; broken_at: number | null }>;
}

type Row = typeof audit.$inferSelect;

const GENESIS = '0'.repeat(64);
/** Lines checked between two yields to the event loop; about 2 ms. */
const BATCH = 500;

/** Longest text that a line keeps of what a caller sent. */
const MAX_TEXT = 256;
/** Lines that wait for a full disk; beyond, they are lost. */
const MAX_WAITING = 10_000;

/** As the database gives it back: a lone surrogate would come back as another character, and the line would count as forged. */
function stored(text: string): string {
  return text.slice(0, MAX_TEXT).toWellFormed().replaceAll('\0', '\uFFFD');
}

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
  /** Lines that a full disk refused; they come before the next one that it takes. */
  const waiting: Omit<Row, 'hash' | 'seq'>[] = [];
  const after = db.raw.prepare<[number, number], Row>('SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?');

  function append(row: Omit<Row, 'hash' | 'seq'>): void {
    // Read and not remembered: a transaction around this may be rolled back.
    const hash = link(last.get()?.hash ?? GENESIS, row);
    insert.run(row.at, row.principal, row.door, row.op, row.target, row.outcome, hash);
  }

  return {
    record({ principal, door, op, target, outcome }) {
      const row = {
        at: clock.now(),
        ...{ principal: stored(principal), door, op: stored(op), target: target === null ? null : stored(target) },
        outcome: stored(outcome),
      };
      if (waiting.length < MAX_WAITING) waiting.push(row);
      db.bestEffort(() => {
        for (let next = waiting[0]; next; next = waiting[0]) {
          append(next);
          waiting.shift();
        }
      });
    },
    list(query) {
      const page = listPage(db, query, {
        table: audit,
        sortable: { seq: audit.seq, at: audit.at },
        id: audit.seq,
        record: auditRecord,
        sources: {
          op: audit.op,
          principal: audit.principal,
          target: audit.target,
          outcome: audit.outcome,
        },
      });
      return { ...page, items: page.items.map((row) => ({ ...row, at: iso(row.at) })) };
    },
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
        await yieldToEventLoop();
      }
    },
  };
}
