/** Requests that announce no body at all, at every address: Node gives them a stream that has ended before anybody reads it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contract } from '../../../src/contract/index.ts';
import { httpRoutes } from '../../../src/main/doors/http/pages/routes-list.ts';
import { openTestDoors, type TestDoors } from '../../support/doors.ts';
import { httpClient } from './client.ts';

let doors: TestDoors;
let key: string;
beforeAll(async () => {
  doors = await openTestDoors({ record: false });
  key = doors.key('admin', ['models', 'automation', 'host']);
});
afterAll(() => doors[Symbol.asyncDispose]());
const { raw } = httpClient(() => ({ url: doors.url, key }));

const TYPES = [
  undefined,
  'application/json',
  'text/plain',
  'application/octet-stream',
  'multipart/form-data; boundary=x',
];
const writing = httpRoutes(contract).filter(({ method }) => method !== 'GET');

// Would catch: a reader that waits for the end of a stream that has ended, so that the request is never answered.
test.for(writing)('$method $path', async ({ method, path }) => {
  for (const type of TYPES) {
    const head = [
      `${method} ${path.replaceAll(/\{\w+\}/g, 'none')} HTTP/1.1`,
      `Host: 127.0.0.1:${new URL(doors.url).port}`,
      `X-Api-Key: ${key}`,
      ...(type === undefined ? [] : [`Content-Type: ${type}`]),
      'Connection: close',
    ];
    expect(await raw(`${head.join('\r\n')}\r\n\r\n`), type).toMatch(/^HTTP\/1\.1 [2-5]\d\d /);
  }
});
