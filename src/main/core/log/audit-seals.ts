/**
 * Seals the lines of the audit and anchors its end in the head. Without the key, lines wait for their seals, in the memory of the host that
 * wrote them: a line without a seal that is found in the table may be anybody's and is never sealed.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '../clock.ts';
import type { Db } from '../db/index.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { GENESIS } from './audit-chain.ts';
import {
  type AuditLine,
  type AuditProblem,
  type AuditSealer,
  createAuditSealer,
  HEAD_FILE,
  writeHead,
} from './audit-head.ts';
import type { AuditTable } from './audit-table.ts';

/** The head lags behind by this much at most, ms. */
const ANCHOR_MS = 1_000;
/** How soon a key store that could not be opened is asked again, ms. */
const KEY_RETRY_MS = 60_000;

/** The place before the first line. */
const BEGINNING: AuditLine = { seq: 0, hash: GENESIS };

interface SealsDeps {
  db: Db;
  clock: Clock;
  /** The data directory, for the head. */
  dir: string;
  secrets: Pick<Secrets, 'derive'>;
  table: AuditTable;
  /** Appends the line that says what was found. */
  note(problem: AuditProblem): void;
}

/** Owns the key, the head and the timer that writes it. */
export class AuditSeals {
  readonly #deps: SealsDeps;
  readonly #waiting: AuditLine[] = [];
  readonly #listeners: ((problem: AuditProblem) => void)[] = [];
  /** What was found first, and the line that says so. */
  #found: { reason: AuditProblem; broken_at: number } | null = null;
  /** Everything that was found. */
  readonly #told = new Set<AuditProblem>();
  #sealer: AuditSealer | null = null;
  #epoch = 0;
  #head: AuditLine | null = null;
  #opening: Promise<void> | null = null;
  #failedAt = Number.NEGATIVE_INFINITY;
  #planned = false;
  #cancel: () => void = () => undefined;

  constructor(deps: SealsDeps) {
    this.#deps = deps;
  }

  /** Null until the key is there. */
  get sealer(): AuditSealer | null {
    return this.#sealer;
  }

  get found(): { reason: AuditProblem; broken_at: number } | null {
    return this.#found;
  }

  get facts() {
    return { sealer: this.#sealer, epoch: this.#epoch, head: this.#head };
  }

  /** Asks for the key, and again a minute after it was refused. */
  open(): Promise<void> {
    const { clock, secrets } = this.#deps;
    if (clock.monotonic() - this.#failedAt < KEY_RETRY_MS) return Promise.resolve();
    this.#opening ??= secrets
      .derive('audit')
      .then((key) => this.#begin(key))
      .catch(() => {
        // A key store that is locked, which the host warns about: the lines wait for their seals.
        this.#opening = null;
        this.#failedAt = clock.monotonic();
      });
    return this.#opening;
  }

  /** A line was appended. @param unsealed the line when it has no seal yet */
  appended(unsealed: AuditLine | null): void {
    if (unsealed !== null) this.#waiting.push(unsealed);
    if (this.#sealer === null) void this.open();
    else this.#plan();
  }

  onProblem(listener: (problem: AuditProblem) => void): void {
    this.#listeners.push(listener);
    for (const reason of this.#told) listener(reason);
  }

  /** Anchors what was appended last. */
  async close(): Promise<void> {
    this.#cancel();
    await this.#opening;
    await this.#anchor();
  }

  async #begin(key: Buffer): Promise<void> {
    const { db, dir, table } = this.#deps;
    if (!db.raw.open) return;
    const sealer = createAuditSealer(key);
    this.#epoch = table.epoch();
    const line = sealer.readHead(dir, this.#epoch);
    const wrong = this.#contradiction(line) ?? this.#foreign(typeof line === 'string' ? 0 : line.seq);
    // There is a head before there is a seal: a host that is killed in its first second leaves nothing that looks like a lost one.
    if (wrong === null && line === 'missing') await writeHead(dir, db.path, sealer.headText(BEGINNING, this.#epoch));
    if (!db.raw.open) return;
    table.seal(this.#waiting.splice(0), sealer);
    this.#sealer = sealer;
    if (wrong === null) this.#head = typeof line === 'string' ? null : line;
    else this.#report(wrong);
    this.#plan();
  }

  /** What the table says against the head. */
  #contradiction(line: AuditLine | 'missing' | 'forged'): AuditProblem | null {
    const { table } = this.#deps;
    if (line === 'missing') return table.hasHead() || table.hasSeals() ? 'head_missing' : null;
    if (line === 'forged') return 'head_forged';
    if (line.seq === BEGINNING.seq) return null;
    if (table.lineAt(line.seq)?.hash === line.hash) return null;
    return (table.last()?.seq ?? 0) < line.seq ? 'truncated' : 'rewritten';
  }

  /** Lines after the head that no host has sealed, and that are not its own. */
  #foreign(head: number): AuditProblem | null {
    const own = new Set(this.#waiting.map((line) => line.seq));
    const first = this.#deps.table.unsealedAfter(Math.max(this.#epoch, head));
    return first === null || own.has(first.seq) ? null : 'rewritten';
  }

  /** Takes what a walk through the chain or a new line found; each is told once. */
  problem(reason: AuditProblem): void {
    if (!this.#told.has(reason)) this.#report(reason);
  }

  #report(reason: AuditProblem): void {
    const { dir, clock, table, note } = this.#deps;
    // The table is as it was before a line that it did not take.
    if (reason !== 'dropped') {
      // The line stays when the warning is gone, and what contradicts the table is kept.
      const file = path.join(dir, HEAD_FILE);
      if (fs.existsSync(file)) fs.renameSync(file, `${file}.broken-${clock.now()}`);
      this.#head = null;
    }
    // Known before it is noted: the note may be dropped too.
    this.#told.add(reason);
    const first = this.#found === null;
    if (first) this.#found = { reason, broken_at: 1 };
    note(reason);
    if (first) this.#found = { reason, broken_at: table.last()?.seq ?? 1 };
    for (const listener of this.#listeners) listener(reason);
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    this.#cancel = this.#deps.clock.schedule(() => void this.#anchor(), ANCHOR_MS);
  }

  /** Errors of the file system leave the old head, which is right as long as the table only grows. */
  async #anchor(): Promise<void> {
    const { db, dir, table } = this.#deps;
    this.#planned = false;
    if (this.#sealer === null || !db.raw.open) return;
    try {
      // What was anchored cannot be gone, unless another program writes the table.
      const gone = this.#head === null ? null : this.#contradiction(this.#head);
      if (gone !== null) this.#report(gone);
      const line = table.last();
      if (line === null || line.hash === this.#head?.hash) return;
      if (!table.hasHead()) table.noteHead();
      await writeHead(dir, db.path, this.#sealer.headText(line, this.#epoch));
      this.#head = line;
    } catch {
      // The next line tries again.
    }
  }
}
