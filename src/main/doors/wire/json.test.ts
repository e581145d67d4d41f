import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BOUNDS } from '../../../contract/kernel/bounds.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import { parseJson } from './json.ts';
import { faultPosition } from './json-fault.ts';

function failure(text: string): AppError {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error(`${text} was read`);
}

// Catches a reader of our own that is stricter or laxer than the engine's.
test('reads what JSON.parse reads, and refuses what it refuses', () => {
  const fragment = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '1',
    '-',
    '.',
    'e',
    'true',
    'null',
    ' ',
    '\n',
    '\u0000',
    '"a"',
  );
  const text = fc.oneof(
    fc.json({ maxDepth: 4 }),
    fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (json) => {
      let expected: unknown;
      try {
        expected = JSON.parse(json);
      } catch {
        const { slug, extra } = failure(json);
        expect(slug).toBe('invalid-json');
        // What stands before the position can be continued to valid JSON; what is there cannot.
        expect(extra.position).toBeGreaterThanOrEqual(0);
        expect(extra.position).toBeLessThanOrEqual(json.length);
        return;
      }
      expect(parseJson(json)).toEqual(expected);
      expect(faultPosition(json)).toBe(json.length);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['', 0],
  ['{', 1],
  ['{"a" 1}', 5],
  ['{"a":}', 5],
  ['{"a":1,}', 7],
  ['[1,2', 4],
  ['[1 2]', 3],
  ['{"a":1} x', 8],
  ['nul', 0],
  ['01', 1],
  ['"a\nb"', 0],
  ["{'a':1}", 1],
  ['[1,]', 3],
  ['{"ü":"\\x"}', 5],
])('%j is wrong at %i', (text, position) => {
  expect(failure(text)).toMatchObject({ slug: 'invalid-json', extra: { position } });
});

describe('depth', () => {
  const nested = (depth: number, core = '1') => `${'['.repeat(depth)}${core}${']'.repeat(depth)}`;

  test('64 levels are read, 65 are not', () => {
    expect(() => parseJson(nested(BOUNDS.depth))).not.toThrow();
    expect(failure(nested(BOUNDS.depth + 1)).slug).toBe('bad-request');
    expect(failure(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`).slug).toBe('bad-request');
  });

  // Catches brackets inside texts that are counted, and escaped quotes that end a text too soon.
  test('brackets in texts are no levels', () => {
    const value = { text: `${'['.repeat(200)}"\\"${'{'.repeat(200)}`, list: ['\\', '"[', '\\"['.repeat(300)] };
    expect(parseJson(JSON.stringify(value))).toEqual(value);
  });

  // Catches a stack overflow, which would end the host.
  test('a million brackets are refused at once', () => {
    expect(failure('['.repeat(1_000_000)).slug).toBe('bad-request');
    expect(failure('{"a":'.repeat(200_000)).slug).toBe('bad-request');
  });

  test('a text without its end is refused as JSON, however long', () => {
    expect(failure(`"${'\\"'.repeat(100_000)}`).slug).toBe('invalid-json');
    // Catches a pattern that takes stack for each character of a string.
    expect(faultPosition(`["${'x'.repeat(12_000_000)}"x`)).toBe(12_000_003);
    expect(faultPosition(`["${'\\\\'.repeat(6_000_000)}"x`)).toBe(12_000_003);
  });
});
