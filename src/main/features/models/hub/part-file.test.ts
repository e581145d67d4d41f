/** A download on the disk: ranges, the note beside it, and what becomes of both after a crash. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bytesThere, openPart, removePart } from './part-file.ts';

const MIB = 1024 * 1024;
let root: string;
let file: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-part-'));
  file = path.join(root, 'owner', 'repo', 'm.gguf');
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

const note = () => `${file}.part-state`;
const bytes = (length: number, value: number) => Buffer.alloc(length, value);

describe('ranges', () => {
  test.each([
    [1, 16, 1],
    [31 * MIB, 4, 1],
    [32 * MIB, 4, 2],
    [200 * MIB, 4, 4],
    [200 * MIB + 1, 3, 3],
  ])('%i bytes by %i connections are %i ranges without a hole', async (length, connections, count) => {
    const part = await openPart(root, file, length, connections);
    expect(part.ranges).toHaveLength(count);
    expect(part.ranges[0]?.start).toBe(0);
    expect(part.ranges.at(-1)?.end).toBe(length);
    for (const [index, range] of part.ranges.entries())
      expect(range.start).toBe(index === 0 ? 0 : part.ranges[index - 1]?.end);
    await part.close();
  });

  // Catches pieces of two connections that are written behind each other.
  test('are written at their own places', async () => {
    const part = await openPart(root, file, 32 * MIB, 2);
    const [first, second] = part.ranges;
    if (!first || !second) throw new Error('two ranges are needed');
    await part.write(second, bytes(3, 2));
    await part.write(first, bytes(3, 1));
    await part.write(second, bytes(3, 3));
    expect(part.done()).toBe(9);
    await part.close();
    const there = fs.readFileSync(`${file}.part`);
    expect([...there.subarray(0, 3)]).toEqual([1, 1, 1]);
    expect([...there.subarray(16 * MIB)]).toEqual([2, 2, 2, 3, 3, 3]);
  });
});

describe('after the host was stopped', () => {
  test('it goes on where each range was, whatever the number of connections is now', async () => {
    const part = await openPart(root, file, 32 * MIB, 2);
    const [, second] = part.ranges;
    if (second) await part.write(second, bytes(1000, 1));
    await part.name('"abc"');
    await part.close();
    expect(bytesThere(root, file, 32 * MIB)).toBe(1000);
    const again = await openPart(root, file, 32 * MIB, 8);
    expect([again.etag, again.done(), again.ranges.length]).toEqual(['"abc"', 1000, 2]);
    await again.close();
  });

  // Catches the end of a longer note that is left behind a shorter one: the note would be no JSON any more.
  test('the note can be read after it has become shorter', async () => {
    const part = await openPart(root, file, 100, 1);
    await part.name(`"${'x'.repeat(500)}"`);
    await part.reset(null);
    await part.close();
    expect(JSON.parse(fs.readFileSync(note(), 'utf8'))).toMatchObject({ etag: null });
  });

  test.each([
    ['of another length', { bytes: 99, etag: null, ranges: [{ start: 0, at: 10, end: 99 }] }],
    ['that promises more than the file holds', { bytes: 100, etag: null, ranges: [{ start: 0, at: 90, end: 100 }] }],
    ['whose range ends behind the file', { bytes: 100, etag: null, ranges: [{ start: 0, at: 10, end: 101 }] }],
    ['whose range goes back', { bytes: 100, etag: null, ranges: [{ start: 20, at: 10, end: 100 }] }],
    ['of another form', { done: 50 }],
  ])('a note %s is not believed: it begins anew', async (_what, state) => {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(`${file}.part`, bytes(50, 1));
    fs.writeFileSync(note(), JSON.stringify(state));
    expect(bytesThere(root, file, 100)).toBe(0);
    const part = await openPart(root, file, 100, 1);
    expect([part.done(), fs.statSync(`${file}.part`).size]).toEqual([0, 0]);
    await part.close();
  });
});

test('when it is finished, the file is there and the note is not', async () => {
  const part = await openPart(root, file, 3, 1);
  const [range] = part.ranges;
  if (range) await part.write(range, bytes(3, 7));
  await part.finish();
  await part.close();
  expect(fs.readdirSync(path.dirname(file))).toEqual(['m.gguf']);
  expect(bytesThere(root, file, 3)).toBe(3);
  expect(bytesThere(root, file, 4)).toBe(0);
});

test('what is discarded leaves nothing, and may be discarded twice', async () => {
  await (await openPart(root, file, 100, 1)).close();
  removePart(root, file);
  removePart(root, file);
  expect(fs.readdirSync(path.dirname(file))).toEqual([]);
});

// Catches a link that was put into the models folder, by which a download overwrites a file elsewhere.
test('a link in place of the part is not followed', async () => {
  const victim = path.join(root, 'victim');
  fs.writeFileSync(victim, 'mine');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.symlinkSync(victim, `${file}.part`);
  const part = await openPart(root, file, 3, 1).catch(() => null);
  const [range] = part?.ranges ?? [];
  if (range) await part?.write(range, bytes(3, 7));
  await part?.close();
  expect(fs.readFileSync(victim, 'utf8')).toBe('mine');
});
