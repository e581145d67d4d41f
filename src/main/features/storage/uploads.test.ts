import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import { createStorageStore } from './store.ts';
import { createUploads } from './uploads.ts';

let core: TestCore;
let dir: string;
let uploads: ReturnType<typeof createUploads>;
beforeEach(() => {
  core = openTestCore();
  dir = path.join(core.dir, 'uploads');
  uploads = createUploads(createStorageStore(core.db, core.events), core.clock, dir);
});
afterEach(() => core[Symbol.dispose]());

const begin = (bytes?: number, principal = 'p') =>
  uploads.begin({ name: '../../etc/passwd', mime: 'text/plain', principal, bytes }).id;
const files = () => (fs.existsSync(dir) ? fs.readdirSync(dir) : []);
const never = new AbortController().signal;

test('the bytes are stored under the id, never under the name, with their size and hash', async () => {
  const id = begin();
  const bytes = randomBytes(300_000);
  const upload = await uploads.write(id, Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  expect(upload).toMatchObject({ upload_id: id, bytes: 300_000, sha256 });
  expect(files()).toEqual([id]);
  expect(fs.readFileSync(path.join(dir, id)).equals(bytes)).toBe(true);
  if (process.platform !== 'win32') expect(fs.statSync(path.join(dir, id)).mode & 0o777).toBe(0o600);
});

test('an upload without a byte is complete', async () => {
  const id = begin();
  expect(await uploads.write(id, Readable.from([]))).toMatchObject({ bytes: 0 });
  await expect(uploads.write(id, Readable.from(['late']))).rejects.toMatchObject({
    slug: 'invalid-state',
    extra: { actual: 'complete' },
  });
  expect(fs.statSync(path.join(dir, id)).size).toBe(0);
});

// Catches announcements of a host that was killed, which count for their caller until tomorrow though their tickets are gone.
test('announcements whose bytes have not come go at the next start, and stored files stay', async () => {
  const stored = begin();
  await uploads.write(stored, Readable.from(['x']));
  const announced = begin();
  createStorageStore(core.db, core.events).removeAnnounced();
  expect(core.db.raw.prepare('SELECT id FROM upload').all()).toEqual([{ id: stored }]);
  await expect(uploads.write(announced, Readable.from(['x']))).rejects.toMatchObject({ slug: 'not-found' });
});

test('what was not announced is not stored', async () => {
  const unknown = begin();
  core.db.raw.exec('DELETE FROM upload');
  await expect(uploads.write(unknown, Readable.from(['x']))).rejects.toMatchObject({ slug: 'not-found' });
  expect(files()).toEqual([]);
});

// Would catch: a client that lost its connection and can neither go on nor start again, or a half file that counts as whole.
test('a stream that breaks leaves nothing behind, and the bytes may be sent again', async () => {
  const id = begin();
  const broken = new PassThrough();
  const writing = uploads.write(id, broken);
  broken.write(randomBytes(100_000));
  broken.destroy(new Error('connection reset'));
  await expect(writing).rejects.toThrow('connection reset');
  expect(files()).toEqual([]);
  expect(await uploads.write(id, Readable.from(['whole']))).toMatchObject({ bytes: 5 });
});

// Would catch: a caller that takes back what is stored, or what another request is storing.
test('an announcement is taken back while no byte of it is stored or comes', async () => {
  const rows = () => core.db.raw.prepare<[], { id: string }>('SELECT id FROM upload').all();
  const id = begin();
  const stream = new PassThrough();
  const writing = uploads.write(id, stream);
  uploads.forget(id);
  stream.end('whole');
  await writing;
  uploads.forget(id);
  expect(rows()).toEqual([{ id }]);
  uploads.forget(begin());
  expect(rows()).toEqual([{ id }]);
});

// Would catch: a file without a row, which nothing removes.
test('a file whose row could not be completed goes', async () => {
  const store = createStorageStore(core.db, core.events);
  const full = () => {
    throw new Error('database or disk is full');
  };
  const refused = createUploads({ ...store, completeUpload: full }, core.clock, dir);
  const { id } = refused.begin({ name: 'a', mime: 'text/plain', principal: 'p' });
  await expect(refused.write(id, Readable.from(['whole']))).rejects.toThrow('full');
  expect(files()).toEqual([]);
});

// Would catch: two streams mixed into one file whose hash fits neither.
test('bytes that come a second time while the first are arriving are refused, and the first are whole', async () => {
  const id = begin();
  const first = new PassThrough();
  const writing = uploads.write(id, first);
  first.write('fi');
  await expect(uploads.write(id, Readable.from(['second']))).rejects.toMatchObject({
    slug: 'invalid-state',
    extra: { actual: 'writing' },
  });
  first.end('rst');
  expect(await writing).toMatchObject({ bytes: 5 });
  expect(fs.readFileSync(path.join(dir, id), 'utf8')).toBe('first');
});

// Would catch: an announced length that nobody looks at, so that any number of files of two gigabytes fills the disk.
test('no more bytes are taken than were announced, and what was refused leaves nothing', async () => {
  await expect(uploads.write(begin(3), Readable.from(['four']))).rejects.toMatchObject({
    slug: 'payload-too-large',
    extra: { limit_bytes: 3 },
  });
  expect(files()).toEqual([]);
  expect(await uploads.write(begin(4), Readable.from(['four']))).toMatchObject({ bytes: 4 });
});

// Would catch: one caller that fills the disk with files that nobody uses.
test('a caller has a share of its own, in bytes and in number; another one still gets in', async () => {
  const id = begin();
  core.db.raw.prepare('UPDATE upload SET bytes = ?, sha256 = ? WHERE id = ?').run(8 * 1024 ** 3 - 2, 'x', id);
  await expect(uploads.write(begin(), Readable.from(['four']))).rejects.toMatchObject({
    slug: 'resource-limit-exceeded',
    extra: { resource: 'upload_bytes' },
  });
  expect(() => begin(3)).toThrow(expect.objectContaining({ slug: 'resource-limit-exceeded' }));
  expect(await uploads.write(begin(undefined, 'other'), Readable.from(['four']))).toMatchObject({ bytes: 4 });
  core.db.raw.exec('UPDATE upload SET bytes = 0');
  // Would catch: many at once that each count what is stored, and nothing of each other.
  const streams = [1, 2, 3, 4].map(() => new PassThrough());
  const arriving = streams.map((stream) => uploads.write(begin(), stream));
  await expect(uploads.write(begin(), Readable.from(['fifth']))).rejects.toMatchObject({
    slug: 'resource-limit-exceeded',
  });
  for (const stream of streams) stream.end('done');
  await Promise.all(arriving);
  const rest =
    1000 -
    Number(Object.values(core.db.raw.prepare("SELECT count(*) FROM upload WHERE principal = 'p'").get() ?? {})[0]);
  for (let n = 0; n < rest; n++) begin();
  expect(() => begin()).toThrow(expect.objectContaining({ extra: expect.objectContaining({ resource: 'uploads' }) }));
});

// Would catch: many uploads at once that each fit the disk, and fill it together; and one slow upload whose possible length keeps others out.
test('the room of the disk is looked at while bytes arrive', async () => {
  let room = 20 * 1024 ** 2;
  const store = createStorageStore(core.db, core.events);
  const narrow = createUploads(store, core.clock, dir, () => room);
  const announce = (bytes?: number) => narrow.begin({ name: 'a', mime: 'text/plain', principal: 'p', bytes }).id;
  const slow = new PassThrough();
  const waiting = narrow.write(announce(), slow);
  slow.write('first');
  expect(await narrow.write(announce(), Readable.from(['small']))).toMatchObject({ bytes: 5 });
  await expect(narrow.write(announce(21 * 1024 ** 2), Readable.from(['large']))).rejects.toMatchObject({
    slug: 'storage-full',
  });
  room = -1;
  const refused = expect(waiting).rejects.toMatchObject({ slug: 'storage-full', extra: { free_bytes: 0 } });
  slow.end(Buffer.alloc(9 * 1024 ** 2));
  await refused;
});

// Would catch: files that stay for ever after a host that was killed in the middle of an upload.
test('what has expired is removed with the part of a stream that was cut off; what has not stays', async () => {
  const old = begin();
  const cut = begin();
  await uploads.write(old, Readable.from(['old']));
  fs.writeFileSync(path.join(dir, `${cut}.part`), 'half');
  core.clock.advance(24 * 3_600_000);
  const fresh = begin();
  await uploads.write(fresh, Readable.from(['fresh']));
  await uploads.prune(never);
  expect(files().sort()).toEqual([old, `${cut}.part`, fresh].sort());
  core.clock.advance(1);
  await uploads.prune(AbortSignal.abort());
  expect(files()).toHaveLength(3);
  await uploads.prune(never);
  expect(files()).toEqual([fresh]);
  expect(core.db.raw.prepare('SELECT count(*) AS n FROM upload').get()).toEqual({ n: 1 });
});

// Would catch: an internal error for an upload that takes longer than one may lie unused, because its file was swept away under it.
test('what is arriving is not swept away, and goes when it has arrived', async () => {
  const id = begin();
  async function* slow() {
    yield 'first';
    await expect.poll(files).toHaveLength(1);
    core.clock.advance(25 * 3_600_000);
    await uploads.prune(never);
    yield 'second';
  }
  expect(await uploads.write(id, Readable.from(slow()))).toMatchObject({ upload_id: id, bytes: 11 });
  expect(files()).toEqual([id]);
  await uploads.prune(never);
  expect(files()).toEqual([]);
});
