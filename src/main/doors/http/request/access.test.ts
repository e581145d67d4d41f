import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { openTestCore, type TestCore } from '../../../../../tests/support/core.ts';
import { call, type Operation } from '../../../../contract/kernel/define.ts';
import { createAccess } from './access.ts';

const EXTENSION = `chrome-extension://${'a'.repeat(32)}`;
const at = (path: string, anyExtension: boolean): Operation =>
  call(z.object({}), z.object({}), {
    row: '-',
    summary: '',
    tags: [],
    scope: 'read',
    area: 'any',
    anyExtension,
    http: { method: 'POST', path },
  });

let core: TestCore;
afterEach(() => core[Symbol.dispose]());

// An extension that is not paired yet has to reach the operation that pairs it, and nothing else.
test('an unknown extension reaches only what is open to any extension', () => {
  core = openTestCore();
  const access = createAccess(core.settings, { claim: at('/v1/claim', true), other: at('/v1/other', false) });
  access.setPort(8080);
  const refusalOf = (origin: string, path: string) => access.refusal('127.0.0.1:8080', origin, path)?.slug;
  expect(refusalOf(EXTENSION, '/v1/claim')).toBeUndefined();
  expect(refusalOf(EXTENSION, '/v1/other')).toBe('origin-not-allowed');
  expect(refusalOf('https://evil.test', '/v1/claim')).toBe('origin-not-allowed');
  access.dispose();
});
