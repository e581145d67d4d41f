/** Changes of one entity among many, found by the chunks of the event table. */
import { expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import { createEventChunks, hashOf } from './chunks.ts';

const idOf = (n: number) => `tsk_${String(n).padStart(26, '0')}`;

/** Appends changes of as many tasks, `perCommit` of them in each transaction. */
function fill({ db, events }: TestCore, tasks: number, perCommit = 500, from = 0): void {
  for (let n = from; n < from + tasks; n += perCommit)
    db.transaction(() => {
      for (let i = n; i < Math.min(n + perCommit, from + tasks); i += 1)
        events.append({ type: 'task.created', entity: 'task', id: idOf(i) });
    });
}

/** What a read of the whole table says. */
const whole = ({ db }: TestCore, id: string) =>
  db.raw.prepare<[string], number>('SELECT seq FROM event WHERE entity_id = ? ORDER BY seq').pluck().all(id);
const chunksOf = ({ db }: TestCore) =>
  db.raw.prepare<[], { first_seq: number; last_seq: number }>('SELECT first_seq, last_seq FROM event_chunk').all();

// Would catch: a chunk that begins one change late, an end of the table that is left out, and a search that misses a first or last hash.
test('the changes of an entity are those that a read of the whole table finds, wherever they lie', () => {
  using core = openTestCore();
  fill(core, 9_000);
  fill(core, 9_000);
  expect(chunksOf(core)).toEqual([
    { first_seq: 1, last_seq: 4096 },
    { first_seq: 4097, last_seq: 8192 },
    { first_seq: 8193, last_seq: 12_288 },
    { first_seq: 12_289, last_seq: 16_384 },
  ]);
  for (const n of [0, 1, 4095, 4096, 4097, 7384, 7385, 8191, 8999]) {
    const seqs = whole(core, idOf(n));
    expect(seqs).toHaveLength(2);
    expect(core.events.listOf(idOf(n), 0, 10).map(({ seq }) => seq)).toEqual(seqs);
    expect(core.events.listOf(idOf(n), 0, 1).map(({ seq }) => seq)).toEqual(seqs.slice(0, 1));
    expect(core.events.listOf(idOf(n), seqs[0] ?? 0, 10).map(({ seq }) => seq)).toEqual(seqs.slice(1));
    expect(core.events.listOf(idOf(n), seqs[1] ?? 0, 10)).toEqual([]);
  }
  expect(core.events.listOf(idOf(9_000), 0, 10)).toEqual([]);
});

// Would catch: filters that let every chunk through, so that following one task reads the whole table.
test('chunks without the entity are not read', () => {
  using core = openTestCore();
  fill(core, 20_000);
  const chunks = createEventChunks(core.db);
  const firsts = (id: string, since: number) => Array.from(chunks.rangesOf(id, since), ({ first }) => first);
  const seen = [0, 5_000, 12_000].map((n) => firsts(idOf(n), 0));
  expect(seen).toEqual([
    [1, 16_385],
    [4097, 16_385],
    [8193, 16_385],
  ]);
  // After a change, chunks that end before it are left out.
  expect(firsts(idOf(5_000), 8_192)).toEqual([16_385]);
  expect(firsts(idOf(5_000), 4_200)).toEqual([4_201, 16_385]);
});

// Would catch: a chunk of a transaction that was undone, which would hide what takes its numbers.
test('a transaction that is undone leaves no chunk, and what comes in its place is found', () => {
  using core = openTestCore();
  fill(core, 4_000);
  expect(() =>
    core.db.transaction(() => {
      for (let n = 0; n < 200; n += 1)
        core.events.append({ type: 'task.created', entity: 'task', id: idOf(50_000 + n) });
      // What is left for the end of the transaction is written before this.
      core.db.atCommit(() => {
        throw new Error('undone');
      }, 'x');
    }),
  ).toThrow('undone');
  expect(chunksOf(core)).toEqual([]);
  fill(core, 300, 300, 60_000);
  expect(chunksOf(core)).toEqual([{ first_seq: 1, last_seq: 4096 }]);
  for (const n of [60_000, 60_095, 60_096, 60_299]) expect(core.events.listOf(idOf(n), 0, 5)).toHaveLength(1);
  expect(core.events.listOf(idOf(50_000), 0, 5)).toEqual([]);
});

// Would catch: a history from before the chunks that is never put into any, and one transaction that does the work of all.
test('a long history without chunks gets one with each transaction, and is whole meanwhile', () => {
  using core = openTestCore();
  fill(core, 13_000, 13_000);
  expect(chunksOf(core)).toHaveLength(1);
  const again = createEventChunks(core.db);
  for (let made = 2; made <= 3; made += 1) {
    expect(core.events.listOf(idOf(12_500), 0, 5)).toHaveLength(1);
    core.db.transaction(() => again.extend(core.events.head()));
    expect(chunksOf(core)).toHaveLength(made);
  }
  core.db.transaction(() => again.extend(core.events.head()));
  expect(chunksOf(core)).toHaveLength(3);
  expect(core.events.listOf(idOf(12_500), 0, 5)).toHaveLength(1);
});

// Would catch: chunks that outlive their changes, and ones that go while some of their changes are kept.
test('chunks go with the last of their changes', () => {
  using core = openTestCore();
  fill(core, 10_000);
  expect(chunksOf(core)).toHaveLength(2);
  expect(core.events.prune(0, 10_000 - 4_095, 5_000)).toBe(4_095);
  expect(chunksOf(core)).toHaveLength(2);
  expect(core.events.listOf(idOf(4_095), 0, 5)).toHaveLength(1);
  expect(core.events.prune(0, 10_000 - 4_096, 5_000)).toBe(1);
  expect(chunksOf(core)).toEqual([{ first_seq: 4097, last_seq: 8192 }]);
  expect(core.events.prune(Number.MAX_SAFE_INTEGER, 0, 10_000)).toBe(5_904);
  expect(chunksOf(core)).toEqual([]);
  fill(core, 10, 10, 70_000);
  expect(core.events.listOf(idOf(70_003), 0, 5)).toHaveLength(1);
});

// Would catch: another hash, whose chunks on disk would hide what they hold.
test('the hash is FNV-1a with 32 bits', () => {
  // Test vectors of the authors.
  expect([hashOf(''), hashOf('a'), hashOf('foobar')]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
});
