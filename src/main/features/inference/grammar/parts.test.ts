/** Schemas in parts: references, allOf and branches, put together or refused by their place. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { createParts } from './parts.ts';

const place = { param: 'schema', pointer: '' };
const flat = (schema: JsonObject, root: JsonObject = schema) => createParts(root).flat(schema, place);
const refusedAt = (pointer: string, words: RegExp) =>
  expect.objectContaining({
    slug: 'unsupported-parameter',
    extra: { param: 'schema', pointer: `#${pointer}`, reason: expect.stringMatching(words) },
  });

describe('references', () => {
  test('lead through names with slashes, tildes, percents and into lists', () => {
    const root = {
      $defs: {
        'a/b': { type: 'string' },
        'c~d': { type: 'number' },
        'e f': { type: 'null' },
        list: [{ type: 'array' }],
      },
    };
    const typeAt = (ref: string) => createParts(root).resolve(ref, place).type;
    expect(['#/$defs/a~1b', '#/$defs/c~0d', '#/$defs/e%20f', '#/$defs/list/0'].map(typeAt)).toEqual([
      'string',
      'number',
      'null',
      'array',
    ]);
    expect(createParts(root).resolve('#', place)).toBe(root);
  });

  // Catches a reference that finds a function of the prototype, or asks another server for a schema.
  test.each([
    ['#/constructor', /there is no/],
    ['#/$defs/missing', /there is no/],
    ['#/$defs/%E0%A4%A', /there is no/],
    ['https://example.com/schema', /within the schema/],
    ['other.json#/a', /within the schema/],
  ])('%s is refused', (ref, words) => {
    expect(() => createParts({ $defs: {} }).resolve(ref, place)).toThrow(refusedAt('/$ref', words));
  });

  test('to `true` allow anything', () => {
    expect(createParts({ $defs: { any: true } }).resolve('#/$defs/any', place)).toEqual({});
  });

  // Catches a schema that keeps the host computing, or ends it by its depth.
  test('that lead to themselves are refused', () => {
    const loop = { $defs: { a: { allOf: [{ $ref: '#/$defs/b' }] }, b: { allOf: [{ $ref: '#/$defs/a' }] } } };
    expect(() => flat({ allOf: [{ $ref: '#/$defs/a' }] }, loop)).toThrow(refusedAt('', /lead to themselves/));
  });

  test('that name their parts twice at each level are refused before they are all followed', () => {
    const $defs: JsonObject = { last: { type: 'object' } };
    for (let level = 0; level < 20; level++) {
      const next = { $ref: level === 0 ? '#/$defs/last' : `#/$defs/l${level - 1}` };
      $defs[`l${level}`] = { allOf: [next, next] };
    }
    expect(() => flat({ allOf: [{ $ref: '#/$defs/l19' }] }, { $defs })).toThrow(refusedAt('', /too many parts/));
  });
});

describe('allOf', () => {
  test('takes the narrower of two bounds and all that is required', () => {
    expect(
      flat({
        ...{ type: 'object', minProperties: 1, required: ['a'] },
        allOf: [{ required: ['b', 'a'] }, { properties: { n: { minimum: 3, maximum: 9 } } }],
      }),
    ).toEqual({
      ...{ type: 'object', minProperties: 1, required: ['a', 'b'] },
      properties: { n: { minimum: 3, maximum: 9 } },
    });
    expect(flat({ minimum: 1, maximum: 10, allOf: [{ minimum: 3, maximum: 20 }] })).toEqual({
      minimum: 3,
      maximum: 10,
    });
  });

  test('takes what both sides allow', () => {
    expect(flat({ enum: [1, 'a', null], allOf: [{ enum: ['a', 1] }] })).toEqual({ enum: [1, 'a'] });
    expect(flat({ type: ['string', 'null'], allOf: [{ type: 'string' }] })).toEqual({ type: ['string'] });
  });

  test('keeps the first of two descriptions, which say nothing about what fits', () => {
    expect(flat({ title: 'A', allOf: [{ title: 'B', description: 'b' }] })).toEqual({ title: 'A', description: 'b' });
  });

  test.each([
    ['types', { type: 'string', allOf: [{ type: 'number' }] }],
    ['patterns', { pattern: 'a', allOf: [{ pattern: 'b' }] }],
    ['constants', { enum: [1], allOf: [{ enum: [2] }] }],
  ] satisfies [string, JsonObject][])('of contradicting %s is refused', (_what, schema) => {
    expect(() => flat(schema)).toThrow(expect.objectContaining({ message: expect.stringContaining('contradicts') }));
  });

  // Catches a member that one side forbids and the answer has all the same.
  test('lets no part bring in what another does not allow', () => {
    const closed = { type: 'object', properties: { a: {} }, additionalProperties: false };
    expect(flat({ ...closed, allOf: [{ properties: { a: {}, b: {} } }] })).toMatchObject({
      properties: { a: {} },
      additionalProperties: false,
    });
    expect(Object.keys(flat({ ...closed, allOf: [{ properties: { b: {} } }] }).properties ?? {})).toEqual(['a']);
    expect(() => flat({ ...closed, allOf: [{ properties: { b: {} }, required: ['b'] }] })).toThrow(/contradicts/);
  });

  test.each([
    [{ allOf: {} }, '/allOf', /no list/],
    [{ allOf: [true] }, '/allOf/0', /no schema/],
  ])('%j is refused at its place', (schema, pointer, words) => {
    expect(() => flat(schema as JsonObject)).toThrow(refusedAt(pointer, words));
  });
});

describe('branches', () => {
  const branches = (schema: JsonObject, keyword: 'anyOf' | 'oneOf') =>
    createParts(schema).branches(schema, keyword, place);

  test('come with what stands beside them', () => {
    const found = branches({ type: 'object', anyOf: [{ required: ['a'] }, { required: ['b'] }] }, 'anyOf');
    expect(found).toEqual([
      { type: 'object', required: ['a'] },
      { type: 'object', required: ['b'] },
    ]);
  });

  // Catches `oneOf` that is enforced like `anyOf`: a value that fits two branches must not be let through.
  test('of oneOf have to be told apart: by type, or by a constant that each needs', () => {
    expect(branches({ oneOf: [{ type: 'string' }, { type: 'number' }] }, 'oneOf')).toHaveLength(2);
    const tagged = (kind: string) => ({ type: 'object', properties: { kind: { const: kind } }, required: ['kind'] });
    expect(branches({ oneOf: [tagged('a'), tagged('b')] }, 'oneOf')).toHaveLength(2);
    const refused = refusedAt('/oneOf', /more than one/);
    expect(() => branches({ oneOf: [tagged('a'), tagged('a')] }, 'oneOf')).toThrow(refused);
    expect(() => branches({ oneOf: [{ type: 'integer' }, { type: 'number' }] }, 'oneOf')).toThrow(refused);
    expect(() => branches({ oneOf: [{ type: 'string' }, {}] }, 'oneOf')).toThrow(refused);
  });

  test.each([
    [{ anyOf: [] }, '/anyOf', /no list/],
    [{ anyOf: [3] }, '/anyOf/0', /no schema/],
    [{ type: 'string', anyOf: [{ type: 'number' }] }, '/anyOf/0/type', /contradicts/],
  ])('%j is refused at its place', (schema, pointer, words) => {
    expect(() => branches(schema as JsonObject, 'anyOf')).toThrow(refusedAt(pointer, words));
  });
});
