import fc from 'fast-check';
import { expect, test } from 'vitest';
import { artifactName } from './artifact-name.ts';

// Catches a name that leaves its folder, is a device, reads backwards, or that the host would keep as another one than the executor wrote.
test('a name is safe on every system, within its length, and stays as it is from then on', () => {
  const part = fc.constantFrom(
    '\u202e',
    '\ud800',
    '\r\n',
    '/',
    '..',
    '.',
    ' ',
    'con',
    '\u{1f600}',
    '\u2028',
    'é',
    'x'.repeat(50),
  );
  const names = fc.oneof(
    // UTF-16 units of any kind, lone surrogates too.
    fc.array(fc.nat(0xffff), { maxLength: 300 }).map((units) => String.fromCharCode(...units)),
    fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(names, (given) => {
      const name = artifactName(given, 120);
      expect(name).toMatch(
        /^[^\\/:*?"<>|\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+$/u,
      );
      expect(name).not.toMatch(/^\.|[. ]$/);
      expect(name).not.toMatch(/^(con|prn|aux|nul)(\.|$)/i);
      expect(name.length).toBeLessThanOrEqual(121);
      expect(artifactName(name)).toBe(name);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['../../etc/passwd', '_.._etc_passwd'],
  ['CON.txt', '_CON.txt'],
  ['', 'file'],
  ['..', 'file'],
  ['report.tar.gz', 'report.tar.gz'],
  ['\u202egpj.exe', '_gpj.exe'],
  ['a\r\nb.txt', 'a_b.txt'],
  ['\ud800x', '_x'],
])('%j is kept as %s', (given, expected) => {
  expect(artifactName(given)).toBe(expected);
});
