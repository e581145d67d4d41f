/** The panel's files as a browser takes them: compressed at build, revalidated or kept for ever. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDoors, type TestDoors } from '../../support/doors.ts';
import { httpClient } from './client.ts';

let subject: TestDoors;
const { send } = httpClient(() => ({ url: subject.url, key: '' }));
/** The entry of the panel; its name carries a hash. */
let script: string;

beforeAll(async () => {
  subject = await openTestDoors();
  const page = (await send('GET', '/panel/')).body.toString();
  script = `/panel/${/src="\.\/(assets\/index-[\w-]+\.js)"/.exec(page)?.[1]}`;
});
afterAll(() => subject[Symbol.asyncDispose]());

// Catches a form that does not hold the same bytes, a cache that hands a compressed form to a client that cannot read it, and
// lengths of another form, with which clients wait for ever.
test.each([
  ['br, gzip', 'br', brotliDecompressSync],
  ['gzip, deflate', 'gzip', gunzipSync],
  ['br;q=0, gzip', 'gzip', gunzipSync],
])('Accept-Encoding %j is answered in %s', async (accept, coding, decode) => {
  const plain = await send('GET', script);
  const packed = await send('GET', script, { 'accept-encoding': accept });
  expect(packed.headers).toMatchObject({
    'content-encoding': coding,
    vary: 'Accept-Encoding',
    'content-type': plain.headers['content-type'],
    'content-length': String(packed.body.length),
    'cache-control': 'max-age=31536000, immutable',
  });
  expect(plain.headers).toMatchObject({ vary: 'Accept-Encoding' });
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(packed.headers.etag).not.toBe(plain.headers.etag);
  expect(decode(packed.body).equals(plain.body)).toBe(true);
  expect(packed.body.length).toBeLessThan(plain.body.length);
});

// Catches a 304 with which a cache forgets how the file may be kept, or which form it holds.
test('a form that is known already is answered with 304 and the headers of caching', async () => {
  const packed = await send('GET', script, { 'accept-encoding': 'br' });
  const etag = packed.headers.etag ?? '';
  const again = await send('GET', script, { 'accept-encoding': 'br', 'if-none-match': etag });
  expect([again.status, again.body.length]).toEqual([304, 0]);
  const { 'cache-control': caching, vary } = packed.headers;
  expect(again.headers).toMatchObject({ etag, vary, 'cache-control': caching });
  // The plain form is another one.
  expect((await send('GET', script, { 'if-none-match': etag })).status).toBe(200);
});
