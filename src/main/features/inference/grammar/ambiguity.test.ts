import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { schemaGrammar } from './schema.ts';

const make = (schema: JsonObject) => schemaGrammar(schema, 'x');
const refused = expect.objectContaining({ slug: 'unprocessable-entity', status: 422 });
const refuses = (schema: JsonObject): unknown => {
  try {
    return make(schema);
  } catch (error) {
    return error;
  }
};

/** Lists of lists, of which each level has `width` alternatives that begin alike. */
function nested(width: number, depth: number): JsonObject {
  const $defs: JsonObject = { L0: { type: 'string' } };
  for (let level = 1; level <= depth; level++)
    $defs[`L${level}`] = {
      anyOf: Array.from({ length: width }, (_, at) => ({
        ...{ type: 'array', items: { $ref: `#/$defs/L${level - 1}` }, minItems: 1, maxItems: 50 + at },
      })),
    };
  return { $defs, $ref: `#/$defs/L${depth}` };
}

const record = (properties: JsonObject, required = Object.keys(properties)): JsonObject => ({
  ...{ type: 'object', properties, required, additionalProperties: false },
});
const self = { $ref: '#/$defs/node' };
const tree = (...anyOf: JsonObject[]): JsonObject => ({ $defs: { node: { anyOf } }, ...self });

// Each made the engine try every token on thousands of readings: it was stuck for tens of seconds.
test.each([
  ['ten alternatives at three levels', nested(10, 3)],
  ['ten alternatives at six levels', nested(10, 6)],
  ['two alternatives at eight levels', nested(2, 8)],
  ['lists of itself in two ways', tree({ type: 'array', items: self }, { type: 'array', items: self, maxItems: 3 })],
  [
    'objects of itself that are told apart too late',
    tree(record({ child: self, kind: { const: 'a' } }), record({ child: self, kind: { const: 'b' } })),
  ],
  [
    'maps of itself in two ways',
    tree(
      { type: 'object', additionalProperties: self },
      { type: 'object', additionalProperties: { anyOf: [self, { type: 'null' }] } },
    ),
  ],
])('%s are refused', (_name, schema) => {
  expect(refuses(schema)).toEqual(refused);
});

describe('what people write is taken:', () => {
  test.each([
    ['a few alternatives that begin alike', nested(3, 4)],
    ['a tree', tree(record({ value: { type: 'number' }, left: self, right: self }), { type: 'null' })],
    [
      'a tree of kinds',
      tree(
        record({ kind: { const: 'leaf' }, text: { type: 'string' } }),
        record({ kind: { const: 'list' }, items: { type: 'array', items: self } }),
        record({ kind: { const: 'pair' }, items: { type: 'array', items: self } }),
      ),
    ],
    [
      'a tree of shapes',
      tree(
        record({ name: { type: 'string' }, children: { type: 'array', items: self } }),
        record({ name: { type: 'string' }, value: { type: 'number' } }),
      ),
    ],
    [
      'optional members of another name',
      tree(
        record({ id: { type: 'string' }, left: self }, ['id']),
        record({ id: { type: 'string' }, up: self }, ['id']),
      ),
    ],
    [
      'any value',
      { type: 'object', properties: { data: true, list: { type: 'array', items: {} } }, required: ['data'] },
    ],
    ['a long enumeration', { enum: Array.from({ length: 1000 }, (_, at) => `value ${at}`) }],
    [
      'a value of any type',
      tree(
        { type: ['string', 'number', 'null'] },
        { type: 'array', items: self },
        { type: 'object', additionalProperties: self },
      ),
    ],
  ])('%s', (_name, schema) => {
    expect(make(schema)).toContain('root ::=');
  });
});

// Catches a check that takes longer than what it guards.
test('a hundred alternatives are looked at in a moment, a thousand are refused', () => {
  const branches = Array.from({ length: 1000 }, (_, at) =>
    record({ a: { type: 'string' }, b: { type: 'number' }, c: { const: `kind ${at}` } }),
  );
  const start = performance.now();
  make({ anyOf: branches.slice(0, 100) });
  expect(refuses({ anyOf: branches })).toEqual(refused);
  expect(performance.now() - start).toBeLessThan(3000);
});

test.each([
  `^${'(.?.?)'.repeat(300)}$`,
  '^(a?){900}b$',
  '^((a*)*)*$',
  '^(a?|b?)(a?|b?)$',
  '^(a{1000}){1000}$',
  `^${'.*'.repeat(30)}$`,
])('the pattern %s, which may be read in too many ways, is refused', (pattern) => {
  expect(refuses({ type: 'string', pattern })).toMatchObject({ slug: 'unsupported-parameter' });
});

test.each([
  '^[^@]+@[^@]+\\.[a-z]{2,10}$',
  '^(\\d{1,3}\\.){3}\\d{1,3}$',
  '^v?\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?$',
  '^https?://[^/ ]+(/[^ ?#]*)?(\\?[^ #]*)?(#.*)?$',
  '^([0-9a-f]{2}:){5}[0-9a-f]{2}$',
  '^.{0,1000}$',
])('the pattern %s is taken', (pattern) => {
  expect(make({ type: 'string', pattern })).toContain('pattern-1');
});
