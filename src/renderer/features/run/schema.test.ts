import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';
import { cleanInput, type FieldKind, fieldsOf, initialInput } from './schema.ts';

const json = fc.jsonValue() as fc.Arbitrary<Json>;
const object = fc.dictionary(fc.string(), json) as fc.Arbitrary<JsonObject>;

describe('fields of a schema', () => {
  // Catches a screen that cannot be opened because somebody's command has a schema it did not expect.
  test('there is a field for each property, whatever the schema holds', () => {
    fc.assert(
      fc.property(object, object, object, (properties, defaults, rest) => {
        const fields = fieldsOf({ ...rest, properties }, defaults);
        expect(fields.map(({ name }) => name)).toEqual(Object.keys(properties));
      }),
    );
    fc.assert(
      fc.property(json, json, (properties, required) => {
        expect(Array.isArray(fieldsOf({ properties, required }))).toBe(true);
      }),
    );
  });

  // Catches a control that cannot hold its value: a choice of numbers as texts, an array in a text box, a secret in the open.
  test.each<[string, JsonObject, FieldKind]>([
    ['a text', { type: 'string' }, 'text'],
    ['a text of 300', { type: 'string', maxLength: 300 }, 'text'],
    ['a text of 301', { type: 'string', maxLength: 301 }, 'long'],
    ['a secret by format', { type: 'string', format: 'password' }, 'password'],
    ['a secret by writeOnly', { type: 'string', writeOnly: true }, 'password'],
    ['a long secret', { type: 'string', writeOnly: true, maxLength: 5_000 }, 'password'],
    ['a choice of texts', { type: 'string', enum: ['a', 'b'] }, 'choice'],
    ['a choice of numbers', { enum: [1, 2] }, 'json'],
    ['a mixed choice', { enum: ['a', null] }, 'json'],
    ['a whole number', { type: 'integer' }, 'integer'],
    ['a number', { type: 'number' }, 'number'],
    ['a switch', { type: 'boolean' }, 'boolean'],
    ['a list', { type: 'array', items: { type: 'string' } }, 'json'],
    ['two types', { type: ['string', 'null'] }, 'json'],
    ['no type', {}, 'json'],
  ])('%s', (_what, property, kind) => {
    expect(fieldsOf({ properties: { it: property } })[0]?.kind).toBe(kind);
  });

  // Catches a command whose own default is hidden by that of its schema.
  test('a default of the command goes before that of the schema, and false and 0 are defaults', () => {
    const schema = { properties: { a: { default: 1 }, b: { default: true }, c: { default: 'x' }, d: {} } };
    const fields = fieldsOf(schema, { a: 0, b: false });
    expect(initialInput(fields)).toEqual({ a: 0, b: false, c: 'x' });
  });
});

describe('input that is sent', () => {
  const fields = fieldsOf({
    properties: {
      text: { type: 'string' },
      long: { type: 'string', maxLength: 1_000 },
      secret: { type: 'string', format: 'password' },
      number: { type: 'integer' },
    },
  });

  // Catches an empty box that overwrites the command's default, and an empty long text that cannot be sent at all.
  test('what was left empty is left out, but for a long text, where empty is a value', () => {
    expect(cleanInput(fields, { text: '', long: '', secret: '', number: '' })).toEqual({ long: '' });
    expect(cleanInput(fields, { text: ' ', number: 0, extra: false })).toEqual({ text: ' ', number: 0, extra: false });
  });

  // Catches a masked default that is sent as if it were the secret.
  test('a secret is never filled in, whatever its default', () => {
    fc.assert(
      fc.property(json, (value) => {
        const secret = fieldsOf({ properties: { secret: { type: 'string', writeOnly: true } } }, { secret: value });
        expect(initialInput(secret)).toEqual({});
      }),
    );
  });

  // Catches a cleaning that changes what is there.
  test('what is sent is a part of what was typed, and cleaning it again changes nothing', () => {
    fc.assert(
      fc.property(object, (input) => {
        const clean = cleanInput(fields, input);
        for (const [name, value] of Object.entries(clean)) expect(value).toBe(input[name]);
        expect(cleanInput(fields, clean)).toEqual(clean);
      }),
    );
  });
});
