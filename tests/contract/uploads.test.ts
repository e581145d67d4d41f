/** Uploads into the real store: every way in, and what is left of those that fail. */
import fs from 'node:fs';
import { watch } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestHost, type TestHost } from '../support/host.ts';

const GIB = 1024 ** 3;

let subject: TestHost;
let dir: string;
beforeAll(async () => {
  subject = await createTestHost();
  dir = path.join(subject.dir, 'uploads');
  fs.mkdirSync(dir, { recursive: true });
});
afterAll(() => subject[Symbol.asyncDispose]());

const auth = () => ({ authorization: `Bearer ${subject.token}` });
const post = (body: BodyInit, headers: Record<string, string> = {}, query = '') =>
  fetch(`${subject.url}/v1/uploads${query}`, { method: 'POST', headers: { ...auth(), ...headers }, body });
/** Rows of uploads, which count for their caller. */
const rows = (): number => {
  const db = new Database(path.join(subject.dir, 'tabagent.db'), { readonly: true });
  try {
    return db.prepare<[], { n: number }>('SELECT count(*) AS n FROM upload').get()?.n ?? -1;
  } finally {
    db.close();
  }
};
const announce = async (more: { bytes?: number } = {}) =>
  (await subject.host.client.call('uploads_create', { name: 'a.bin', mime: 'text/plain', ...more })) as unknown as {
    upload_id: string;
    put_url: string;
  };
interface Stored {
  upload_id: string;
  bytes: number;
  sha256: string;
}

test('by ticket: one PUT, and the same bytes on the disk', async () => {
  const { upload_id, put_url } = await announce();
  const elsewhere = put_url.replace(upload_id, `upl_${'0'.repeat(26)}`);
  expect((await fetch(elsewhere, { method: 'PUT', body: 'x' })).status).toBe(401);
  const first = await fetch(put_url, { method: 'PUT', body: 'by ticket' });
  expect(first.status).toBe(201);
  expect((await first.json()) as Stored).toMatchObject({ upload_id, bytes: 9 });
  expect(fs.readFileSync(path.join(dir, upload_id), 'utf8')).toBe('by ticket');
  const second = await fetch(put_url, { method: 'PUT', body: 'again' });
  expect(second.status).toBe(401);
  expect(await second.json()).toMatchObject({ code: 'unauthorized', instance: `/v1/uploads/${upload_id}` });
  expect(fs.readFileSync(path.join(dir, upload_id), 'utf8')).toBe('by ticket');
});

test('in a form and raw: the whole file, of more than a JSON body may have', async () => {
  const bytes = Buffer.alloc(5 * 1024 * 1024, 'tab');
  const form = new FormData();
  form.set('note', 'ignored');
  form.set('file', new Blob([bytes]), 'form.bin');
  for (const response of [await post(form), await post(bytes, { 'content-type': 'application/json' }, '?name=a.bin')]) {
    expect(response.status).toBe(201);
    const { upload_id } = (await response.json()) as Stored;
    expect(fs.readFileSync(path.join(dir, upload_id)).equals(bytes)).toBe(true);
  }
});

// Catches failures of the client that are answered, and logged, as internal errors.
test.each([
  ['a form without a file', 'multipart/form-data; boundary=b', '--b--\r\n'],
  ['a form without a boundary', 'multipart/form-data', 'x'],
  [
    'a form that ends in the middle',
    'multipart/form-data; boundary=b',
    '--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nhalf',
  ],
  [
    'a form with a field too many',
    'multipart/form-data; boundary=b',
    `${Array.from({ length: 21 }, (_, n) => `--b\r\ncontent-disposition: form-data; name="f${n}"\r\n\r\nx\r\n`).join('')}--b--\r\n`,
  ],
])('%s is refused and leaves nothing', async (_name, type, body) => {
  const before = fs.readdirSync(dir);
  const rowsBefore = rows();
  const response = await post(body, { 'content-type': type });
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(fs.readdirSync(dir)).toEqual(before);
  expect(rows()).toBe(rowsBefore);
});

// Would catch: a row for each upload that was refused half-way, a thousand of which lock their caller out for a day.
test('by ticket: what is not a file, or larger than announced, takes its announcement with it', async () => {
  const before = rows();
  const form = await fetch((await announce()).put_url, {
    method: 'PUT',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
    body: '--b--\r\n',
  });
  expect(form.status).toBe(400);
  expect(rows()).toBe(before);
  const { put_url } = await announce({ bytes: 3 });
  expect((await fetch(put_url, { method: 'PUT', body: 'four' })).status).toBe(413);
  expect(rows()).toBe(before);
});

// Catches an announced length that one request in place of two says, and that nobody looks at.
test('in one request: what is longer than its announcement is refused, and leaves nothing', async () => {
  const [count, files] = [rows(), fs.readdirSync(dir)];
  const long = await post('four', { 'content-type': 'text/plain' }, '?name=a&bytes=3');
  expect([long.status, await long.json()]).toMatchObject([413, { code: 'payload_too_large', limit_bytes: 3 }]);
  const form = new FormData();
  form.append('file', new Blob(['four']), 'a');
  expect((await post(form, {}, '?bytes=3')).status).toBe(413);
  expect((await post('four', { 'content-type': 'text/plain' }, '?bytes=many')).status).toBe(400);
  expect([rows(), fs.readdirSync(dir)]).toEqual([count, files]);
  expect((await post('four', { 'content-type': 'text/plain' }, '?bytes=4')).status).toBe(201);
});

describe('too large', () => {
  // Catches 2 GiB that are written to the disk only to be refused.
  test.each([
    ['raw', 'POST', 'application/octet-stream', 2 * GIB + 1],
    ['in a form', 'POST', 'multipart/form-data; boundary=b', 3 * GIB],
    ['by ticket', 'PUT', 'application/octet-stream', 2 * GIB + 1],
  ])('%s: 413 with the limit before a byte is read', async (_name, method, type, length) => {
    const before = fs.readdirSync(dir);
    const address = method === 'PUT' ? (await announce()).put_url : `${subject.url}/v1/uploads`;
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const headers = { ...auth(), 'content-type': type, 'content-length': String(length) };
    const call = http.request(address, { method, headers }, resolve);
    call.on('error', reject);
    call.flushHeaders();
    const response = await promise;
    let text = '';
    for await (const chunk of response) text += String(chunk);
    expect(response.statusCode).toBe(413);
    expect(JSON.parse(text)).toMatchObject({ code: 'payload_too_large', limit_bytes: 2 * GIB });
    expect(fs.readdirSync(dir)).toEqual(before);
    call.destroy();
  });
});

describe('broken off half-way', () => {
  const FORM_HEAD = '--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n';

  // Catches partial files that fill the disk, one for every time the network fails, and rows that count for their caller until tomorrow.
  test.each([
    ['raw', 'POST', 'application/octet-stream', ''],
    ['in a form', 'POST', 'multipart/form-data; boundary=b', FORM_HEAD],
    ['by ticket', 'PUT', 'application/octet-stream', ''],
  ])('%s: nothing is left', async (_name, method, type, head) => {
    const before = fs.readdirSync(dir).sort();
    const rowsBefore = rows();
    const address = method === 'PUT' ? (await announce()).put_url : `${subject.url}/v1/uploads`;
    const controller = new AbortController();
    const changes = watch(dir, { signal: controller.signal });
    const headers = { ...auth(), 'content-type': type, 'content-length': String(1024 * 1024) };
    const call = http.request(address, { method, headers });
    call.on('error', () => {});
    call.write(head + 'x'.repeat(200_000));
    let begun = false;
    for await (const _change of changes) {
      const now = fs.readdirSync(dir).sort();
      if (!begun && now.length > before.length) {
        begun = true;
        call.destroy();
      } else if (begun && now.length <= before.length) {
        expect(now).toEqual(before);
        break;
      }
    }
    controller.abort();
    expect((await fetch(`${subject.url}/v1/health`)).status).toBe(200);
    await expect.poll(rows).toBe(rowsBefore);
  });
});
