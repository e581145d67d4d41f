import { describe, expect, test } from 'vitest';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { isPreflight } from '../request/cors.ts';
import { rewrite } from '../request/rewrite.ts';
import { matches, rawProblem } from './answer.ts';
import { acceptsCoding } from './coding.ts';
import { fromFramework, fromParser } from './failures.ts';

test.each([
  ['gzip', true],
  ['GZIP', true],
  ['deflate, gzip;q=0.5', true],
  ['*', true],
  ['br', false],
  ['', false],
  ['gzip;q=0', false],
  ['gzip; q=0.000', false],
  ['gzip;q=0.001', true],
  ['*;q=0', false],
  ['xgzip', false],
  ['gzip;q=0, *', false],
  ['*, gzip;q=0', false],
  [undefined, false],
])('Accept-Encoding %j takes gzip: %s', (header, accepted) => {
  expect(acceptsCoding(header, 'gzip')).toBe(accepted);
});

test.each([
  [undefined, '"1"', false],
  ['"1"', '"1"', true],
  ['W/"1"', '"1"', true],
  ['"1"', 'W/"1"', true],
  ['"0", "1" , "2"', '"1"', true],
  ['*', '"1"', true],
  ['"11"', '"1"', false],
  ['1', '"1"', false],
])('If-None-Match %s matches %s: %s', (header, etag, matched) => {
  expect(matches(header, etag)).toBe(matched);
});

// Catches addresses that reach another route than the one they name.
test.each([
  ['/health', '/v1/health'],
  ['/health/?x=1', '/v1/health?x=1'],
  ['/openapi.json', '/api-doc/openapi.json'],
  ['/api/v1/tasks?limit=1', '/v1/tasks?limit=1'],
  ['/api/v1/', '/api/v1'],
  ['/v1/tasks///', '/v1/tasks'],
  ['/', '/'],
  ['//', '/'],
  ['/?a=/health/', '/?a=/health/'],
  ['/panel/', '/panel/'],
  ['/panel/trace-viewer/', '/panel/trace-viewer/'],
  ['/healthy', '/healthy'],
  ['/v1/tasks?next=/v1/tasks/', '/v1/tasks?next=/v1/tasks/'],
])('%s is routed as %s', (sent, routed) => {
  expect(rewrite(sent)).toBe(routed);
});

test('only an OPTIONS with an origin that asks for a method is a preflight', () => {
  const request = (method: string, headers: Record<string, string>) => ({ method, headers }) as never;
  const asked = { origin: 'http://a', 'access-control-request-method': 'POST' };
  expect(isPreflight(request('OPTIONS', asked))).toBe(true);
  expect(isPreflight(request('POST', asked))).toBe(false);
  expect(isPreflight(request('OPTIONS', { origin: 'http://a' }))).toBe(false);
  expect(isPreflight(request('OPTIONS', { 'access-control-request-method': 'POST' }))).toBe(false);
});

describe('failures of the framework', () => {
  test.each([
    [{ code: 'FST_ERR_CTP_BODY_TOO_LARGE' }, 'payload-too-large', 413],
    [{ code: 'FST_REQ_FILE_TOO_LARGE' }, 'payload-too-large', 413],
    [{ code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE' }, 'unsupported-media-type', 415],
    [{ code: 'FST_ERR_BAD_URL' }, 'bad-request', 400],
    [{ code: 'FST_ERR_NEW', statusCode: 414, message: 'Too long' }, 'bad-request', 414],
    [{ statusCode: 503, message: 'a secret' }, 'internal-server-error', 500],
    [new TypeError('a secret'), 'internal-server-error', 500],
    [null, 'internal-server-error', 500],
    ['a secret', 'internal-server-error', 500],
  ])('%o becomes %s', (thrown, slug, status) => {
    const error = fromFramework(thrown, 5);
    expect([error.slug, error.status]).toEqual([slug, status]);
    expect(error.message).not.toContain('secret');
    expect(error.extra).toEqual(
      slug === 'payload-too-large' ? { limit_bytes: 5 } : slug === 'unsupported-media-type' ? expect.anything() : {},
    );
  });

  test('an error of ours stays what it is', () => {
    const error = new AppError('conflict');
    expect(fromFramework(error)).toBe(error);
  });

  test.each([
    ['ECONNRESET', null],
    ['EPIPE', null],
    ['HPE_HEADER_OVERFLOW', 431],
    ['ERR_HTTP_REQUEST_TIMEOUT', 408],
    ['HPE_INVALID_METHOD', 400],
  ])('bytes that are no request, %s, are answered with %s', (code, status) => {
    expect(fromParser(Object.assign(new Error(code), { code }))?.status ?? null).toBe(status);
  });
});

// Catches an answer whose length is counted in characters: the client would wait for the rest, or read into the next answer.
test('a raw answer is complete HTTP whose length counts bytes', () => {
  const text = rawProblem(new AppError('bad-request', 'schöne Grüße \u{1f600}'), { requestId: 'r', instance: '/ü' });
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const [first, ...lines] = head.split('\r\n');
  expect(first).toBe('HTTP/1.1 400 Bad Request');
  const headers = Object.fromEntries(lines.map((line) => line.split(': ')));
  expect(headers).toMatchObject({
    'content-length': String(Buffer.byteLength(body)),
    'content-type': 'application/problem+json; charset=utf-8',
    connection: 'close',
    'x-request-id': 'r',
  });
  expect(JSON.parse(body)).toMatchObject({ detail: 'schöne Grüße \u{1f600}', instance: '/ü', request_id: 'r' });
});
