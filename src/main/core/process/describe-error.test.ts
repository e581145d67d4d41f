import { expect, test } from 'vitest';
import { createRedactor } from '../../../contract/kernel/redact/redact.ts';
import { describeError } from './describe-error.ts';

// Catches a secret in a crash report or the log that was cut before it could be found there.
test('what is said of an error is redacted before it is cut', () => {
  const secret = 'S3CR3T-marker-Qx7Zp0Lm4Nn8Vb2Ty6Rw1Ks5Hd9';
  const long = (limit: number) => 'a'.repeat(limit - secret.length + 1) + secret;
  const error = new Error(long(16_384), { cause: long(16_384) });
  error.name = long(200);
  error.stack = long(16_384);
  const said = describeError(error, createRedactor([secret]).text);
  expect(JSON.stringify(said)).not.toContain(secret.slice(0, 8));
  expect(said.message).toMatch(/^a+\[redacted\]$/);
});

test('whatever is thrown can be described', () => {
  const hostile = {
    get message() {
      throw new Error('no');
    },
    toString: null,
  };
  for (const thrown of [
    undefined,
    null,
    1,
    'text',
    Object.create(null),
    hostile,
    new Proxy({}, { get: () => hostile }),
  ])
    expect(describeError(thrown, (text) => text).name).toEqual(expect.any(String));
});
