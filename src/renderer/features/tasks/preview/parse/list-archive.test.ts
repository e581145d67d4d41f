import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { listArchive } from './list-archive.ts';

/** An archive that is nothing but its list of files. */
function directory(count: number, nameLength: number): Uint8Array<ArrayBuffer> {
  const entry = new Uint8Array(46 + nameLength).fill(0x61, 46);
  const view = new DataView(entry.buffer);
  view.setUint32(0, 0x02014b50, true);
  view.setUint16(4, 20, true);
  view.setUint16(6, 20, true);
  view.setUint16(28, nameLength, true);
  const size = entry.length * count;
  const file = new Uint8Array(size + 56 + 20 + 22);
  for (let index = 0; index < count; index++) file.set(entry, index * entry.length);
  const tail = new DataView(file.buffer, size);
  tail.setUint32(0, 0x06064b50, true);
  tail.setBigUint64(4, 44n, true);
  tail.setBigUint64(24, BigInt(count), true);
  tail.setBigUint64(32, BigInt(count), true);
  tail.setBigUint64(40, BigInt(size), true);
  tail.setUint32(56, 0x07064b50, true);
  tail.setBigUint64(64, BigInt(size), true);
  tail.setUint32(72, 1, true);
  tail.setUint32(76, 0x06054b50, true);
  tail.setUint32(84, 0xffff_ffff, true);
  tail.setUint32(88, 0xffff_ffff, true);
  return file;
}

async function list(file: Uint8Array<ArrayBuffer>) {
  let read = 0;
  const reading = listArchive({
    size: file.length,
    read: async (start, length) => {
      read += length;
      return file.slice(start, start + length);
    },
  });
  const result = await reading.catch((error: Error) => error.message);
  return { result, read };
}

// Would catch: a list of files that is read whole because the archive says how large it is, at the cost of memory and minutes.
test('of an archive at most eight megabytes and 20 000 entries are read', async () => {
  const tooLarge = 'The list of files in this archive is too large to show. Download the archive to open it.';
  for (const file of [directory(300_000, 10), directory(3_000, 65_535)]) {
    const { result, read } = await list(file);
    expect(result).toBe(tooLarge);
    expect(read).toBeLessThan(1_000_000);
  }
  const { result } = await list(directory(22_000, 10));
  expect(result).toMatchObject({ cut: true, entries: { length: 20_000 } });
});

// Would catch: a bound that refuses an ordinary archive, names of any length in the page.
test('an ordinary archive is listed; a long name is cut', async () => {
  const { result } = await list(
    zipSync({ 'a/b.txt': strToU8('x'), ['n'.repeat(3_000)]: strToU8('') }) as Uint8Array<ArrayBuffer>,
  );
  if (typeof result === 'string') throw new Error(result);
  expect(result.entries.map(({ name, bytes }) => [name.length, bytes])).toEqual([
    [7, 1],
    [501, 0],
  ]);
});
