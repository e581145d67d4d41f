import { setImmediate as nextTurn } from 'node:timers/promises';
import { CsvError } from 'csv-parse';
import { expect, test } from 'vitest';
import { hasMoreLines, inTurns, readCsv } from './in-turns.ts';

/** Turns of the event loop that others have while something is done. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let over = false;
  void work.finally(() => {
    over = true;
  });
  let turns = 0;
  for (; !over; turns++) await nextTurn();
  return turns;
}
const spin = (ms: number) => {
  for (const end = performance.now() + ms; performance.now() < end; );
};

// Would catch: a list of a caller's that is worked through in one turn, in which nobody else gets an answer.
test('others have a turn after some milliseconds of work; what is little takes none', async () => {
  const many = inTurns(Array.from({ length: 20 }).keys(), (n) => {
    spin(5);
    return n * 2;
  });
  expect(await turnsDuring(many)).toBeGreaterThanOrEqual(20);
  expect((await many).slice(0, 3)).toEqual([0, 2, 4]);
});

// Would catch: a table that is parsed as one piece, characters that are lost where pieces meet, and records without end.
test('CSV is read in pieces', async () => {
  const cell = '\u{1F600}é'.repeat(50);
  const text = `${cell},"a,\nb"\n`.repeat(1000);
  const reading = readCsv<string[]>(text, {}, 10_000);
  expect(await turnsDuring(reading)).toBeGreaterThan(10);
  const records = await reading;
  expect(records).toHaveLength(1000);
  expect(new Set(records.map((record) => record.join()))).toEqual(new Set([`${cell},a,\nb`]));
  expect(await readCsv(text, {}, 10)).toHaveLength(11);
  await expect(readCsv('a\n"b', {}, 10)).rejects.toThrow(CsvError);
  await expect(readCsv(`a\n${'b'.repeat(100_000)}`, { max_record_size: 1000 }, 10)).rejects.toThrow(CsvError);
});

test('lines are counted without being parted', () => {
  expect([hasMoreLines('a\nb\nc', 3), hasMoreLines('a\nb\nc', 2), hasMoreLines('\r\r', 2)]).toEqual([
    false,
    true,
    true,
  ]);
  expect([hasMoreLines('', 1), hasMoreLines('a'.repeat(10), 1)]).toEqual([false, false]);
});
