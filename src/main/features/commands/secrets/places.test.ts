import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { mapPlaces, secretPlaces } from './places.ts';
import { unsealable } from './schema-walk.ts';

const SECRET = { type: 'string', format: 'password' };
const found = (schema: JsonObject, input: JsonObject) => secretPlaces(schema, input).map((place) => place.join('.'));

describe('a secret is found', () => {
  it.each<[where: string, schema: JsonObject, input: JsonObject, places: string[]]>([
    ['in a property', { properties: { a: SECRET } }, { a: 'x', b: 'y' }, ['a']],
    ['in items', { properties: { a: { items: SECRET } } }, { a: ['x', 'y'] }, ['a.0', 'a.1']],
    [
      'in objects of a list',
      { properties: { a: { items: { properties: { b: SECRET } } } } },
      { a: [{ b: 'x' }] },
      ['a.0.b'],
    ],
    ['in some items', { properties: { a: { prefixItems: [{}, SECRET] } } }, { a: ['x', 'y', 'z'] }, ['a.1']],
    ['in what contains describes', { properties: { a: { contains: SECRET } } }, { a: ['x'] }, ['a.0']],
    ['in other members', { properties: { a: {} }, additionalProperties: SECRET }, { a: 'x', b: 'y' }, ['b']],
    ['in members by pattern', { patternProperties: { '^(a+)+$': SECRET } }, { a: 'x' }, ['a']],
    ['behind a reference', { $defs: { s: SECRET }, properties: { a: { $ref: '#/$defs/s' } } }, { a: 'x' }, ['a']],
    [
      'behind a name with escapes',
      { $defs: { 'a/b~c%': SECRET }, properties: { a: { $ref: '#/$defs/a~1b~0c%25' } } },
      { a: 'x' },
      ['a'],
    ],
    ['in a tree', { properties: { s: SECRET, next: { $ref: '#' } } }, { next: { next: { s: 'x' } } }, ['next.next.s']],
    [
      'in a circle of references',
      { $defs: { a: { allOf: [{ $ref: '#/$defs/a' }, SECRET] } }, properties: { a: { $ref: '#/$defs/a' } } },
      { a: 'x' },
      ['a'],
    ],
    ['in allOf', { allOf: [{ properties: { a: SECRET } }] }, { a: 'x' }, ['a']],
    ['in anyOf', { properties: { a: { anyOf: [SECRET, { type: 'number' }] } } }, { a: 'x' }, ['a']],
    [
      'in oneOf, though another kind came',
      { properties: { a: { oneOf: [SECRET, { type: 'number' }] } } },
      { a: 7 },
      [],
    ],
    [
      'in if, then and else',
      Object.fromEntries([
        ['if', {}],
        ['then', { properties: { a: SECRET } }],
        ['else', { properties: { b: SECRET } }],
      ]),
      { a: 'x', b: 'y' },
      ['a', 'b'],
    ],
    ['in a dependent schema', { dependentSchemas: { b: { properties: { a: SECRET } } } }, { a: 'x', b: 1 }, ['a']],
    ['in a dependency', { dependencies: { b: { properties: { a: SECRET } }, c: ['b'] } }, { a: 'x', b: 1 }, ['a']],
    ['beside members named as keywords', { properties: { a: SECRET, $id: {}, dependencies: {} } }, {}, []],
    ['though the value has a wrong type', { properties: { a: SECRET } }, { a: 7 }, ['a']],
  ])('%s', (_, schema, input, places) => {
    expect(unsealable(schema)).toBeNull();
    expect(found(schema, input)).toEqual(places);
  });
});

/** A schema and an input with one secret value, of keywords nested in any order. */
const nested = fc.array(
  fc.constantFrom('properties', 'items', '$ref', 'allOf', 'anyOf', 'additionalProperties', 'then'),
  { minLength: 1, maxLength: 12 },
);

it('no secret stays in the input, whatever keywords are nested in each other', async () => {
  await fc.assert(
    fc.asyncProperty(nested, async (keywords) => {
      const $defs: JsonObject = {};
      let schema: JsonObject = SECRET;
      let value: JsonObject[string] = 'tiger-lily';
      for (const [i, keyword] of keywords.entries()) {
        if (keyword === '$ref') {
          $defs[`d${i}`] = schema;
          schema = { $ref: `#/$defs/d${i}` };
        } else if (keyword === 'allOf' || keyword === 'anyOf') schema = { [keyword]: [{}, schema] };
        else if (keyword === 'then')
          schema = Object.fromEntries([
            ['if', true],
            ['then', schema],
          ]);
        else if (keyword === 'items') {
          schema = { items: schema };
          value = [1, value];
        } else {
          schema = keyword === 'properties' ? { properties: { a: schema } } : { additionalProperties: schema };
          value = { a: value, b: 1 };
        }
      }
      const places = secretPlaces({ properties: { root: schema }, $defs }, { root: value });
      const sealed = await mapPlaces({ root: value }, places, () => 'sealed');
      expect(JSON.stringify(sealed)).not.toContain('tiger-lily');
      expect(JSON.stringify(sealed)).toContain('sealed');
    }),
  );
});

it.each<[pointer: string, schema: JsonObject]>([
  ['/propertyNames', { propertyNames: SECRET }],
  ['/properties/a/contentSchema', { properties: { a: { contentSchema: { properties: { b: SECRET } } } } }],
  ['/$defs/s/$anchor', { properties: { a: { $ref: '#anchor' } }, $defs: { s: { $anchor: 'anchor', ...SECRET } } }],
  [
    '/properties/a/$id',
    { properties: { a: { $id: 'http://x/', $defs: { s: SECRET }, items: { $ref: '#/$defs/s' } } } },
  ],
  ['/properties/properties/x-if', { properties: { properties: { 'x-if': { properties: { a: SECRET } } } } }],
  ['/properties/a/$ref', { default: { s: SECRET }, properties: { a: { $ref: '#/default/s' } } }],
  ['/propertyNames', { propertyNames: { $ref: '#/$defs/s' }, $defs: { s: SECRET } }],
  ['/properties/a/$ref', { properties: { a: { $ref: 'https://schemas.example/login' }, b: SECRET } }],
  ['/$dynamicRef', { $dynamicRef: '#node', properties: { b: SECRET } }],
])('a schema whose secrets could not be found is refused at %s', (pointer, schema) => {
  expect(unsealable(schema)?.pointer).toBe(pointer);
});

it('a schema without secrets may refer as it likes', () => {
  expect(unsealable({ properties: { a: { $ref: '#anchor' } }, $defs: { s: { $anchor: 'anchor' } } })).toBeNull();
});

it('an item that is taken out leaves its place to null, a member leaves none', async () => {
  const schema: JsonObject = { properties: { a: { items: SECRET }, b: SECRET } };
  const input = { a: ['x', 'y'], b: 'z' };
  const places = secretPlaces(schema, input);
  expect(await mapPlaces(input, places, (value) => (value === 'x' ? value : undefined))).toEqual({
    a: ['x', null],
  });
});

it('schemas that refer to each other in many ways take a bounded time', () => {
  const $defs: JsonObject = { d0: SECRET };
  for (let i = 1; i < 60; i++)
    $defs[`d${i}`] = { allOf: [{ $ref: `#/$defs/d${i - 1}` }, { $ref: `#/$defs/d${i - 1}` }] };
  expect(found({ $defs, additionalProperties: { $ref: '#/$defs/d59' } }, { a: 'x' })).toEqual(['a']);
  const wide = { $defs, additionalProperties: { items: { properties: { s: SECRET, n: { $ref: '#/$defs/d59' } } } } };
  const input = { a: Array.from({ length: 100_000 }, () => ({ n: {} })) };
  expect(() => secretPlaces(wide, input)).toThrow('too many values');
});
