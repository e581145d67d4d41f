/** Copies into the models folder: whole, or not at all. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyInto, requireSpace } from './copy-files.ts';

const SIZE = 3 * 1024 * 1024 + 17;
let dir: string;
let root: string;
let from: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-copy-'));
  root = path.join(dir, 'models');
  fs.mkdirSync(root);
  from = path.join(dir, 'source.gguf');
  fs.writeFileSync(from, Buffer.alloc(SIZE, 'abcdefg'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const to = () => path.join(root, 'local', 'm', 'm.gguf');
const copy = (progress: (bytes: number) => void = () => undefined, signal = new AbortController().signal) =>
  copyInto(root, from, to(), signal, progress);
const left = () => fs.readdirSync(path.dirname(to()));

test('a copy is told piece by piece and is the same in the end', async () => {
  const told: number[] = [];
  await copy((bytes) => told.push(bytes));
  expect(fs.readFileSync(to()).equals(fs.readFileSync(from))).toBe(true);
  expect(told.reduce((sum, bytes) => sum + bytes, 0)).toBe(SIZE);
  expect(told.length).toBeGreaterThan(2);
  expect(left()).toEqual(['m.gguf']);
});

// Catches gigabytes that are copied once more when an import is tried again.
test('what is there already is not copied again', async () => {
  await copy();
  const { mtimeMs, ino } = fs.statSync(to());
  const told: number[] = [];
  await copy((bytes) => told.push(bytes));
  expect([fs.statSync(to()).mtimeMs, fs.statSync(to()).ino, told]).toEqual([mtimeMs, ino, [SIZE]]);
});

test('another file of the name is kept', async () => {
  fs.mkdirSync(path.dirname(to()), { recursive: true });
  fs.writeFileSync(to(), 'mine');
  await expect(copy()).rejects.toMatchObject({ slug: 'conflict' });
  expect(fs.readFileSync(to(), 'utf8')).toBe('mine');
});

test('a copy that is cancelled leaves nothing behind', async () => {
  const abort = new AbortController();
  await expect(copy(() => abort.abort(), abort.signal)).rejects.toMatchObject({ name: 'AbortError' });
  expect(left()).toEqual([]);
});

// Catches a model that is listed although its source was cut off while it was copied.
test('a source that becomes shorter is no model', async () => {
  let first = true;
  const cut = () => {
    if (first) fs.truncateSync(from, 1024);
    first = false;
  };
  await expect(copy(cut)).rejects.toMatchObject({ slug: 'conflict', message: expect.stringContaining('shorter') });
  expect(fs.existsSync(to())).toBe(false);
});

test('what a copy before has left is overwritten', async () => {
  fs.mkdirSync(path.dirname(to()), { recursive: true });
  fs.writeFileSync(`${to()}.part`, 'half of another file');
  await copy();
  expect(fs.readFileSync(to()).equals(fs.readFileSync(from))).toBe(true);
  expect(left()).toEqual(['m.gguf']);
});

// Catches a pipe among the files of a model, on which the host waits for ever.
test('what is no file is refused at once', async () => {
  fs.rmSync(from);
  fs.mkdirSync(from);
  await expect(copy()).rejects.toThrow();
  expect(fs.existsSync(to())).toBe(false);
});

test('more than the disk holds is refused before anything is written, with sizes that people read', async () => {
  await expect(requireSpace(root, 2 ** 60)).rejects.toMatchObject({
    slug: 'storage-full',
    message: expect.stringMatching(/^1048576 TB are needed and [\d.]+ [KMGT]B are free/),
    extra: { path: root, free_bytes: expect.any(Number) },
  });
  await requireSpace(root, 1);
});
