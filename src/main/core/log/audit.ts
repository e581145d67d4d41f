/**
 * The audit: one line for each action. A chain of hashes shows an edit, a seal under a key of the key store a rewritten chain, and a head
 * outside of the table a shortened one.
 */
import type { AuditEntry, AuditVerdict } from '../../../contract/host/telemetry.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import type { Clock } from '../clock.ts';
import type { Db } from '../db/index.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { walkChain } from './audit-chain.ts';
import type { AuditProblem } from './audit-head.ts';
import { AuditSeals } from './audit-seals.ts';
import { type AuditListInput, createAuditTable, type NewLine } from './audit-table.ts';

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
  /** Newest first unless sorted otherwise; filters look at the newest lines alone. @throws AppError `validation-error` */
  list(query: AuditListInput): Page<AuditEntry>;
  /** Walks the whole chain, yielding to the event loop. */
  verify(): Promise<AuditVerdict>;
  /** Opens the key, compares the table with its head, and begins to walk the chain. Lines that this host wrote before are sealed then. */
  open(): Promise<void>;
  /** Called with what is found, also when it was found before. */
  onProblem(listener: (problem: AuditProblem) => void): void;
  /** Anchors what was recorded last. */
  close(): Promise<void>;
}

/** Longest text that a line keeps of what a caller sent. */
const MAX_TEXT = 256;
/** Lines that wait for a full disk; beyond, they are lost. */
const MAX_WAITING = 10_000;

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
  const seals = new AuditSeals({ db, clock, dir, secrets, table, note: (problem) => recordLine(checkLine(problem)) });
  /** Lines that a full disk refused; they come before the next one that it takes. */
  const waiting: NewLine[] = [];

  function recordLine(row: NewLine): void {
    if (waiting.length < MAX_WAITING) waiting.push(row);
    db.bestEffort(() => {
      for (let next = waiting[0]; next; next = waiting[0]) {
        const unsealed = table.append(next, seals.sealer);
        waiting.shift();
        if (unsealed === 'dropped') seals.problem('dropped');
        else seals.appended(unsealed);
      }
    });
  }

  function checkLine(problem: AuditProblem): NewLine {
    return { at: clock.now(), principal: 'host', door: 'host', op: 'audit_check', target: null, outcome: problem };
  }

  let stopped = false;
  let checking: Promise<void> = Promise.resolve();

  /** Walks the chain once. Damage that it meets is found by the check of the database. */
  async function check(): Promise<void> {
    if (seals.found !== null) return;
    const verdict = await walkChain(db, seals.facts, () => stopped).catch(() => null);
    if (verdict?.reason) seals.problem(verdict.reason);
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
      const verdict = await walkChain(db, seals.facts);
      const { found } = seals;
      return verdict.ok && found !== null ? { ...verdict, ok: false, ...found } : verdict;
    },
    async open() {
      await seals.open();
      // Not waited for: a long chain takes seconds.
      checking = check();
    },
    onProblem: (listener) => seals.onProblem(listener),
    async close() {
      stopped = true;
      await checking;
      await seals.close();
    },
  };
}
