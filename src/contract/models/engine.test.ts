/** What reaches native code. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { EngineAsk } from './engine.ts';

interface Node {
  type?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  [member: string]: unknown;
}

/** Numbers in a schema with their places. */
function numbersIn(node: unknown, place: string): [string, Node][] {
  if (typeof node !== 'object' || node === null) return [];
  const own = node as Node;
  const inside = Object.entries(own).flatMap(([name, value]) => numbersIn(value, `${place}.${name}`));
  return own.type === 'number' || own.type === 'integer' ? [[place, own], ...inside] : inside;
}

/** Native code counts in 32 bits. */
const WIDEST = 2 ** 32;

// Catches a number that reaches native code unchecked: negative ones have become writes behind the end of a buffer (CVE-2026-21869).
test('every number that an engine is asked with has a least and a greatest value that 32 bits hold', () => {
  const numbers = numbersIn(z.toJSONSchema(EngineAsk, { unrepresentable: 'any', io: 'input' }), 'ask');
  expect(numbers.length).toBeGreaterThan(15);
  const open = numbers.filter(([, { minimum, exclusiveMinimum, maximum }]) => {
    const least = minimum ?? exclusiveMinimum;
    return least === undefined || maximum === undefined || Math.abs(least) > WIDEST || maximum > WIDEST;
  });
  expect(open.map(([place]) => place)).toEqual([]);
});

test.each([
  ['a context below nothing', { op: 'load', context_length: -1 }],
  ['half a layer', { op: 'load', gpu_layers: 0.5 }],
  ['no number', { op: 'load', parallel: Number.NaN }],
])('%s is no question', (_name, changes) => {
  const ask = { model: 'm', path: '/m', type: 'chat', context_length: 512, parallel: 1, gpu_layers: null };
  expect(EngineAsk.safeParse({ ...ask, op: 'load' }).success).toBe(true);
  expect(EngineAsk.safeParse({ ...ask, ...changes }).success).toBe(false);
});
