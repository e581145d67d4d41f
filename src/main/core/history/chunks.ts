/**
 * Finds the changes of one entity without an index over all of them: full chunks of the event table keep the hashes of their
 * entity ids, so that only chunks that may hold the id are read (a zone map with a filter, as column stores have; ADR 0032).
 */
import type { Db } from '../db/index.ts';

/** Changes of a chunk: as many are read for each that may hold the id, and at the end of the table without asking. */
const CHUNK = 4096;

/** Sequence numbers, both included. */
export interface Range {
  first: number;
  last: number;
}

/** See {@link createEventChunks}. */
export interface EventChunks {
  /** In the transaction that wrote `head`: closes at most one chunk, so that no transaction does the work of many. */
  extend(head: number): void;
  /** Where changes of the id after `since` may be, in order; each is an upper bound. Looked for as far as it is read. */
  rangesOf(entityId: string, since: number): Iterable<Range>;
  /** Forgets chunks of which no change is left. */
  prune(): void;
}

/** FNV-1a with 32 bits (Noll) over the id's UTF-16 units; ids are ASCII. */
export function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Distinct hashes, ascending. */
function packed(ids: readonly string[]): Buffer {
  const hashes = Uint32Array.from(new Set(ids.map(hashOf))).sort();
  const bytes = Buffer.allocUnsafe(hashes.length * 4);
  for (const [i, hash] of hashes.entries()) bytes.writeUInt32LE(hash, i * 4);
  return bytes;
}

/** Binary search in what {@link packed} has made. */
function holds(hashes: Buffer, hash: number): boolean {
  let [low, high] = [0, hashes.length / 4 - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = hashes.readUInt32LE(middle * 4);
    if (found === hash) return true;
    if (found < hash) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}

/** Creates the chunks of the event table. */
export function createEventChunks(db: Db): EventChunks {
  const selectEnd = db.raw.prepare<[], { last: number }>('SELECT ifnull(max(last_seq), 0) AS last FROM event_chunk');
  const selectNext = db.raw.prepare<[number], { seq: number; entity_id: string }>(
    `SELECT seq, entity_id FROM event WHERE seq > ? ORDER BY seq LIMIT ${CHUNK}`,
  );
  const insert = db.raw.prepare<[number, number, Buffer]>(
    'INSERT INTO event_chunk (last_seq, first_seq, hashes) VALUES (?, ?, ?)',
  );
  const selectChunks = db.raw.prepare<[number], { last_seq: number; first_seq: number; hashes: Buffer }>(
    'SELECT * FROM event_chunk WHERE last_seq > ? ORDER BY last_seq',
  );
  const remove = db.raw.prepare(
    'DELETE FROM event_chunk WHERE last_seq < (SELECT ifnull(min(seq), 9223372036854775807) FROM event)',
  );
  // What the table said last; a transaction that was undone leaves it too low at most.
  let end = selectEnd.get()?.last ?? 0;

  return {
    extend(head) {
      if (head - end < CHUNK) return;
      const last = selectEnd.get()?.last ?? 0;
      if (head - last < CHUNK) return;
      const rows = selectNext.all(last);
      const [first, final] = [rows[0], rows.at(-1)];
      if (first === undefined || final === undefined || rows.length < CHUNK) return;
      insert.run(final.seq, first.seq, packed(rows.map((row) => row.entity_id)));
      db.afterCommit(() => {
        end = final.seq;
      });
    },
    *rangesOf(entityId, since) {
      const hash = hashOf(entityId);
      let last = since;
      for (const chunk of selectChunks.iterate(since)) {
        last = chunk.last_seq;
        if (holds(chunk.hashes, hash)) yield { first: Math.max(chunk.first_seq, since + 1), last };
      }
      yield { first: last + 1, last: Number.MAX_SAFE_INTEGER };
    },
    prune() {
      remove.run();
    },
  };
}
