import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { limitsOf, problemOf, problemsOf } from './check.ts';
import { written } from './date-text.ts';
import type { Field, FieldKind } from './field.ts';
import { fieldsOf, titlesOf } from './read-schema.ts';
import { cleanInput, fits, initialInput, numberOf, withMember } from './values.ts';

const json = fc.jsonValue() as fc.Arbitrary<Json>;
const object = fc.dictionary(fc.string(), json) as fc.Arbitrary<JsonObject>;
const one = (property: JsonObject): Field => fieldsOf({ properties: { it: property } })[0] as Field;
const noEngine = () => null;

/** Schemas as people write them, with everything that the form knows. */
const schema = fc.letrec<{ any: JsonObject; scalar: JsonObject; object: JsonObject }>((tie) => ({
  scalar: fc.oneof(
    fc.constantFrom<JsonObject>(
      { type: 'string' },
      { type: 'string', maxLength: 500 },
      { type: 'string', format: 'password' },
      { type: 'string', format: 'date' },
      { type: 'number' },
      { type: 'integer', minimum: 0 },
      { type: 'boolean' },
      { type: ['string', 'null'] },
      { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      { enum: ['a', 1, null, ''] },
      { oneOf: [{ const: 1, title: 'One' }, { const: '1' }] },
      {},
    ),
  ),
  object: fc
    .dictionary(fc.string({ maxLength: 3 }), tie('any'), { maxKeys: 3 })
    .map((properties) => ({ type: 'object', properties, required: Object.keys(properties).slice(0, 1) })),
  any: fc.oneof(
    { depthSize: 'small' },
    tie('scalar'),
    tie('object'),
    tie('any').map((items): JsonObject => ({ type: 'array', items })),
  ),
}));

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

  // Catches a control that cannot hold its value: a choice of numbers as texts, a secret in the open.
  test.each<[string, JsonObject, FieldKind]>([
    ['a text', { type: 'string' }, 'text'],
    ['a text of 300', { type: 'string', maxLength: 300 }, 'text'],
    ['a text of 301', { type: 'string', maxLength: 301 }, 'long'],
    ['a secret by format', { type: 'string', format: 'password' }, 'secret'],
    ['a file', { type: 'string', format: 'file' }, 'file'],
    ['a secret by writeOnly', { type: 'string', writeOnly: true }, 'secret'],
    ['a long secret', { type: 'string', writeOnly: true, maxLength: 5_000 }, 'secret'],
    ['a secret with choices', { type: 'string', writeOnly: true, enum: ['a'] }, 'secret'],
    ['a date', { type: 'string', format: 'date' }, 'date'],
    ['a choice of texts', { type: 'string', enum: ['a', 'b'] }, 'choice'],
    ['a choice of anything', { enum: ['a', 1, null] }, 'choice'],
    ['a choice of constants', { oneOf: [{ const: 1, title: 'One' }, { const: 2 }] }, 'choice'],
    ['a choice of objects', { enum: [{}, 1] }, 'json'],
    ['one of two shapes', { oneOf: [{ type: 'string' }, { type: 'number' }] }, 'json'],
    ['a whole number', { type: 'integer' }, 'integer'],
    ['a number', { type: 'number' }, 'number'],
    ['a switch', { type: 'boolean' }, 'boolean'],
    ['texts', { type: 'array', items: { type: 'string' } }, 'tags'],
    ['numbers', { type: 'array', items: { type: 'number' } }, 'tags'],
    ['several of a choice', { type: 'array', items: { enum: ['a', 'b'] } }, 'choices'],
    ['secrets', { type: 'array', items: { type: 'string', format: 'password' } }, 'rows'],
    ['objects', { type: 'array', items: { type: 'object', properties: { a: {} } } }, 'rows'],
    ['a tuple', { type: 'array', items: { type: 'string' }, prefixItems: [{}] }, 'json'],
    ['anything in a list', { type: 'array' }, 'json'],
    ['an object', { type: 'object', properties: { a: { type: 'string' } } }, 'group'],
    ['a map', { type: 'object', additionalProperties: { type: 'string' } }, 'json'],
    ['a text or nothing', { type: ['string', 'null'] }, 'text'],
    ['two types', { type: ['string', 'number'] }, 'json'],
    ['no type', {}, 'json'],
  ])('%s', (_what, property, kind) => {
    expect(one(property).kind).toBe(kind);
  });

  // Would catch: a schema of a few hundred characters whose references make a form of a hundred million fields.
  test('references make a form no larger than can be drawn', () => {
    const many = (length: number, value: Json) =>
      Object.fromEntries(Array.from({ length }, (_, n) => [`p${n}`, value]));
    const schema = {
      properties: many(100, { $ref: '#/$defs/a' }),
      $defs: { a: { type: 'object', properties: many(100, { $ref: '#/$defs/a' }) } },
    };
    const count = (fields: readonly Field[]): number =>
      fields.reduce((sum, field) => sum + 1 + count(field.fields) + (field.item === null ? 0 : count([field.item])), 0);
    expect(count(fieldsOf(schema))).toBeLessThanOrEqual(600);
    const wide = fieldsOf({ properties: { a: { type: 'object', properties: many(101, {}) } } });
    expect(wide[0]).toMatchObject({ kind: 'json', fields: [] });
  });

  // Catches a reference that hangs the panel, and one that is not followed.
  test('local references are followed, also to themselves, down to a depth', () => {
    const tree: JsonObject = {
      $defs: { node: { type: 'object', properties: { name: { type: 'string' }, next: { $ref: '#/$defs/node' } } } },
      properties: { root: { $ref: '#/$defs/node', title: 'Root' }, loop: { $ref: '#/properties/loop' } },
    };
    const [root, loop] = fieldsOf(tree);
    expect(root).toMatchObject({ kind: 'group', title: 'Root' });
    expect(loop?.kind).toBe('json');
    let depth = 0;
    for (let at: Field | undefined = root; at?.kind === 'group'; at = at.fields[1]) depth += 1;
    expect(depth).toBe(4);
  });

  // Catches a command whose own default is hidden by that of its schema.
  test('a default of the command goes before that of the schema, and false and 0 are defaults', () => {
    const defaults = { properties: { a: { default: 1 }, b: { default: true }, c: { default: 'x' }, d: {} } };
    expect(initialInput(fieldsOf(defaults, { a: 0, b: false }))).toEqual({ a: 0, b: false, c: 'x' });
  });

  test('labels go by the path of the field', () => {
    const fields = fieldsOf({
      properties: { at: { type: 'object', title: 'Place', properties: { zip: { type: 'string', title: 'Code' } } } },
    });
    expect(titlesOf(fields, 'input')).toEqual({ 'input.at': 'Place', 'input.at.zip': 'Code' });
  });
});

describe('form and JSON', () => {
  // Catches a control that shows a value as another one, and a change of one field that drops what the form does not know.
  test('a value goes through the form and back as it was, and a change of one field keeps all others', () => {
    fc.assert(
      fc.property(schema.object, object, fc.string(), json, (given, value, name, next) => {
        const fields = fieldsOf(given);
        for (const field of fields) {
          const shown = value[field.name];
          if (shown === undefined || !fits(field, shown)) continue;
          if (field.kind === 'number' || field.kind === 'integer') {
            // What the control shows, read again, is the value; a text that reads as a number was typed as one.
            const read = numberOf(String(shown));
            expect(Object.is(read, shown) || String(read) === String(shown)).toBe(true);
          }
          if (field.kind === 'group') expect(typeof shown === 'object').toBe(true);
        }
        const changed = withMember(value, name, next);
        for (const each of Object.keys(value).filter((other) => other !== name))
          expect(changed[each]).toBe(value[each]);
        expect(changed[name]).toBe(next);
      }),
    );
  });

  // Catches a number that is another one after it was shown and read again.
  test('every number that JSON has is read as it is shown; digits that it cannot hold stay a text', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(numberOf(String(value))).toBe(value === 0 ? 0 : value);
      }),
    );
    expect(numberOf('9007199254740993')).toBe('9007199254740993');
    for (const typed of ['', '-', '1e', '0x10', '1,5', 'Infinity', '1 2']) expect(numberOf(typed)).toBe(typed);
    for (const typed of ['1.', ' 7 ', '+3', '.5', '1e3']) expect(typeof numberOf(typed)).toBe('number');
  });
});

describe('input that is sent', () => {
  const fields = fieldsOf({
    properties: {
      text: { type: 'string' },
      long: { type: 'string', maxLength: 1_000 },
      secret: { type: 'string', format: 'password' },
      number: { type: 'integer' },
      at: { type: 'object', properties: { zip: { type: 'string' } } },
      rows: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
    },
  });

  // Catches an empty box that overwrites the command's default, and an empty long text that cannot be sent at all.
  test('what was left empty is left out, but for a long text, where empty is a value', () => {
    expect(cleanInput(fields, { text: '', long: '', secret: '', number: '' })).toEqual({ long: '' });
    expect(cleanInput(fields, { text: ' ', number: 0, extra: '' })).toEqual({ text: ' ', number: 0, extra: '' });
    expect(cleanInput(fields, { at: { zip: '' }, rows: [{ name: '' }, { name: 'a' }] })).toEqual({
      rows: [{}, { name: 'a' }],
    });
    expect(cleanInput(fields, { at: { zip: '', other: 1 } })).toEqual({ at: { other: 1 } });
  });

  // Catches a row that was added and left empty and is sent as a text that the host refuses, and rows in rows.
  test('rows are cleaned as fields are, and none is left out', () => {
    const numbers = { type: 'array', items: { type: ['integer', 'null'] } };
    const given = fieldsOf({ properties: { numbers, grid: { type: 'array', items: numbers } } });
    expect(cleanInput(given, { numbers: [1, '', null] })).toEqual({ numbers: [1, null, null] });
    expect(cleanInput(given, { grid: [[''], [2]] })).toEqual({ grid: [[null], [2]] });
  });

  // Catches a masked default that is sent as if it were the secret, however deep it lies.
  test('a secret is never filled in, whatever its default', () => {
    const secret: JsonObject = { type: 'string', writeOnly: true };
    fc.assert(
      fc.property(json, (value) => {
        expect(initialInput(fieldsOf({ properties: { secret } }, { secret: value }))).toEqual({});
        const group = { type: 'object', properties: { secret, user: { type: 'string' } } };
        const login = fieldsOf({ properties: { login: group } }, { login: { secret: value, user: 'demo' } });
        expect(initialInput(login)).toEqual({ login: { user: 'demo' } });
        const list = fieldsOf({ properties: { list: { type: 'array', items: secret } } }, { list: [value] });
        expect(initialInput(list)).toEqual({});
      }),
    );
  });

  // Catches a cleaning that changes what is there.
  test('cleaning what is clean changes nothing, and adds nothing', () => {
    fc.assert(
      fc.property(schema.object, object, (given, input) => {
        const clean = cleanInput(fieldsOf(given), input);
        for (const name of Object.keys(clean)) expect(Object.hasOwn(input, name)).toBe(true);
        expect(cleanInput(fieldsOf(given), clean)).toEqual(clean);
      }),
    );
  });
});

describe('what is wrong', () => {
  // Catches a limit that nobody is told, or only in the words of the schema.
  test.each<[JsonObject, Json | undefined, string | null]>([
    [{ type: 'string', title: 'Name' }, undefined, null],
    [{ type: 'string', minLength: 3 }, 'ab', 'Must have at least 3 characters'],
    [{ type: 'string', maxLength: 1 }, '👩‍🚀', 'Must have at most 1 character'],
    [{ type: 'string', maxLength: 1 }, '😀', null],
    [{ type: 'string', format: 'date' }, '2026-02-30', 'Must be a date, such as 2026-11-27'],
    [{ type: 'string', format: 'date' }, '2024-02-29', null],
    [{ type: 'string', format: 'date-time' }, '2026-11-27T09:30:00Z', null],
    [{ type: 'string', format: 'uri' }, 'no address', 'Must be a full address, such as https://example.com'],
    [{ type: 'integer' }, 1.5, 'Must be a whole number'],
    [{ type: 'number' }, '12 apples', 'Must be a number'],
    [{ type: 'integer' }, '9007199254740993', 'Has more digits than a number can hold'],
    [{ type: 'number', minimum: 1, maximum: 9 }, 10, 'Must be at most 9'],
    [{ type: 'number', exclusiveMinimum: 1 }, 1, 'Must be greater than 1'],
    [{ type: 'integer', multipleOf: 5 }, 7, 'Must be a multiple of 5'],
    [{ enum: ['a', 'b'] }, 'c', 'Must be one of the listed values'],
    [{ type: 'array', items: { type: 'string' }, minItems: 2 }, ['a'], 'Must have at least 2 items'],
    [{ type: 'array', items: { type: 'string' }, uniqueItems: true }, ['a', 'a'], 'Lists the same item twice'],
    [{ type: 'array', items: { type: 'integer' } }, [1, 'x'], 'Each item: must be a whole number'],
  ])('%j: %j', (property, value, problem) => {
    expect(problemOf(one(property), value, noEngine)).toBe(problem);
  });

  test('is found in groups and rows too, each at its path', () => {
    const fields = fieldsOf({
      required: ['rows'],
      properties: {
        rows: {
          type: 'array',
          title: 'Guests',
          items: { type: 'object', required: ['name'], properties: { name: { type: 'string', title: 'Name' } } },
        },
      },
    });
    expect(problemsOf(fields, {}, 'input', noEngine)).toEqual({ 'input.rows': 'Guests is required' });
    expect(problemsOf(fields, { rows: [{ name: 'Ada' }, {}] }, 'input', noEngine)).toEqual({
      'input.rows.1.name': 'Name is required',
    });
  });

  test('limits are told before they are met', () => {
    expect(limitsOf(one({ type: 'integer', minimum: 1, maximum: 100 }))).toBe('1 to 100');
    expect(limitsOf(one({ type: 'string', maxLength: 20 }))).toBe('At most 20 characters');
    expect(limitsOf(one({ type: 'string' }))).toBeNull();
  });
});

// Catches a calendar that drops the time, or the time zone, of what was typed.
test('a date that is chosen keeps the time and the zone of the text', () => {
  const today = '2026-11-27';
  expect(written('date', 'someday', { date: '2027-01-02' }, today)).toBe('2027-01-02');
  expect(written('date-time', '2026-11-27T09:30:00+05:30', { date: '2027-01-02' }, today)).toBe(
    '2027-01-02T09:30:00+05:30',
  );
  expect(written('date-time', '2026-11-27T09:30:00Z', { time: '10:00' }, today)).toBe('2026-11-27T10:00:00Z');
  expect(written('date-time', '', { time: '10:00' }, today)).toMatch(/^2026-11-27T10:00:00[+-]\d\d:\d\d$/);
  expect(written('time', '09:30:00Z', { time: '10:00:05' }, today)).toBe('10:00:05Z');
});
