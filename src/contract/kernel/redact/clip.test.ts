import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clip, clipBytes, clipEnd } from './clip.ts';
import { createRedactor, REDACTED } from './redact.ts';

const redactor = createRedactor(['hunter22']);
const text = fc.array(fc.constantFrom('a', 'ü', '€', '\u{1f600}', 'hunter22', '\ud800'), { maxLength: 30 });

// Catches a cut through a secret, through a character, or at another place than the limit.
test('a cut keeps as much as fits, of whole characters, and nothing of a secret', () => {
  fc.assert(
    fc.property(text, fc.nat(60), (parts, limit) => {
      const whole = parts.join('');
      const clean = whole.replaceAll('hunter22', REDACTED);
      const [head, tail, bytes] = [clip, clipEnd, clipBytes].map((cut) => cut(redactor, whole, limit));
      expect(clean.startsWith(head ?? '-') && clean.endsWith(tail ?? '-') && clean.startsWith(bytes ?? '-')).toBe(true);
      for (const kept of [head, tail]) {
        expect(kept?.length).toBeLessThanOrEqual(limit);
        expect(kept?.length).toBeGreaterThanOrEqual(Math.min(limit, clean.length) - 1);
      }
      expect(Buffer.byteLength(bytes ?? '')).toBeLessThanOrEqual(limit);
      expect(Buffer.byteLength(bytes ?? '')).toBeGreaterThanOrEqual(Math.min(limit, Buffer.byteLength(clean)) - 3);
      if (clean.isWellFormed())
        expect([head, tail, bytes].map((kept) => kept?.isWellFormed())).toEqual([true, true, true]);
    }),
  );
});

test('a mark says that something is missing', () => {
  expect([3, 4, 5].map((limit) => clip(redactor, 'abcd', limit, '…'))).toEqual(['abc…', 'abcd', 'abcd']);
});
