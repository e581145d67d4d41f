import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BOUNDS, excessOf, parseBounded } from './bounds.ts';
import { AppError } from './errors.ts';

/** As a child's message arrives. */
const received = (value: unknown): unknown => deserialize(serialize(value));

const nested = (levels: number): unknown => {
  let value: unknown = 0;
  for (let n = 0; n < levels; n++) value = n % 2 === 0 ? [value] : { value };
  return value;
};

test('what JSON can hold passes, whatever its shape', () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 20 }), (value) => excessOf(received(value)) === null));
});

test('the deepest allowed nesting passes, one level more does not', () => {
  expect(excessOf(nested(64))).toBeNull();
  expect(excessOf(nested(65))).toBe('nested deeper than 64 levels');
});

// Would catch: a walk without an end, which stops every door of the host for good.
test('a message that contains itself is refused', () => {
  const value: unknown[] = [];
  value.push({ value });
  expect(excessOf(received(value))).toBe('nested deeper than 64 levels');
});

// Would catch: many references to one large value, which arrive small and grow with each copy or serialisation.
test('a value that is referred to often counts each time', () => {
  const large = 'x'.repeat(1000);
  const shared = { large };
  expect(excessOf(received(Array(900).fill(shared)), { ...BOUNDS, size: 1_000_000 })).toBeNull();
  expect(excessOf(received(Array(1000).fill(shared)), { ...BOUNDS, size: 1_000_000 })).toBe('larger than 1000000');
  let bomb: unknown = large;
  for (let n = 0; n < 40; n++) bomb = [bomb, bomb];
  expect(excessOf(received(bomb))).toMatch(/^(larger than|made of more than)/);
});

test.each([
  ['text', 'x'.repeat(101)],
  ['names of members', { ['x'.repeat(101)]: 1 }],
  ['bytes', new Uint8Array(101)],
  ['many small values', Array(13).fill(0)],
])('%s beyond the size is refused', (_name, value) => {
  expect(excessOf(value, { ...BOUNDS, size: 100 })).toBe('larger than 100');
});

test.each([
  ['Date', new Date(0)],
  ['Map', new Map([[1, 2]])],
  ['Set', new Set([1])],
  ['RegExp', /x/],
  ['Error', new Error('x')],
  ['ArrayBuffer', new ArrayBuffer(1)],
  ['Float64Array', new Float64Array(1)],
])('a %s is no value of a message, however deep it is hidden', (name, value) => {
  expect(excessOf(received({ a: [value] }))).toBe(`holding a ${name}`);
});

test.each([
  ['items of an array', Array(11).fill(0)],
  ['items of nested arrays', [[], [], [], [], [0, 0, 0, 0, 0, 0]]],
  ['members of an object', Object.fromEntries(Array.from({ length: 11 }, (_, n) => [n, n]))],
  ['a sparse array', Array(1e9)],
])('more %s than are allowed are refused', (_name, value) => {
  expect(excessOf(value, { ...BOUNDS, members: 10 })).toBe('made of more than 10 values');
});

// Would catch: sixty thousand empty lists, each of which a schema of any JSON tries as six other things first.
test('more lists and objects than are allowed are refused, in a value and in its text', () => {
  const bounds = { ...BOUNDS, containers: 3 };
  for (const [value, excess] of [
    [[[], {}], null],
    [[[], {}, []], 'made of more than 3 lists and objects'],
    [{ a: [], b: {}, c: { d: '[[[[' } }, 'made of more than 3 lists and objects'],
    ['[{[{'.repeat(100), null],
  ] as const) {
    expect(excessOf(value, bounds)).toBe(excess);
    // A text so short is not scanned.
    const text = JSON.stringify(value).padEnd(BOUNDS.depth + 1);
    if (excess === null) expect(parseBounded(text, { ...bounds, depth: 60 })).toEqual(value);
    else expect(() => parseBounded(text, { ...bounds, depth: 60 })).toThrow(excess);
  }
});

test('a string beyond the bound is refused', () => {
  expect(excessOf(['x'.repeat(10)], { ...BOUNDS, string: 10 })).toBeNull();
  expect(excessOf(['x'.repeat(11)], { ...BOUNDS, string: 10 })).toMatch(/string of more than 10/);
});

describe('JSON texts', () => {
  // Catches a scan that is stricter or laxer than the walk over the value, so that two edges disagree.
  test('are bounded as their values are', () => {
    const bounds = { depth: 4, members: 40, string: 12, size: 10_000 };
    const value = fc.jsonValue({ maxDepth: 6, stringUnit: 'grapheme-ascii' });
    fc.assert(
      fc.property(value, (json) => {
        const text = JSON.stringify(json);
        fc.pre(!text.includes('\\'));
        let refused = false;
        try {
          expect(parseBounded(text, bounds)).toEqual(JSON.parse(text));
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          refused = true;
        }
        // The scan counts a list as a member, and bounds names as it bounds strings.
        if (excessOf(json, bounds) !== null) expect(refused).toBe(true);
        if (refused) expect(excessOf(json, { ...bounds, members: 20, string: 0 })).not.toBeNull();
      }),
      { numRuns: 3000 },
    );
  });

  // Would catch: ten million lists in one frame, which hold up the host for seconds although nothing is nested.
  test('made of too many values are refused without being parsed', () => {
    for (const item of ['[]', '0', '""', '{}']) {
      const text = `[${`${item},`.repeat(BOUNDS.members)}0]`;
      expect(() => parseBounded(text)).toThrow(expect.objectContaining({ slug: 'payload-too-large' }));
    }
  });
});
