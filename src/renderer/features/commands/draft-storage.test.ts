/** What of a draft reaches the disk of the browser. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { type DraftEntry, NO_DRAFT } from '../../lib/drafts/drafts.ts';
import { edited, saved, storedAs } from '../../lib/drafts/merge.ts';
import { beginDraft, type Draft, draftFrom } from './draft.ts';
import { keepDraft } from './draft-storage.ts';
import { DEFAULT_TEMPLATE } from './templates.ts';

const SECRET = 'S3CRET-typed-by-operator';
const pw = { type: 'string', format: 'password' };
const schema = { type: 'object', properties: { token: pw, n: { type: 'string' } } };
const defaults = { token: SECRET, n: '1' };
const edits: JsonObject = { ...draftFrom(DEFAULT_TEMPLATE), input_schema: schema, defaults } as unknown as JsonObject;

const items = new Map<string, string>();
beforeEach(() => {
  items.clear();
  vi.stubGlobal('localStorage', {
    setItem: (key: string, value: string) => items.set(key, value),
    removeItem: (key: string) => items.delete(key),
  });
});
afterEach(() => vi.unstubAllGlobals());
const written = () => [...items.values()].join();
const entry = (more: Partial<DraftEntry>): DraftEntry => ({ ...NO_DRAFT, ...more });

const renamed = { type: 'object', properties: { tokenX: pw } };
const again = (extra: JsonObject) => ({ type: 'object', properties: { token: pw, ...extra } });
const CASES: [what: string, schema: JsonObject, entry: DraftEntry][] = [
  [
    'a secret in a row',
    { type: 'object', properties: { rows: { type: 'array', items: { type: 'object', properties: { token: pw } } } } },
    entry({ input: { rows: [{ token: SECRET }] } }),
  ],
  [
    'a member of a group that the schema does not name',
    { type: 'object', properties: { at: { type: 'object', properties: { city: { type: 'string' } } } } },
    entry({ input: { at: { city: 'x', token: SECRET } } }),
  ],
  ['an input', schema, entry({ input: { token: SECRET } })],
  ['a default', schema, entry({ edits: { defaults } })],
  ['the base of a saved default', schema, saved(entry({ edits: { defaults }, version: 1 }), { defaults }, 2)],
  [
    'a saved default while one types on',
    schema,
    saved(entry({ edits: { defaults: { ...defaults, n: '2' } }, version: 1 }), { defaults }, 2),
  ],
  [
    'a first save while one types on',
    schema,
    storedAs(entry({ edits: { ...edits, defaults: { token: SECRET } } }), edits, 1),
  ],
  ['a reference to a secret', again({ more: { $ref: '#/properties/token' } }), entry({ input: { more: SECRET } })],
  [
    'a default by reference',
    again({ more: { $ref: '#/properties/token' } }),
    entry({ edits: { defaults: { more: SECRET } } }),
  ],
  [
    'items by reference',
    again({ list: { type: 'array', items: { $ref: '#/properties/token' } } }),
    entry({ input: { list: [SECRET] } }),
  ],
  [
    'further members by reference',
    { properties: { token: pw }, additionalProperties: { $ref: '#/properties/token' } },
    entry({ input: { x: SECRET } }),
  ],
  ['a renamed property', renamed, entry({ input: { token: SECRET } })],
  ['a default of a renamed property', renamed, entry({ edits: { defaults: { token: SECRET } } })],
  [
    'a format that is half typed',
    { properties: { token: { type: 'string', format: 'passwor' } } },
    entry({ input: { token: SECRET } }),
  ],
  ['a mark in allOf', { allOf: [{ properties: { t: pw } }] }, entry({ input: { t: SECRET } })],
  [
    'an enum',
    { properties: { t: { ...pw, enum: [SECRET] } } },
    entry({ edits: { input_schema: { properties: { t: { ...pw, enum: [SECRET] } } } } }),
  ],
  [
    'a default in the schema',
    { properties: { t: { ...pw, default: SECRET } } },
    entry({ edits: { input_schema: { properties: { t: { ...pw, default: SECRET } } } } }),
  ],
  [
    'a default beside a mark in allOf',
    {},
    entry({ edits: { input_schema: { properties: { t: { allOf: [pw], default: SECRET } } } } }),
  ],
  [
    'a text of an input that does not parse',
    { properties: { creds: { type: 'object', writeOnly: true } } },
    entry({ texts: { 'input.creds': `{"p":"${SECRET}` } }),
  ],
  ['a text of the defaults that does not parse', {}, entry({ texts: { defaults: `{"token":"${SECRET}` } })],
  [
    'a text of the schema that does not parse',
    {},
    entry({ texts: { input_schema: `{"properties":{"t":{"format":"password","default":"${SECRET}"` } }),
  ],
  [
    'a text of the defaults while the schema does not parse and marks a secret',
    {},
    entry({ texts: { defaults: `{"n":"${SECRET}`, input_schema: '{"properties": {"n": {"format": "pas' } }),
  ],
  [
    'a text of an input under a mark in allOf',
    { properties: { n: { allOf: [pw] } } },
    entry({ texts: { 'input.n': `["${SECRET}` } }),
  ],
  [
    'an input while the schema does not parse',
    { properties: { n: { type: 'string' } } },
    entry({ input: { n: SECRET }, texts: { input_schema: '{"properties": {"n": {"format": "pass' } }),
  ],
];

// Catches a secret that an operator typed and that lies readable in the browser's folder afterwards.
test.each(CASES)('%s is not written', (_what, of, given) => {
  expect(JSON.stringify(given)).toContain(SECRET);
  keepDraft('cmd_x', given, of);
  expect(items.size).toBe(1);
  expect(written()).not.toContain(SECRET);
});

test('the copy of a draft with a secret default is no way around', () => {
  beginDraft({ ...(edits as unknown as Draft), name: 'a copy' });
  expect(written()).toContain('a copy');
  expect(written()).not.toContain(SECRET);
});

// Catches a value that is written as soon as its property is no secret any more.
test('what was secret once stays so', () => {
  keepDraft('cmd_x', entry({ input: { token: SECRET } }), schema);
  const opened = { type: 'object', properties: { token: { type: 'string' } } };
  keepDraft('cmd_x', entry({ input: { token: SECRET }, hidden: ['token'] }), opened);
  expect(written()).not.toContain(SECRET);
});

// Catches a draft that loses what is no secret, such as the script or what was typed into plain fields.
test('everything else is written', () => {
  const stored = { version: 1, members: { name: 'A', spec: {}, defaults: {} } };
  const given = edited(NO_DRAFT, stored, { name: 'B', spec: { script: 'x' }, defaults: { n: '2' } });
  const typed = { ...given, input: { n: 'Ada' }, texts: { spec: '{', 'input.n': '"' } };
  keepDraft('cmd_x', typed, { type: 'object', properties: { n: { type: 'string' } } });
  expect(JSON.parse(written())).toEqual({ ...typed, at: expect.any(Number) });
});

// Catches a form whose tags, rows and groups are gone after a reload.
test('lists and groups without a secret are written too', () => {
  const row = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
  const of = {
    type: 'object',
    properties: {
      tags: { type: 'array', items: { type: 'string' }, uniqueItems: true },
      rows: { type: 'array', items: row },
      at: row,
      token: pw,
    },
  };
  const open = { tags: ['a', 'b'], rows: [{ name: 'Ada' }, {}], at: { name: 'x' } };
  keepDraft('cmd_x', entry({ input: { ...open, token: SECRET } }), of);
  expect(JSON.parse(written()).input).toEqual(open);
});

// Catches an hour in a JSON field that is gone after a reload, because one brace is missing.
test.each<[what: string, schema: JsonObject, texts: Record<string, string>]>([
  ['of each field at once', {}, { spec: '{"argv": [', input_schema: '{"type": "object", ', defaults: '{"who": ' }],
  ['of defaults that the schema does not describe', { type: 'object', properties: {} }, { defaults: '{"who": "Ada' }],
  ['of a value of any kind', { type: 'object', properties: { any: {} } }, { 'input.any': '{"a": ' }],
  ['of a schema with a secret but no value', schema, { input_schema: '{"properties":{"token":{"format":"password"}' }],
])('texts that do not parse are written: %s', (_what, of, texts) => {
  keepDraft('cmd_x', entry({ texts }), of);
  expect(JSON.parse(written()).texts).toEqual(texts);
});
