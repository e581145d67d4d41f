import fc from 'fast-check';
import { expect, test } from 'vitest';
import { natural } from '../sorts.ts';
import { naturalKey } from './natural-key.ts';

const sign = (value: number) => Math.sign(value);
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
/** Words, spaces and numbers; how punctuation is ordered differs between languages. */
const names = fc
  .array(
    fc.oneof(
      fc.constantFrom('profile', 'Profile', 'a', 'Z', 'é', 'E', 'ö', 'shop'),
      fc.nat(2_000).map(String),
      fc.constantFrom('007', '0', '00'),
    ),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .chain((parts) => fc.constantFrom(' ', '').map((by) => parts.join(by)));

// Catches "profile 10" before "profile 2", capitals before all others, and accented letters after z.
test('names are ordered as a collator for numbers orders them', () => {
  fc.assert(
    fc.property(names, names, (a, b) => {
      expect(sign(natural.compare(a, b))).toBe(sign(collator.compare(a, b)));
    }),
    { numRuns: 3_000 },
  );
});

// Catches a key whose order is not one: lists would be sorted differently on each side, and pages would lose rows.
test('any texts have one total order, which is that of the bytes of their keys', () => {
  const text = fc.string({ unit: 'binary', maxLength: 12 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      const bytes = Buffer.compare(
        Buffer.from(naturalKey(a.toWellFormed())),
        Buffer.from(naturalKey(b.toWellFormed())),
      );
      expect(sign(natural.compare(a.toWellFormed(), b.toWellFormed()))).toBe(bytes);
      expect(sign(natural.compare(b, a))).toBe(-sign(natural.compare(a, b)) + 0);
    }),
  );
});

test('a number longer than any name is no trap', () => {
  const long = '9'.repeat(2_000);
  expect(natural.compare(`a ${long}`, `a ${long}`)).toBe(0);
  expect(natural.compare('a 2', `a ${long}`)).toBeLessThan(0);
});
