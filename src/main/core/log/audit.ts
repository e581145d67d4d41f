/**
 * The audit: one line for each action. A chain of hashes shows an edit, a seal under a key of the key store a rewritten chain, and a head
 * outside of the table a shortened one.
 */
import fs from 'node:fs';
import path from 'node:path';
import { AuditEntry, type AuditVerdict, auditRecord } from '../../../contract/host/telemetry.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import { type Clock, iso } from '../clock.ts';
import { above, audit, type Db, type ListInput, listPage } from '../db/index.ts';
import { wireMembers } from '../operation/values.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { type AuditRow, GENESIS, link, walkChain } from './audit-chain.ts';
import { type AuditLine, type AuditSealer, createAuditSealer, HEAD_FILE, writeHead } from './audit-head.ts';

/** An action to record. */
export interface NewAudit {
  principal: string;
  door: string;
  op: string;
  target: string | null;
  /** `ok` or the code of the error. */
  outcome: string;
}

/** What is wrong with the end of the audit. */
export type AuditProblem = Extract<AuditVerdict['reason'], 'truncated' | 'rewritten' | 'head_missing' | 'head_forged'>;

/** The audit log. */
export interface Audit {
  record(entry: NewAudit): void;
  /** Newest first unless sorted otherwise; filters look at the newest {@link SEARCHED} lines. @throws AppError `validation-error` */
  list(query: ListInput<typeof auditRecord.filters>): Page<AuditEntry>;
  /** Walks the whole chain, yielding to the event loop. */
  verify(): Promise<AuditVerdict>;
  /** Opens the key, and compares the table with its head. Lines that come before are sealed then. */
  open(): Promise<void>;
  /** Called with what is found, also when it was found before. @returns unsubscribes */
  onProblem(listener: (problem: AuditProblem) => void): void;
  /** Anchors what was recorded last. */
  close(): Promise<void>;
}

/** Longest text that a line keeps of what a caller sent. */
const MAX_TEXT = 256;
/** Lines that wait for a full disk; beyond, they are lost. */
const MAX_WAITING = 10_000;
/** Lines that a filter looks at: it holds up the host for as long as it reads. */
const SEARCHED = 50_000;
/** The head lags behind by this much at most, ms. */
const ANCHOR_MS = 1_000;
/** How soon a key store that could not be opened is asked again, ms. */
const KEY_RETRY_MS = 60_000;

/** As the database gives it back: a lone surrogate would come back as another character, and the line would count as forged. */
function stored(text: string): string {
  return text.slice(0, MAX_TEXT).toWellFormed().replaceAll('\0', '\uFFFD');
}

/** What the audit is made of. */
export interface AuditDeps {
  db: Db;
  clock: Clock;
  /** The data directory, for the head. */
  dir: string;
  secrets: Pick<Secrets, 'derive'>;
}

/** Creates the audit over an open database. */
export function createAudit({ db, clock, dir, secrets }: AuditDeps): Audit {
  const table = createAuditTable(db);
  const seals = createSeals({ db, clock, dir, secrets, table, note: (problem) => recordLine(checkLine(problem)) });
  /** Lines that a full disk refused; they come before the next one that it takes. */
  const waiting: NewLine[] = [];

  function recordLine(row: NewLine): void {
    if (waiting.length < MAX_WAITING) waiting.push(row);
    db.bestEffort(() => {
      for (let next = waiting[0]; next; next = waiting[0]) {
        table.append(next, seals.sealer());
        waiting.shift();
      }
    });
    seals.appended();
  }

  function checkLine(problem: AuditProblem): NewLine {
    return { at: clock.now(), principal: 'host', door: 'host', op: 'audit_check', target: null, outcome: problem };
  }

  return {
    record: ({ principal, door, op, target, outcome }) =>
      recordLine({
        at: clock.now(),
        ...{ principal: stored(principal), door, op: stored(op), target: target === null ? null : stored(target) },
        outcome: stored(outcome),
      }),
    list: table.list,
    async verify() {
      await seals.open();
      const verdict = await walkChain(db, seals.facts());
      const found = seals.found();
      return verdict.ok && found !== null ? { ...verdict, ok: false, ...found } : verdict;
    },
    open: seals.open,
    onProblem: seals.onProblem,
    close: seals.close,
  };
}

type NewLine = Omit<AuditRow, 'hash' | 'seq' | 'seal'>;

/** The only SQL of the audit. */
function createAuditTable(db: Db) {
  const last = db.raw.prepare<[], AuditLine>('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1');
  const lineAt = db.raw.prepare<[number], AuditLine>('SELECT seq, hash FROM audit WHERE seq = ?');
  const insert = db.raw.prepare<[number, string, string, string, string | null, string, string, Buffer | null]>(
    'INSERT INTO audit (at, principal, door, op, target, outcome, hash, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const unsealed = db.raw.prepare<[number], AuditLine>(
    'SELECT seq, hash FROM audit WHERE seq > ? AND seal IS NULL ORDER BY seq',
  );
  const setSeal = db.raw.prepare<[Buffer, number]>('UPDATE audit SET seal = ? WHERE seq = ?');
  const fact = db.raw.prepare<[string], { value: string }>('SELECT value FROM meta WHERE key = ?');
  const setFact = db.raw.prepare<[string, string]>('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');

  return {
    last: () => last.get() ?? null,
    lineAt: (seq: number) => lineAt.get(seq) ?? null,
    append(row: NewLine, sealer: AuditSealer | null): void {
      // Read and not remembered: a transaction around this may be rolled back.
      const hash = link(last.get()?.hash ?? GENESIS, row);
      const seal = sealer?.seal(hash) ?? null;
      insert.run(row.at, row.principal, row.door, row.op, row.target, row.outcome, hash, seal);
    },
    /** Seals the lines after `seq` that have none. */
    sealAfter: (seq: number, sealer: AuditSealer) =>
      db.transaction(() => {
        for (const line of unsealed.all(seq)) setSeal.run(sealer.seal(line.hash), line.seq);
      }),
    epoch: () => Number(fact.get('audit_epoch')?.value ?? 0),
    /** Whether there has been a head: then there must be one. */
    hasHead: () => fact.get('audit_head') !== undefined,
    noteHead: () => void setFact.run('audit_head', '1'),
    list(query: ListInput<typeof auditRecord.filters>): Page<AuditEntry> {
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
      return { ...page, items: page.items.map((row) => ({ ...wireMembers(AuditEntry, row), at: iso(row.at) })) };
    },
  };
}

/** Key and head. Without the key, lines wait for their seals. */
function createSeals(
  deps: AuditDeps & { table: ReturnType<typeof createAuditTable>; note: (problem: AuditProblem) => void },
) {
  const { db, clock, dir, secrets, table } = deps;
  const listeners: ((problem: AuditProblem) => void)[] = [];
  /** What was found, and the line that says so. */
  let problem: { reason: AuditProblem; broken_at: number } | null = null;
  let sealer: AuditSealer | null = null;
  let epoch = 0;
  let head: AuditLine | null = null;
  let opening: Promise<void> | null = null;
  let failedAt = Number.NEGATIVE_INFINITY;
  let planned = false;
  let cancel: () => void = () => undefined;

  function found(what: AuditProblem): void {
    // The line stays when the warning is gone, and what contradicts the table is kept.
    const file = path.join(dir, HEAD_FILE);
    if (fs.existsSync(file)) fs.renameSync(file, `${file}.broken-${clock.now()}`);
    head = null;
    deps.note(what);
    problem = { reason: what, broken_at: table.last()?.seq ?? 1 };
    for (const listener of listeners) listener(what);
  }

  /** What the table says against the head. */
  function contradiction(line: AuditLine | 'missing' | 'forged'): AuditProblem | null {
    if (line === 'missing') return table.hasHead() ? 'head_missing' : null;
    if (line === 'forged') return 'head_forged';
    if (table.lineAt(line.seq)?.hash === line.hash) return null;
    return (table.last()?.seq ?? 0) < line.seq ? 'truncated' : 'rewritten';
  }

  function begin(key: Buffer): void {
    if (!db.raw.open) return;
    const made = createAuditSealer(key);
    epoch = table.epoch();
    const line = made.readHead(dir, epoch);
    const wrong = contradiction(line);
    const known = typeof line === 'string' ? 0 : line.seq;
    table.sealAfter(Math.max(epoch, wrong === null ? known : 0), made);
    sealer = made;
    if (wrong === null) head = typeof line === 'string' ? null : line;
    else found(wrong);
    plan();
  }

  function open(): Promise<void> {
    if (clock.monotonic() - failedAt < KEY_RETRY_MS) return Promise.resolve();
    opening ??= secrets
      .derive('audit')
      .then(begin)
      .catch(() => {
        // A key store that is locked, which the host warns about: the lines wait for their seals.
        opening = null;
        failedAt = clock.monotonic();
      });
    return opening;
  }

  function plan(): void {
    if (planned) return;
    planned = true;
    cancel = clock.schedule(() => void anchor(), ANCHOR_MS);
  }

  /** Errors of the file system leave the old head, which is right as long as the table only grows. */
  async function anchor(): Promise<void> {
    planned = false;
    if (sealer === null || !db.raw.open) return;
    try {
      // What was anchored cannot be gone, unless somebody else writes the table.
      const gone = head === null ? null : contradiction(head);
      if (gone !== null) found(gone);
      const line = table.last();
      if (line === null || line.hash === head?.hash) return;
      if (!table.hasHead()) table.noteHead();
      await writeHead(dir, db.path, sealer.headText(line, epoch));
      head = line;
    } catch {
      // The next line tries again.
    }
  }

  return {
    open,
    sealer: () => sealer,
    found: () => problem,
    facts: () => ({ sealer, epoch, head }),
    /** A line was appended. */
    appended(): void {
      if (sealer === null) void open();
      else plan();
    },
    onProblem(listener: (problem: AuditProblem) => void): void {
      listeners.push(listener);
      if (problem !== null) listener(problem.reason);
    },
    async close(): Promise<void> {
      cancel();
      await opening;
      await anchor();
    },
  };
}
