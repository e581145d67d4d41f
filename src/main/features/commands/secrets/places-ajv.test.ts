/** What Ajv applies the format `password` to, against what is found in the same input, on generated schemas. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { secretPlaces, valueAt } from './places.ts';
import { unsealable } from './schema-walk.ts';

const NAMES = ['a', 'b', 'c'];
const name = fc.constantFrom(...NAMES);
const reference = fc.constantFrom(
  '#',
  '#/$defs/a',
  '#/properties/a',
  '#/$defs/b',
  '#/$defs/b/properties/c',
  'http://x/',
);
const named = (one: fc.Arbitrary<unknown>) => fc.dictionary(name, one, { maxKeys: 3 });

const { schema } = fc.letrec((tie) => {
  const one = tie('schema');
  const keyword = fc.oneof(
    fc.record({ properties: named(one) }),
    ...['$defs', 'dependentSchemas', 'dependencies'].map((key) => fc.record({ [key]: named(one) })),
    fc.record({ patternProperties: fc.dictionary(fc.constantFrom('^a', '.', 'b$'), one, { maxKeys: 2 }) }),
    ...['additionalProperties', 'items', 'contains', 'unevaluatedProperties', 'unevaluatedItems', 'x-unknown'].map(
      (key) => fc.record({ [key]: one }),
    ),
    ...['prefixItems', 'allOf'].map((key) => fc.record({ [key]: fc.tuple(one, one) })),
    fc.record({ anyOf: fc.tuple(one, fc.constant({})) }),
    fc.record(Object.fromEntries(['if', 'then', 'else'].map((key) => [key, one]))),
    fc.record({ not: fc.record({ not: one }) }),
    fc.record({ $id: fc.constantFrom('http://x/', 'http://y/'), $defs: fc.record({ a: one }), properties: named(one) }),
  );
  return {
    schema: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      fc.constantFrom({ format: 'password' }, { type: 'string', format: 'password' }, { type: 'string' }, {}),
      fc.record({ $ref: reference }),
      fc.tuple(keyword, keyword).map(([first, second]) => ({ ...(first as object), ...(second as object) })),
    ),
  };
});

const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    fc.uuid(),
    fc.array(tie('value'), { minLength: 1, maxLength: 3 }),
    fc.dictionary(name, tie('value'), { minKeys: 1, maxKeys: 3 }),
  ),
}));

const leaves = (of: Json | undefined): string[] =>
  typeof of === 'object' && of !== null ? Object.values(of).flatMap(leaves) : [String(of)];

/** Texts of an input that Ajv asks for to be a password; null when the schema is not usable. */
function askedOf(root: JsonObject, input: JsonObject): Set<string> | null {
  const asked = new Set<string>();
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateSchema: false, inlineRefs: false, logger: false });
  ajv.addFormat('password', { validate: (text: string) => asked.add(text).size > 0 });
  try {
    ajv.compile(root)(input);
  } catch {
    return null;
  }
  return asked;
}

// Would catch: a keyword that Ajv applies and the search for secrets does not know.
it('every value that Ajv takes for a password is found, or the schema is refused', { timeout: 120_000 }, () => {
  let compared = 0;
  fc.assert(
    fc.property(schema, schema, schema, fc.record({ a: value, b: value, c: value }), (top, a, b, input) => {
      // Generated from JSON alone.
      const root = { ...(top as JsonObject), $defs: { a, b, p: { format: 'password' } } } as JsonObject;
      if (unsealable(root) !== null) return;
      const asked = askedOf(root, input);
      if (asked === null) return;
      compared += asked.size;
      const found = new Set(secretPlaces(root, input).flatMap((place) => leaves(valueAt(input, place))));
      expect([...asked].filter((text) => !found.has(text))).toEqual([]);
    }),
    { numRuns: 3000, seed: 7 },
  );
  expect(compared).toBeGreaterThan(20);
});
