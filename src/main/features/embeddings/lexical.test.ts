import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { similarityOf } from '../retrieval/ranking.ts';
import { embedLexically, LEXICAL_DIMENSIONS, wordsOf } from './lexical.ts';

const vector = (text: string) => embedLexically(text).vector;
const similarity = (a: string, b: string) => similarityOf(vector(a), vector(b));

describe('the built-in embedder', () => {
  it('gives every text a finite vector of unit length, the same each time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const one = vector(text);
        expect(one).toHaveLength(LEXICAL_DIMENSIONS);
        expect(Math.hypot(...one)).toBeCloseTo(1, 5);
        expect(vector(text)).toEqual(one);
      }),
      { numRuns: 500 },
    );
  });

  // Would catch a change of the hash: stored vectors would silently stop fitting to new ones.
  it('keeps its space from version to version', () => {
    const [first = 0, ...rest] = vector('The quick brown fox');
    const strongest = [first, ...rest]
      .map(Math.abs)
      .reduce((best, value, at, all) => (value > (all[best] ?? 0) ? at : best), 0);
    expect({
      strongest,
      first: first.toFixed(5),
      sum: rest.reduce((sum, value) => sum + value, first).toFixed(5),
    }).toMatchInlineSnapshot(`
      {
        "first": "0.00000",
        "strongest": 114,
        "sum": "1.67614",
      }
    `);
  });

  it('is closer for shared words than for none, whatever case, marks, order and ends the words have', () => {
    const text = 'The invoice was paid by bank transfer';
    expect(similarity(text, text)).toBeCloseTo(1, 5);
    expect(similarity('Crème brûlée', 'creme BRULEE')).toBeCloseTo(1, 5);
    expect(similarity('red green blue', 'blue red green')).toBeCloseTo(1, 5);
    expect(similarity(text, 'paid invoices and bank transfers')).toBeGreaterThan(0.3);
    expect(Math.abs(similarity(text, 'Seven kittens chase a butterfly'))).toBeLessThan(0.25);
    expect(similarity('authentication', 'authentification')).toBeGreaterThan(0.3);
    expect(similarity('supercalifragilistic', 'refrigerator')).toBeLessThan(0.25);
  });

  it('compares scripts without blanks by pairs of characters', () => {
    expect([...wordsOf('請求書を送る')]).toEqual(['請求', '求書', '書を', 'を送', '送る']);
    expect(similarity('請求書を送る', '請求書を受け取る')).toBeGreaterThan(similarity('請求書を送る', '天気がいい'));
  });

  // Would catch: a word that is lost or cut where a long text is read in pieces.
  it.each([
    'word ',
    'längst\u0301 — ',
    `${'x'.repeat(999)} `,
    '\u{1d400}\u{1d401} ',
  ])('reads %j again and again as the same words', (unit) => {
    const count = Math.ceil(200_000 / unit.length);
    const [word = ''] = wordsOf(unit);
    expect(new Set(wordsOf(unit.repeat(count)))).toEqual(new Set([word]));
    expect(embedLexically(unit.repeat(count)).words).toBe(count);
  });

  // Would catch: memory that is many times the size of the text.
  it.each([
    ['characters with long normal forms', '\ufdfa', 4_000_000],
    ['one word of a script without blanks', '請', 10_000_000],
  ])(
    'embeds megabytes of %s',
    (_name, unit, count) => {
      expect(embedLexically(unit.repeat(count)).words).toBeGreaterThan(1000);
    },
    60_000,
  );

  // Would catch: a text of one endless word, or of marks, that takes longer than linear time.
  it.each([
    ['one long word', 'a'],
    ['combining marks', '\u0301'],
    ['short words', 'ab '],
    ['characters without words', '!?'],
    ['a script without blanks', '請'],
  ])('takes linear time for %s', (_name, unit) => {
    const timed = (count: number) => {
      const text = unit.repeat(count);
      const start = process.cpuUsage();
      embedLexically(text);
      return process.cpuUsage(start).user / 1000;
    };
    timed(10_000);
    const least = (count: number) => Math.min(timed(count), timed(count), timed(count));
    // Ten times the text; quadratic time would be a hundred times as much.
    expect(least(200_000)).toBeLessThan(Math.max(least(20_000), 2) * 60);
  });
});
