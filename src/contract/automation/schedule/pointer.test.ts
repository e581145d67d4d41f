import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../kernel/scalars.ts';
import { at, canHave, Pointer, pointersOf } from './pointer.ts';
import { PRODUCT_EVENTS } from './product-events.ts';

const event = { task: { labels: ['a', 'b'], 'a/b': 1, 'm~n': 2, output: {} } };

// Would catch: escapes of RFC 6901 that are read in the wrong order, a list that is read by name, and what every object inherits.
test.for([
  ['/task/labels/1', 'b'],
  ['/task/labels/01', undefined],
  ['/task/labels/length', undefined],
  ['/task/a~1b', 1],
  ['/task/m~0n', 2],
  ['/task/constructor', undefined],
  ['/task/__proto__/x', undefined],
] as const)('the value at %s is %s', ([pointer, value]) => {
  expect(Pointer.safeParse(pointer).success).toBe(true);
  expect(at(event, pointer)).toBe(value);
});

test('what is no pointer is refused', () => {
  for (const text of ['', 'task', '/a~2', '/a~']) expect(Pointer.safeParse(text).success).toBe(false);
});

test('an event can have what its example has, and anything in what the example leaves open', () => {
  expect(['/task/output/url', '/task/output', '/task/labels'].map((path) => canHave(event, path))).toEqual([
    true,
    true,
    true,
  ]);
  expect(['/task/nmae', '/proxy', '/task/labels/7'].map((path) => canHave(event, path))).toEqual([false, false, false]);
});

// Would catch: a path that the panel offers and that leads nowhere.
test('every path of an example leads to its value', () => {
  const names = fc.string({ minLength: 1, maxLength: 5 }).filter((name) => name !== '__proto__');
  const { tree } = fc.letrec<{ tree: JsonObject; leaf: unknown }>((tie) => ({
    leaf: fc.oneof({ depthSize: 'small' }, fc.string(), fc.integer(), fc.array(fc.integer()), tie('tree')),
    tree: fc.dictionary(names, tie('leaf'), { maxKeys: 4 }) as fc.Arbitrary<JsonObject>,
  }));
  fc.assert(
    fc.property(tree, (example) => {
      if (Object.keys(example).length === 0) return;
      for (const pointer of pointersOf(example)) {
        expect(canHave(example, pointer)).toBe(true);
        expect(at(example, pointer)).toBeDefined();
      }
    }),
  );
  for (const { example } of Object.values(PRODUCT_EVENTS))
    for (const pointer of pointersOf(example)) expect(Pointer.safeParse(pointer).success).toBe(true);
});
