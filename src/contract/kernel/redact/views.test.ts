/** Texts with their escapes undone, compared with what wrote them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from './utf8.ts';
import { unescaped, type View } from './views.ts';

const FAR = Number.POSITIVE_INFINITY;
const utf8 = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
/** The text of a view; the text itself where nothing is escaped. */
const undone = (text: string) => {
  const view = unescaped(encodeUtf8(text), FAR);
  return view === null ? text : utf8(view.bytes);
};
/** Texts without what begins an escape, which would be undone as well. */
const plain = fc
  .string({ unit: 'grapheme', maxLength: 40 })
  .filter((text) => !/[%\\&]/.test(text) && text.isWellFormed());

describe('what was escaped by the platform is undone', () => {
  // Would catch: a character of several bytes that is taken apart, and capitals and small digits that are read differently.
  test('percent-encoding', () => {
    fc.assert(
      fc.property(plain, (text) => {
        expect(undone(encodeURIComponent(text))).toBe(text);
        const all = Array.from(encodeUtf8(text), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
        expect(undone(all)).toBe(text);
        expect(undone(all.toUpperCase())).toBe(text);
      }),
    );
  });

  test('JSON', () => {
    fc.assert(
      fc.property(plain, (text) => {
        expect(undone(JSON.stringify(text).slice(1, -1))).toBe(text);
        // Every unit as a number, as languages without Unicode in their sources write it: pairs of surrogates are one character.
        const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
        expect(undone(units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join(''))).toBe(text);
      }),
    );
  });

  test('references of HTML, decimal and hexadecimal', () => {
    fc.assert(
      fc.property(plain, (text) => {
        const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
        expect(undone(points.map((point) => `&#${point};`).join(''))).toBe(text);
        expect(undone(points.map((point) => `&#x${point.toString(16)};`).join(''))).toBe(text);
        expect(undone(points.map((point) => `&#X${point.toString(16).toUpperCase()};`).join(''))).toBe(text);
      }),
    );
    expect(undone('&lt;a href=&quot;x&quot;&gt;&amp;&apos;&nbsp;')).toBe('<a href="x">&\'\u00a0');
  });
});

// Would catch: an escape that is cut off, or none at all, and takes letters with it.
test('what looks like an escape and is none stays', () => {
  for (const text of [
    '100 %',
    '%',
    '%4',
    '%zz',
    '%G1',
    '\\',
    '\\q',
    '\\u12',
    '\\u12g4',
    '\\x1',
    '&',
    '&;',
    '&#;',
    '&#x;',
    '&none;',
    '&#1114112;',
  ])
    expect(undone(text)).toBe(text);
  expect(undone('100 % of %41')).toBe('100 % of A');
});

// Would catch: half of a pair that becomes bytes of no text, in which nothing would be found any more.
test('half of a pair of surrogates becomes the replacement character', () => {
  expect(undone('\\ud83d!')).toBe('\ufffd!');
  expect(undone('\\ude00!')).toBe('\ufffd!');
  expect(undone('\\ud83d\\u0041')).toBe('\ufffdA');
});

/** Each byte of a view lies in the text where the view says, at the beginning of its escape. */
function expectPlaces(text: string, { bytes, starts }: View): void {
  expect(starts).toHaveLength(bytes.length + 1);
  for (let at = 1; at < starts.length; at += 1) expect(starts[at]).toBeGreaterThanOrEqual(starts[at - 1] ?? 0);
  expect(starts.at(-1)).toBeLessThanOrEqual(encodeUtf8(text).length);
}

// Would catch: a secret that is found in a view and covered at another place of the text.
test('a view knows where each of its bytes began', () => {
  const mixed = fc.array(
    fc.oneof(plain, fc.constantFrom('%41', '\\u00e9', '&amp;', '\\ud83d\\ude00', '%', '\\', '&')),
    {
      maxLength: 20,
    },
  );
  fc.assert(
    fc.property(mixed, fc.integer({ min: 1, max: 30 }), (parts, reach) => {
      const text = parts.join('');
      for (const view of [unescaped(encodeUtf8(text), FAR), unescaped(encodeUtf8(text), reach)])
        if (view !== null) expectPlaces(text, view);
    }),
  );
  const view = unescaped(encodeUtf8('ab%43d'), FAR);
  expect(Array.from(view?.starts ?? [])).toEqual([0, 1, 2, 5, 6]);
});

// Would catch: text near an escape that is left out, and a match across what is left out.
test('what is further from an escape than what is looked for is long is left out, with a gap in its place', () => {
  const far = 'x'.repeat(100);
  const view = unescaped(encodeUtf8(`${far}%41${far}%42${far}`), 5);
  expect(view && Buffer.from(view.bytes).toString('latin1')).toBe('\xffxxxxxAxxxxx\xffxxxxxBxxxxx');
  expect(unescaped(encodeUtf8(far), 5)).toBeNull();
});
