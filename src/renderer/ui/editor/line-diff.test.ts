import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineDiff } from './line-diff.ts';

/** `a` with the changes. */
function applied(a: string, b: string): string {
  let at = 0;
  let result = '';
  for (const { fromA, toA, fromB, toB } of lineDiff(a, b)) {
    result += a.slice(at, fromA) + b.slice(fromB, toB);
    at = toA;
  }
  return result + a.slice(at);
}

// Would catch: a change that is shown in the wrong place or not at all.
test('the changes make the one text of the other', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', '\n', 'line\n', '😀'), { maxLength: 60 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(applied(a, b)).toBe(b);
      expect(lineDiff(a, a)).toEqual([]);
    }),
  );
});

// Would catch: an edit far from another that makes all between them one change; whole lines marked for one word.
test('changes are small where little has changed', () => {
  const lines = Array.from({ length: 3_000 }, (_, n) => `line ${n}`);
  const changed = lines.with(3, 'line three').with(2_900, 'lime 2900').join('\n');
  const changes = lineDiff(lines.join('\n'), changed);
  expect(changes.length).toBeLessThan(6);
  for (const { fromA, toA } of changes) expect(toA - fromA).toBeLessThan(8);
});

// Would catch: two versions of a megabyte for which a diff takes minutes on the page's thread. The library alone needs longer than
// this test may take for the first.
test.each<[string, string, string]>([
  ['shifted by one character', 'ab'.repeat(500_000), 'ba'.repeat(500_000)],
  ['lines shifted by one', 'a\nb\n'.repeat(250_000), 'b\na\n'.repeat(250_000)],
  ['few lines shifted by one', 'a\nb\n'.repeat(2_500), 'b\na\n'.repeat(2_500)],
  ['many short changes', 'a\nx\n'.repeat(2_500), 'a\ny\n'.repeat(2_500)],
])('%s', (_what, a, b) => {
  const start = performance.now();
  expect(applied(a, b)).toBe(b);
  expect(performance.now() - start).toBeLessThan(3_000);
});
