/** Regular expressions as grammars: what they let through is what the expression lets through, written as JSON. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PatternRefused, patternCharacters } from './pattern.ts';

const PLAIN = '(?:[^"\\\\\\x00-\\x1F\\x7F]|\\\\["\\\\/bfnrt])';

/** The expression as JavaScript has it: texts in quotes stand for themselves, and spaces between them join. */
function regexOf(expression: string): RegExp {
  const source = expression.replaceAll(/"((?:[^"\\]|\\.)*)"|\[(?:[^\]\\]|\\.)*\]|plain| /gs, (part, text?: string) => {
    if (part === ' ') return '';
    if (part === 'plain') return PLAIN;
    if (text === undefined) return part;
    return `(?:${text.replaceAll(/\\(.)/gs, '$1').replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')})`;
  });
  return new RegExp(`^(?:${source})$`, 'su');
}
const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
const lets = (pattern: string, text: string) => regexOf(patternCharacters(pattern)).test(inJson(text));

describe('an expression lets through what it means', () => {
  test.each([
    ['^abc$', ['abc'], ['ab', 'abcd', 'xabc']],
    ['abc', ['abc', 'xabcx'], ['ab', 'a b c']],
    ['^a|b$', ['a', 'ax', 'xb', 'b'], ['xa', 'bx']],
    ['^(?:a|b)+$', ['a', 'abba'], ['', 'abc']],
    ['^\\d{2,3}-\\w?$', ['12-', '123-x'], ['1-', '1234-', '12-xy']],
    ['^[a-cx-]*$', ['', 'abcx-'], ['d', 'a d']],
    ['^[^a-c]$', ['d', ' ', 'ä'], ['a', 'dd', '']],
    ['^.{3}$', ['abc', 'äöü'], ['ab', 'abcd']],
    ['^a\\.b\\/c$', ['a.b/c'], ['axb/c']],
    ['^\\x41\\u00e9$', ['Aé'], ['Ae']],
    ['^a*?b+?$', ['b', 'aab'], ['a', '']],
    ['^$', [''], ['a']],
  ])('%s', (pattern, fitting, others) => {
    expect(fitting.filter((text) => !lets(pattern, text))).toEqual([]);
    expect(others.filter((text) => lets(pattern, text))).toEqual([]);
  });

  // Catches a quote or a line that is written as it is: the answer would be no JSON.
  test('with quotes, backslashes and lines in their JSON form', () => {
    expect(patternCharacters('^"$')).toContain('\\\\\\"');
    for (const text of ['"', '\\', '\n', '\t']) {
      expect([text, lets(`^[\\n\\t"\\\\]$`, text)]).toEqual([text, true]);
      expect([text, lets('^[^x]$', text)]).toEqual([text, false]);
    }
    expect(lets('^a\\nb$', 'a\nb')).toBe(true);
  });
});

// Catches a part that is read otherwise than JavaScript reads it: more would be let through than was asked for.
test('nothing is let through that the expression refuses', () => {
  const atom = fc.constantFrom(
    'a',
    'b',
    '.',
    '\\d',
    '\\w',
    '[ab]',
    '[^a]',
    '[a-c]',
    '(a|b)',
    '(?:ab)',
    '-',
    ' ',
    '"',
    '\\.',
  );
  const item = fc
    .tuple(atom, fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}', '{0,}'))
    .map((parts) => parts.join(''));
  const body = fc.array(item, { minLength: 1, maxLength: 4 }).map((items) => items.join(''));
  const pattern = fc
    .tuple(fc.boolean(), fc.array(body, { minLength: 1, maxLength: 2 }), fc.boolean())
    .map(([start, bodies, end]) => `${start ? '^' : ''}${bodies.join('|')}${end ? '$' : ''}`);
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '-', ' ', '.', '"', '_'), maxLength: 6 });
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 4, maxLength: 8 }), (source, texts) => {
      const meant = new RegExp(source, 'su');
      const grammar = regexOf(patternCharacters(source));
      for (const one of texts)
        if (grammar.test(inJson(one))) expect([source, one, meant.test(one)]).toEqual([source, one, true]);
    }),
    { numRuns: 300 },
  );
});

describe('an expression that cannot be enforced is refused with the reason', () => {
  test.each([
    ['(?=a)', /groups of the form/],
    ['(?<name>a)', /groups of the form/],
    ['a\\b', /\\b cannot be enforced/],
    ['(a)\\1', /\\1 cannot be enforced/],
    ['\\p{L}', /\\p cannot be enforced/],
    ['a^b', /at the ends only/],
    ['(a$)', /at the ends only/],
    ['*a', /nothing to repeat/],
    ['a{1001}', /more than 1000/],
    ['[z-a]', /no order/],
    ['[ -~]', /quote or a backslash/],
    ['[a', /no end/],
    ['(a', /no end/],
    ['a)', /no beginning/],
    ['\\x4', /needs its number/],
    ['a'.repeat(2001), /too long/],
    [`${'('.repeat(30)}a${')'.repeat(30)}`, /nested too deep/],
  ])('%s', (pattern, reason) => {
    expect(() => patternCharacters(pattern)).toThrow(PatternRefused);
    expect(() => patternCharacters(pattern)).toThrow(reason);
  });
});
