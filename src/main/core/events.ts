/** The event table: every change, in the transaction that made it, and its live tail. */
import { z } from 'zod';
import type { EntityName } from '../../contract/entities.ts';
import type { Change } from '../../contract/host/telemetry.ts';
import { AppError } from '../../contract/kernel/errors.ts';
import type { Json } from '../../contract/kernel/scalars.ts';
import { type Clock, iso } from './clock.ts';
import { type Db, parseStored } from './db/index.ts';
import type { Faults } from './faults.ts';
import { createEventChunks } from './history/chunks.ts';
import { randomToken } from './ids.ts';
import { createListeners } from './listeners.ts';

/** A change to append; only entities of the registry can change. */
export type NewEvent = { [E in EntityName]: ChangeOf<E> }[EntityName];

interface ChangeOf<E extends EntityName> {
  /** `<entity>.<created|updated|deleted>` or a finer one such as `task.progress`. */
  type: `${E}.${string}`;
  entity: E;
  id: string;
  version?: number | null;
  data?: Json;
}

/** The event table. */
export interface Events {
  /** Names this history: in another one, which a restored backup begins, the same sequence numbers mean other changes. */
  readonly history: string;
  /** Appends at the end of the current transaction, with all that it appends. */
  append(...events: readonly NewEvent[]): void;
  /** Highest sequence number, 0 when empty. */
  head(): number;
  /** Lowest sequence number that is still kept, 0 when empty. */
  oldest(): number;
  /** Changes after `since`, oldest first. */
  list(since: number, limit: number): Change[];
  /** Changes of one entity id after `since`, oldest first. */
  listOf(entityId: string, since: number, limit: number): Change[];
  /** Called after each commit with what it appended. @returns unsubscribes */
  subscribe(listener: (changes: readonly Change[]) => void): () => void;
  /** Deletes at most `limit` rows older than `before` (unix ms) or beyond `maxRows`; answers how many. */
  prune(before: number, maxRows: number, limit: number): number;
}

/** Rows of the longest prepared statement; a batch of tasks appends a thousand. */
const ROWS_PER_INSERT = 50;

interface EventRow {
  seq: number;
  at: number;
  type: string;
  entity: string;
  entity_id: string;
  version: number | null;
  data: string | null;
}

/** A change whose data cannot be read is still news. */
function dataOf(text: string): Json {
  try {
    return parseStored<Json>(text);
  } catch {
    return null;
  }
}

function toChange(row: EventRow): Change {
  return {
    seq: row.seq,
    type: row.type,
    entity: row.entity,
    id: row.entity_id,
    version: row.version,
    at: iso(row.at),
    data: row.data === null ? null : dataOf(row.data),
  };
}

/** The change is undone with its transaction: what is acknowledged is on record. */
function droppedError(): AppError {
  return new AppError(
    'configuration-error',
    'The database did not keep a change: another program has changed its tables. Stop TabAgent and run: tabagent restore.',
    { extra: { setting: 'data_dir', reason: 'database_changed' } },
  );
}

/** The name of a database's history, made when it has none. */
function historyOf({ raw }: Db): string {
  raw.prepare("INSERT OR IGNORE INTO meta (key, value) VALUES ('history', ?)").run(randomToken(16));
  return z.object({ value: z.string() }).parse(raw.prepare("SELECT value FROM meta WHERE key = 'history'").get()).value;
}

/** Begins another history, as what is restored was followed by other changes before. */
export function beginHistory({ raw }: Db): void {
  raw.prepare("DELETE FROM meta WHERE key = 'history'").run();
}

/** A change as it waits for the end of its transaction. */
interface Waiting {
  event: NewEvent;
  at: number;
  /** JSON, of the moment in which it was appended. */
  data: string | null;
}

/** Writes at most {@link ROWS_PER_INSERT} rows with one statement. @returns the sequence number of the first one */
function createInsert({ raw }: Db): (rows: readonly Waiting[]) => number {
  const prepare = (rows: number) =>
    raw.prepare<(string | number | null)[]>(
      `INSERT INTO event (at, type, entity, entity_id, version, data) VALUES ${Array(rows).fill('(?, ?, ?, ?, ?, ?)').join()}`,
    );
  const inserts = new Map<number, ReturnType<typeof prepare>>();
  function insertOf(rows: number) {
    const known = inserts.get(rows);
    if (known !== undefined) return known;
    const made = prepare(rows);
    inserts.set(rows, made);
    return made;
  }

  return (rows) => {
    const values: (string | number | null)[] = [];
    for (const { event, at, data } of rows)
      values.push(at, event.type, event.entity, event.id, event.version ?? null, data);
    const { changes: kept, lastInsertRowid } = insertOf(rows.length).run(...values);
    if (kept !== rows.length) throw droppedError();
    return Number(lastInsertRowid) - rows.length + 1;
  };
}

/** Times as text: many changes share a moment, and writing one out costs as much as a small statement. */
function createIso(): (at: number) => string {
  let [last, text] = [Number.NaN, ''];
  return (at) => {
    if (at !== last) [last, text] = [at, iso(at)];
    return text;
  };
}

/** Creates the event log over an open database. */
export function createEvents(db: Db, clock: Clock, faults: Pick<Faults, 'report'>): Events {
  const insert = createInsert(db);
  const selectHead = db.raw.prepare<[], { seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'event'");
  const selectOldest = db.raw.prepare<[], { seq: number | null }>('SELECT min(seq) AS seq FROM event');
  const selectSince = db.raw.prepare<[number, number], EventRow>(
    'SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?',
  );
  const selectOf = db.raw.prepare<[string, number, number, number], EventRow>(
    'SELECT * FROM event WHERE entity_id = ? AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?',
  );
  const chunks = createEventChunks(db);
  // Times rise with the numbers: only the oldest rows are looked at, so that no index by time is needed.
  const remove = db.raw.prepare<[number, number, number]>(
    'DELETE FROM event WHERE seq IN (SELECT seq FROM (SELECT seq, at FROM event ORDER BY seq LIMIT ?) WHERE at < ? OR seq <= ?)',
  );
  const listeners = createListeners<[changes: readonly Change[]]>((error) => faults.report('events', error));
  let committed: Change[] = [];
  const isoOf = createIso();

  const head = () => selectHead.get()?.seq ?? 0;

  function flush(): void {
    if (committed.length === 0) return;
    const batch = committed;
    committed = [];
    listeners.notify(batch);
  }

  /** Writes what a transaction has appended, and delivers it when that has committed. */
  function write(rows: readonly Waiting[]): void {
    const changes: Change[] = [];
    for (let from = 0; from < rows.length; from += ROWS_PER_INSERT) {
      const part = rows.slice(from, from + ROWS_PER_INSERT);
      const first = insert(part);
      for (const [i, { event, at }] of part.entries()) {
        const { type, entity, id, version, data } = event;
        changes.push({ seq: first + i, type, entity, id, version: version ?? null, at: isoOf(at), data: data ?? null });
      }
    }
    chunks.extend(changes.at(-1)?.seq ?? 0);
    db.afterCommit(() => {
      // One delivery for all that commits at once.
      if (committed.length === 0) queueMicrotask(flush);
      committed.push(...changes);
    });
  }

  return {
    history: historyOf(db),
    append(...appended) {
      const at = clock.now();
      const waiting = appended.map(
        (event): Waiting => ({ event, at, data: event.data == null ? null : JSON.stringify(event.data) }),
      );
      db.atCommit(write, ...waiting);
    },
    head,
    oldest: () => selectOldest.get()?.seq ?? 0,
    list: (since, limit) => selectSince.all(since, limit).map(toChange),
    listOf(entityId, since, limit) {
      const changes: Change[] = [];
      for (const { first, last } of chunks.rangesOf(entityId, since)) {
        changes.push(...selectOf.all(entityId, first, last, limit - changes.length).map(toChange));
        if (changes.length === limit) break;
      }
      return changes;
    },
    subscribe: listeners.add,
    prune(before, maxRows, limit) {
      const { changes } = remove.run(limit, before, head() - maxRows);
      if (changes > 0) chunks.prune();
      return changes;
    },
  };
}
