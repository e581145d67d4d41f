/** Numbers within bounds, against every number near them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { integersIn, numbersIn, type Range } from './numbers.ts';

/** The expression as JavaScript has it: literals are digits, signs and points, and spaces join. */
function regexOf(expression: string): RegExp {
  const source = expression.replaceAll(/"([^"]*)"/g, (_, text: string) => `(?:${text.replaceAll('.', '\\.')})`);
  return new RegExp(`^(?:${source.replaceAll(' ', '')})$`);
}
const isIn = ({ low, high }: Range, value: number) => (low ?? value) <= value && value <= (high ?? value);

const bound = fc.oneof(fc.integer({ min: -1200, max: 1200 }), fc.integer({ min: -1e9, max: 1e9 }));
const ranges = fc
  .tuple(fc.option(bound), fc.option(bound))
  .map(([a, b]): Range => (a !== null && b !== null && a > b ? { low: b, high: a } : { low: a, high: b }))
  .filter(({ low, high }) => low !== null || high !== null);

/** Numbers in which a mistake would show: at the bounds, beside them, and where the number of digits changes. */
const near = ({ low, high }: Range): number[] => {
  const around = [low ?? 0, high ?? 0, 0, 9, 10, 99, 100, 1000, -9, -10, -99, -100];
  return around.flatMap((value) => [value - 1, value, value + 1]);
};

describe('whole numbers', () => {
  // Catches a digit that is one too low or too high at one end of one length.
  test('fit exactly when they are in the range', () => {
    fc.assert(
      fc.property(ranges, (range) => {
        const regex = regexOf(integersIn(range));
        for (const value of near(range))
          expect([value, regex.test(String(value))]).toEqual([value, isIn(range, value)]);
      }),
      { numRuns: 300 },
    );
  });

  test.each(['01', '1.5', '+1', '1e3', '', '-'])('%s is none', (text) => {
    expect(regexOf(integersIn({ low: -10, high: 100 })).test(text)).toBe(false);
  });

  test('without an end stop where readers lose digits', () => {
    const regex = regexOf(integersIn({ low: 5, high: null }));
    expect(['5', '9'.repeat(15), '9'.repeat(16), '4'].map((text) => regex.test(text))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('numbers with fractions', () => {
  test('never leave the range, and reach all whole numbers of it', () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 1, max: 99 }), (range, hundredths) => {
        const regex = regexOf(numbersIn(range));
        for (const value of near(range)) {
          expect([value, regex.test(String(value))]).toEqual([value, isIn(range, value)]);
          const text = `${value}.${String(hundredths).padStart(2, '0')}`;
          if (regex.test(text)) expect([text, isIn(range, Number(text))]).toEqual([text, true]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('of a range of one number are that one, however it is written', () => {
    const regex = regexOf(numbersIn({ low: 7, high: 7 }));
    expect(['7', '7.0', '7.000', '7.1', '6.9', '70'].map((text) => regex.test(text))).toEqual([
      ...[true, true, true],
      ...[false, false, false],
    ]);
  });
});
