import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ANY_TYPE, parseMediaType } from './media-type.ts';

/** UTF-16 units of any kind, lone surrogates too. */
const anyText = fc.array(fc.nat(0xffff), { maxLength: 40 }).map((units) => String.fromCharCode(...units));

test.each([
  ['text/html', 'text/html'],
  [' Text/HTML ; Charset="UTF-8"', 'text/html; charset=utf-8'],
  ['image/svg+xml', 'image/svg+xml'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'keep'],
  ['text/html;charset=utf-7', 'text/html'],
  ['text/csv; header=present; charset=windows-1252', 'text/csv; charset=windows-1252'],
  ['multipart/form-data; boundary=a-secret', 'multipart/form-data'],
  ['application/pdf,text/html', ANY_TYPE],
  ['text/html\r\nx-evil: 1', ANY_TYPE],
  ['text/x\u0000', ANY_TYPE],
  ['text/€', ANY_TYPE],
  ['\ud800/x', ANY_TYPE],
  ['text/[redacted]', ANY_TYPE],
  ['text', ANY_TYPE],
  ['', ANY_TYPE],
  [`text/${'x'.repeat(200)}`, ANY_TYPE],
])('%j is sent as %s', (given, expected) => {
  expect(parseMediaType(given)).toBe(expected === 'keep' ? given : expected);
});

// Catches a type that a header cannot hold, or that changes when it is parsed again by whoever keeps it.
test('whatever comes is a header value, and the same the second time', () => {
  const hostile = fc.oneof(
    anyText,
    fc.stringMatching(/^[\w/;= "\r\n+.-]{0,40}$/),
    fc.stringMatching(/^text\/[a-z]{1,5};charset=.{0,9}$/u),
  );
  fc.assert(
    fc.property(hostile, (given) => {
      const type = parseMediaType(given);
      expect(type).toMatch(/^[\x21-\x7e]+\/[\x21-\x7e]+(; charset=[\w-]+)?$/);
      expect(parseMediaType(type)).toBe(type);
    }),
  );
});
