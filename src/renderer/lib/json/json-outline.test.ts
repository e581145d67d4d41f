import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { type JsonNode, type JsonPath, outline, PAGE, pageOf } from './json-outline.ts';

const sizeOf = (node: JsonNode): number =>
  1 + ('children' in node ? (node.children ?? []).reduce((sum, child) => sum + sizeOf(child), 0) : 0);

// Would catch: a document of 200 kB that becomes 300 000 elements of the page.
test('whatever the document, the tree that is shown first is small', () => {
  const wide = JSON.parse(`[${'0,'.repeat(400_000)}0]`) as Json;
  const objects = JSON.parse(`[${'{"a":{"b":[1]}},'.repeat(99)}0]`) as Json;
  const bushy = (depth: number): Json => Array.from({ length: 90 }, () => (depth === 0 ? 1 : bushy(depth - 1)));
  for (const value of [wide, objects, bushy(2), Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [n, n]))]) {
    expect(sizeOf(outline(value))).toBeLessThanOrEqual(1_000 + PAGE);
  }
  expect(outline(wide)).toMatchObject({ type: 'array', count: 400_001, children: { length: PAGE } });
  const long = outline({ ['n'.repeat(9_000)]: 'x'.repeat(900_000) });
  expect(JSON.stringify(long).length).toBeLessThan(5_000);
});

// Would catch: a document of brackets alone, which overflows the stack of whatever walks through it.
test('a document as deep as it likes opens level by level', () => {
  const deep = JSON.parse('['.repeat(200_000) + ']'.repeat(200_000)) as Json;
  expect(sizeOf(outline(deep))).toBe(4);
  expect(pageOf(deep, [0, 0, 0], 0)).toEqual([{ name: '0', type: 'array', count: 1, children: null }]);
});

/** All scalars of a tree, opened page by page. */
function* scalars(value: Json, node: JsonNode, path: JsonPath): Generator<string> {
  if (!('children' in node)) return yield node.text;
  for (let from = 0; from < node.count; from += PAGE) {
    for (const [index, child] of pageOf(value, path, from).entries())
      yield* scalars(value, child, [...path, from + index]);
  }
}

// Would catch: an entry that is in no page or in two, or one that stands below another name.
test('opened page by page, the tree has every value once', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = value as Json;
      const all = (item: Json): string[] =>
        typeof item === 'object' && item !== null
          ? Object.values(item).flatMap(all)
          : [typeof item === 'string' ? JSON.stringify(item) : String(item)];
      expect([...scalars(json, outline(json), [])]).toEqual(all(json));
    }),
  );
  const wide = Array.from({ length: 250 }, (_, n) => n);
  expect([...scalars(wide, outline(wide), [])]).toEqual(wide.map(String));
});
