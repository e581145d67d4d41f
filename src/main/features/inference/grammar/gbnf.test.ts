import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { literal } from './gbnf.ts';
import { schemaGrammar } from './schema.ts';

const many = (count: number, item: (n: number) => Json) => Array.from({ length: count }, (_, n) => item(n));

/** Schemas that a request has room for and no engine could enforce. */
const HUGE = new Map<string, JsonObject>([
  ['a long constant', { const: '"'.repeat(1_000_000) }],
  ['many values', { enum: many(60_000, (n) => `a${n}`) }],
  ['many required members', { type: 'object', required: many(60_000, (n) => `a${n}`) }],
  ['many lists', { const: many(60_000, () => []) }],
  ['a long pattern', { type: 'string', pattern: '[ab]'.repeat(200_000) }],
]);

function busyMs(run: () => unknown): number {
  const start = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1000;
}

// Would catch: rules that are made of a schema of megabytes for a second, and measured afterwards.
test.each([...HUGE.keys()])('%s is refused in less time than it takes to write it', (name) => {
  const schema = HUGE.get(name) ?? {};
  const refused = () => {
    expect(() => schemaGrammar(schema, 'p')).toThrow('too large to be enforced');
  };
  refused();
  const least = (run: () => unknown) => Math.min(...Array.from({ length: 3 }, () => busyMs(run)));
  // Twice, for what is written in a millisecond.
  expect(least(refused)).toBeLessThan(2 * least(() => JSON.stringify(JSON.parse(JSON.stringify(schema)))) + 1);
});

test('a text is a terminal whatever it holds', () => {
  expect(literal('a"b\\c\nd\re\tf')).toBe('"a\\"b\\\\c\\nd\\re\\tf"');
});
