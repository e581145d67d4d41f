/** Bytes: content of artifacts, ranges, tickets, uploads. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manualClock } from '../../support/core.ts';
import { addArtifact, OPERATOR, openTestDoors, type TestDoors } from '../../support/doors.ts';
import { httpClient } from './client.ts';

const ARTIFACT = `art_${'0'.repeat(26)}`;
/** One with a name of ASCII letters. */
const PLAIN = `art_${'2'.repeat(26)}`;
const REQUEST_ID = '0193a5c6-5d0e-7b3a-9c54-1f2e3d4c5b6a';
const clock = manualClock();
let subject: TestDoors;
let key: string;
const { call, send } = httpClient(() => ({ url: subject.url, key }));

beforeAll(async () => {
  subject = await openTestDoors({ clock });
  key = subject.key('admin', ['models', 'automation', 'host']);
  addArtifact(subject, ARTIFACT, 'naïve "report".txt', '0123456789', 'text/plain');
  addArtifact(subject, PLAIN, 'report.txt', '0123456789', 'text/plain');
});
afterAll(() => subject[Symbol.asyncDispose]());

describe('bytes', () => {
  const content = (headers: Record<string, string> = {}, query = '') =>
    call('GET', `/v1/artifacts/${ARTIFACT}/content${query}`, { headers });

  test('artifacts: whole, in ranges, unchanged, always for saving', async () => {
    const whole = await content();
    expect([whole.status, whole.text]).toEqual([200, '0123456789']);
    expect(whole.headers.get('content-disposition')).toBe(
      `attachment; filename="na_ve _report_.txt"; filename*=UTF-8''na%C3%AFve%20%22report%22.txt`,
    );
    expect(whole.headers.get('content-security-policy')).toContain('sandbox');
    const part = await content({ range: 'bytes=2-4' });
    expect([part.status, part.text, part.headers.get('content-range')]).toEqual([206, '234', 'bytes 2-4/10']);
    expect((await content({ range: 'bytes=-3' })).text).toBe('789');
    expect((await content({ range: 'bytes=99-' })).status).toBe(416);
    expect((await content({ 'if-none-match': whole.headers.get('etag') ?? '' })).status).toBe(304);
    expect((await call('GET', `/v1/artifacts/art_${'1'.repeat(26)}/content`)).json).toMatchObject({
      code: 'not_found',
    });
  });

  test('a ticket opens one artifact once, without a key', async () => {
    const result = await subject.doors.dispatcher.dispatch(
      'artifacts_content',
      { id: ARTIFACT },
      {
        principal: OPERATOR,
        door: 'ipc',
        signal: new AbortController().signal,
        requestId: REQUEST_ID,
        remote: 'local',
      },
    );
    const { url } = (result.kind === 'value' ? result.value : {}) as { url: string };
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\/artifacts\/art_0+\/content\?ticket=[\w-]{43}$/);
    expect((await fetch(url.replace(ARTIFACT, `art_${'1'.repeat(26)}`))).status).toBe(401);
    const first = await fetch(url);
    expect([first.status, await first.text()]).toEqual([200, '0123456789']);
    expect((await fetch(url)).status).toBe(401);
  });

  test('uploads: multipart, raw, and PUT with a ticket', async () => {
    const form = new FormData();
    form.set('file', new Blob(['from a form']), 'form.txt');
    const multipart = await fetch(`${subject.url}/v1/uploads`, {
      method: 'POST',
      headers: { 'x-api-key': key },
      body: form,
    });
    expect(multipart.status).toBe(201);
    const { upload_id: formId } = (await multipart.json()) as { upload_id: string };
    expect(subject.uploads.get(formId)?.toString()).toBe('from a form');
    const plain = await call('POST', '/v1/uploads?name=raw.bin', {
      body: Buffer.from('raw bytes'),
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(subject.uploads.get(plain.json.upload_id)?.toString()).toBe('raw bytes');
    expect(
      (await call('PUT', `/v1/uploads/${formId}?ticket=${'x'.repeat(43)}`, { body: Buffer.from('x') })).status,
    ).toBe(401);
    expect((await fetch(`${subject.url}/v1/uploads`, { method: 'POST', body: 'x' })).status).toBe(401);
  });
});

// Catches a type that no header can hold: the answer was 500, or had a header of the server that the type came from.
test.each([
  ['text/html\r\nx-evil: 1', 'application/octet-stream'],
  ['text/€', 'application/octet-stream'],
  ['text/x\0', 'application/octet-stream'],
  ['\ud800/x', 'application/octet-stream'],
  ['', 'application/octet-stream'],
  ['Text/CSV; charset=UTF-8; header=present', 'text/csv; charset=utf-8'],
])('content of the type %j is sent as %s', async (mime, sent) => {
  const id = `art_${String(Buffer.from(mime).length).padStart(26, '3')}`;
  addArtifact(subject, id, '\ud800\u202egpj.exe\r\n', '0123456789', mime);
  const answer = await call('GET', `/v1/artifacts/${id}/content`);
  expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([200, '0123456789', sent]);
  expect(answer.headers.get('x-evil')).toBeNull();
});

describe('content of an artifact', () => {
  const path = `/v1/artifacts/${PLAIN}/content`;

  test('HEAD tells its size and takes no range', async () => {
    const head = await send('HEAD', path, { range: 'bytes=2-4' });
    expect(head.status).toBe(200);
    expect(head.headers).toMatchObject({
      'content-length': '10',
      'accept-ranges': 'bytes',
      'content-type': 'text/plain',
    });
    expect(head.headers['content-disposition']).toContain('attachment; filename="report.txt"');
    expect(head.body.length).toBe(0);
  });

  test('ranges: open, cut at the end, outside, unreadable, several, of another version', async () => {
    const get = async (range: string, more: Record<string, string> = {}) => {
      const { status, headers, body } = await send('GET', path, { range, ...more });
      return [status, headers['content-range'], status === 416 ? '' : body.toString()];
    };
    expect(await get('bytes=7-')).toEqual([206, 'bytes 7-9/10', '789']);
    expect(await get('bytes=8-99')).toEqual([206, 'bytes 8-9/10', '89']);
    expect(await get('bytes=10-')).toEqual([416, 'bytes */10', '']);
    expect(await get('bytes=-0')).toEqual([416, 'bytes */10', '']);
    for (const whole of ['bytes=5-2', 'lines=1-2', 'bytes=0-1,4-5', 'bytes=x'])
      expect(await get(whole)).toEqual([200, undefined, '0123456789']);
    const etag = (await send('HEAD', path)).headers.etag ?? '';
    expect(await get('bytes=0-0', { 'if-range': etag })).toEqual([206, 'bytes 0-0/10', '0']);
    expect(await get('bytes=0-0', { 'if-range': '"old"' })).toEqual([200, undefined, '0123456789']);
  });

  test('a ticket lasts five minutes, and a wrong one opens nothing', async () => {
    const issue = async () => {
      const result = await subject.doors.dispatcher.dispatch(
        'artifacts_content',
        { id: PLAIN },
        {
          principal: OPERATOR,
          door: 'ipc',
          signal: new AbortController().signal,
          requestId: REQUEST_ID,
          remote: 'local',
        },
      );
      return ((result.kind === 'value' ? result.value : {}) as { url: string }).url;
    };
    const inTime = await issue();
    clock.advance(5 * 60_000 - 1);
    expect((await fetch(inTime)).status).toBe(200);
    const late = await issue();
    clock.advance(5 * 60_000);
    expect((await fetch(late)).status).toBe(401);
    const wrong = await fetch(`${subject.url}${path}?ticket=${'x'.repeat(43)}`, { headers: { 'x-api-key': key } });
    expect(wrong.status).toBe(401);
    expect(await wrong.json()).toMatchObject({ code: 'unauthorized', instance: path });
    // A ticket for bytes is no ticket for anything else.
    const { search } = new URL(await issue());
    expect((await fetch(`${subject.url}/v1/artifacts/${PLAIN}${search}`)).status).toBe(401);
  });
});
