/** Long work on what a caller gave, with turns of the event loop for everybody else in between. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Options, parse } from 'csv-parse';
import { createTimeSlicer } from './time-slicer.ts';

/** One for all lists: many at once take no more of a turn than one does. */
const slicer = createTimeSlicer();
/** Work between two looks at the clock of the turn, ms. */
const STEP_MS = 1;
/** Bytes of CSV that are read in one turn. */
const PIECE = 16 * 1024;

/** `items.map(work)` over several turns. */
export async function inTurns<T, R>(items: Iterable<T>, work: (item: T) => R): Promise<R[]> {
  const done: R[] = [];
  let end = performance.now() + STEP_MS;
  for (const item of items) {
    done.push(work(item));
    if (performance.now() < end) continue;
    await slicer.next();
    end = performance.now() + STEP_MS;
  }
  return done;
}

async function* pieces(text: string): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += PIECE) {
    yield bytes.subarray(at, at + PIECE);
    await nextTurn();
  }
}

/** Records of CSV over several turns; of more than `most` the first of them and one more. @throws CsvError */
export async function readCsv<T>(text: string, options: Options, most: number): Promise<T[]> {
  const records: T[] = [];
  await pipeline(Readable.from(pieces(text)), parse(options), async (source: AsyncIterable<T>) => {
    for await (const record of source) if (records.length <= most) records.push(record);
  });
  return records;
}

/** Whether a text has more lines than `most`; they need not be parted to know it. */
export function hasMoreLines(text: string, most: number): boolean {
  let lines = 1;
  for (let at = 0; at < text.length && lines <= most; at++) {
    const code = text.charCodeAt(at);
    // The two characters of a Windows line end count as two.
    if (code === 0x0a || code === 0x0d) lines += 1;
  }
  return lines > most;
}
