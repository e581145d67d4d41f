import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outOfBounds } from './message-bounds.ts';

/** As a child's message arrives. */
const received = (value: unknown): unknown => deserialize(serialize(value));

const nested = (levels: number): unknown => {
  let value: unknown = 0;
  for (let n = 0; n < levels; n++) value = n % 2 === 0 ? [value] : { value };
  return value;
};

test('what JSON can hold passes, whatever its shape', () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 20 }), (value) => outOfBounds(received(value)) === null));
});

test('the deepest allowed nesting passes, one level more does not', () => {
  expect(outOfBounds(nested(256))).toBeNull();
  expect(outOfBounds(nested(257))).toBe('nested deeper than 256 levels');
});

// Would catch: a walk without an end, which stops every door of the host for good.
test('a message that contains itself is refused', () => {
  const value: unknown[] = [];
  value.push({ value });
  expect(outOfBounds(received(value))).toBe('nested deeper than 256 levels');
});

// Would catch: many references to one large value, which arrive small and grow with each copy or serialisation.
test('a value that is referred to often counts each time', () => {
  const large = 'x'.repeat(1000);
  const shared = { large };
  expect(outOfBounds(received(Array(900).fill(shared)), { size: 1_000_000, depth: 9 })).toBeNull();
  expect(outOfBounds(received(Array(1000).fill(shared)), { size: 1_000_000, depth: 9 })).toBe('larger than 1000000');
  let bomb: unknown = large;
  for (let n = 0; n < 40; n++) bomb = [bomb, bomb];
  expect(outOfBounds(received(bomb))).toMatch(/^larger than/);
});

test.each([
  ['text', 'x'.repeat(101)],
  ['names of members', { ['x'.repeat(101)]: 1 }],
  ['bytes', new Uint8Array(101)],
  ['many small values', Array(13).fill(0)],
  ['a sparse array', Array(1e9)],
])('%s beyond the size is refused', (_name, value) => {
  expect(outOfBounds(value, { size: 100, depth: 10 })).toBe('larger than 100');
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
  expect(outOfBounds(received({ a: [value] }))).toBe(`holds a ${name}`);
});
