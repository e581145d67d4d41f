import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { compiled, issuesOf } from './validator.ts';

const answer = (schema: JsonObject, input: JsonObject) => {
  const found = compiled(JSON.stringify(schema));
  return 'problem' in found ? found.problem : issuesOf(found.validate, input);
};
const withPattern = (pattern: string): JsonObject => ({ properties: { a: { pattern } } });

// Would catch: a translation that changes what a pattern means.
it.each([
  ['^\\u0041\\u{1f600}$', 'A😀', 'B😀'],
  ['^\\ud83d\\ude00+$', '😀😀', '😀x'],
  ['^[^]$', '\n', ''],
  ['^(?<year>\\d{4})-\\d\\d$', '2026-11', '2026-1'],
  ['^\\p{Lu}\\p{L}+$', 'Ärger', 'ärger'],
  ['^\\+?[\\d /-]{7,15}$', '+49 30/123-4', 'call me'],
  ['b$', 'ab', 'ab\n'],
  ['^https?:\\/\\/', 'https://x', 'ftp://x'],
  ['^\\cA\\x41\\$$', '\u0001A$', 'A$'],
])('the pattern %s fits %j and not %j', (pattern, good, bad) => {
  expect(answer(withPattern(pattern), { a: good })).toEqual([]);
  expect(answer(withPattern(pattern), { a: bad })).toMatchObject([{ path: 'a' }]);
});

// Would catch: an engine whose patterns Ajv takes for one.
it('several patterns of a schema stay apart', () => {
  const schema = { patternProperties: { '^a': { type: 'string' }, '^b': { pattern: '^x' }, '^c': { pattern: '^y' } } };
  expect(answer(schema, { a: 's', b: 'x', c: 'y' })).toEqual([]);
  expect(answer(schema, { a: 1, b: 'y', c: 'x' })).toMatchObject([{ path: 'a' }, { path: 'b' }, { path: 'c' }]);
});

describe('a pattern is refused with its path', () => {
  it.each<[problem: RegExp, schema: JsonObject]>([
    [/^\/properties\/a\/pattern has more than 1000 characters/, withPattern('x'.repeat(1001))],
    [/^\/patternProperties has more than 1000 characters/, { patternProperties: { ['x'.repeat(1001)]: {} } }],
    [/^\/properties\/a\/pattern is not a pattern of RE2.*look-around/, withPattern('^(?=a)')],
    [/^\/properties\/a\/pattern is not a pattern of RE2/, withPattern('(a)\\1')],
    [/^\/properties\/a\/pattern is not a pattern of RE2/, withPattern('(?:a{0,1000}){0,1000}')],
    [
      /^\/properties\/a\/pattern repeats too much: it stands for \d+ steps, and at most 5000 are taken/,
      withPattern(`^${'(?:a?){1000}'.repeat(18)}[bc]$`),
    ],
    [
      /^\/properties\/p\d+\/pattern is one pattern too many: all stand for more than 20000 steps/,
      {
        properties: Object.fromEntries(
          Array.from({ length: 12 }, (_, n) => [`p${n}`, { pattern: `^[a-z]{1,1000}${n}$` }]),
        ),
      },
    ],
    [/^\/patternProperties is not a pattern of RE2/, { patternProperties: { '(?<!a)': {} } }],
    [
      /^\/properties\/p\d+\/pattern is one pattern too many/,
      {
        properties: Object.fromEntries(
          Array.from({ length: 20 }, (_, n) => [`p${n}`, { pattern: `${'x'.repeat(900)}${n}` }]),
        ),
      },
    ],
  ])('%s', (problem, schema) => {
    expect(answer(schema, {})).toMatch(problem);
  });
});

it('matching is linear in the text', () => {
  const time = (length: number) => {
    const start = performance.now();
    expect(answer(withPattern('^(a+)+$'), { a: `${'a'.repeat(length)}?` })).toHaveLength(1);
    return performance.now() - start;
  };
  time(100_000);
  expect(time(1_000_000)).toBeLessThan(2000);
});
