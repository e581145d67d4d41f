import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { call, type HttpBinding } from '../../../../contract/kernel/define.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { oneOrMany } from '../../../../contract/kernel/filters.ts';
import { planCoercion } from './coerce.ts';
import { ifMatchOf, inputOf, preferredWaitOf, readJsonBody } from './input.ts';

const Input = z.strictObject({
  id: z.string().optional(),
  limit: z.int().optional(),
  ratio: z.number().nullable().optional(),
  count: z.boolean().default(false),
  status: oneOrMany(z.string()).optional(),
  sizes: oneOrMany(z.int()).optional(),
  labels: z.array(z.string()).optional(),
  ports: z.array(z.int()).optional(),
  filter: z.record(z.string(), z.json()).optional(),
  name: z.string().optional(),
});
const operation = (http: Partial<HttpBinding> = {}) =>
  call(Input, z.object({}), {
    row: '-',
    summary: '',
    tags: [],
    scope: 'read',
    area: 'any',
    http: { method: 'POST', path: '/v1/x/{id}', ...http },
  });

const read = (
  parts: { query?: Record<string, unknown>; body?: unknown; path?: Record<string, unknown> },
  http = {},
) => {
  const op = operation(http);
  return inputOf(op, planCoercion(op), { query: {}, body: undefined, path: {}, ...parts });
};
const slugOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return error instanceof AppError ? error.slug : error;
  }
  return null;
};

describe('query values', () => {
  // Catches a text that is turned into a number the client did not write, or is not turned into the one it did.
  test.each([
    ['limit', '7', 7],
    ['limit', ' 7 ', 7],
    ['limit', '-7', -7],
    ['ratio', '.5', 0.5],
    ['ratio', '1e3', 1000],
    ['ratio', '5.', 5],
    ['limit', '0x10', '0x10'],
    ['limit', '', ''],
    ['limit', '1,5', '1,5'],
    ['limit', 'Infinity', 'Infinity'],
    ['count', 'true', true],
    ['count', 'false', false],
    ['count', 'TRUE', 'TRUE'],
    ['count', '1', '1'],
    ['name', '7', '7'],
    ['name', 'true', 'true'],
    ['status', 'queued', 'queued'],
    ['sizes', '3', 3],
    ['labels', 'one', ['one']],
    ['ports', '80', [80]],
    ['filter', '{"a":[1]}', { a: [1] }],
    ['filter', '{broken', '{broken'],
    ['unknown', '7', '7'],
  ])('%s=%s is read as %j', (name, text, value) => {
    expect(read({ query: { [name]: text } })).toEqual({ [name]: value });
  });

  test('repeated keys become a list, each of the type of its items', () => {
    const query = { status: ['a', 'b'], sizes: ['1', 'x'], ports: ['80', '443'], limit: ['1', '2'] };
    expect(read({ query })).toEqual({ status: ['a', 'b'], sizes: [1, 'x'], ports: [80, 443], limit: [1, 2] });
  });
});

describe('the input object', () => {
  test('is the query, under the body, under the path', () => {
    const parts = { query: { id: 'q', limit: '1', name: 'q' }, body: { id: 'b', name: 'b' }, path: { id: 'p' } };
    expect(read(parts)).toEqual({ id: 'p', limit: 1, name: 'b' });
  });

  // Catches a body whose numbers are re-read as texts: JSON has types of its own.
  test('does not coerce the body', () => {
    expect(read({ body: { limit: '7', count: 'true' } })).toEqual({ limit: '7', count: 'true' });
  });

  test.each([undefined, null])('a body of %s counts as none', (body) => {
    expect(read({ body, query: { limit: '1' } })).toEqual({ limit: 1 });
  });

  test.each([[[]], ['text'], [7], [true]])('a body of %j is refused', (body) => {
    expect(slugOf(() => read({ body }))).toBe('validation-error');
  });

  test('a bare body stands for its member, unless it names that member itself', () => {
    expect(read({ body: { a: 1 } }, { body: 'filter' })).toEqual({ filter: { a: 1 } });
    expect(read({ body: { filter: { a: 1 } } }, { body: 'filter' })).toEqual({ filter: { a: 1 } });
  });

  // Catches prototype pollution through the address.
  test('a query member called __proto__ is a member like any other', () => {
    const query: Record<string, unknown> = JSON.parse('{"__proto__":"x"}');
    const input = read({ query }) as object;
    expect(Object.getPrototypeOf(input)).toBe(Object.prototype);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});

describe('a body', () => {
  const bytes = (text: string) => Buffer.from(text);

  test.each([
    ['application/json', true],
    ['application/json; charset=utf-8', true],
    ['APPLICATION/JSON ; charset="UTF-8"', true],
    ['application/merge-patch+json', true],
    ['application/json; charset=utf8', true],
    ['application/json; charset=latin1', false],
    ['application/jsonp', false],
    ['text/json', false],
    ['text/plain', false],
    ['application/x-www-form-urlencoded', false],
    [undefined, false],
  ])('of type %s is read: %s', (type, accepted) => {
    const slug = slugOf(() => readJsonBody(type, bytes('{}')));
    expect(slug).toBe(accepted ? null : 'unsupported-media-type');
  });

  test('that is empty is absent, whatever its type', () => {
    for (const type of [undefined, 'text/plain', 'application/json'])
      expect(readJsonBody(type, bytes(''))).toBeUndefined();
  });

  // Catches bytes that are silently replaced: a name would be stored with question marks.
  test('that is no UTF-8 is refused, and a byte order mark is no part of it', () => {
    expect(slugOf(() => readJsonBody('application/json', Buffer.from([0x22, 0xff, 0x22])))).toBe('invalid-json');
    expect(readJsonBody('application/json', bytes('\ufeff{"a":1}'))).toEqual({ a: 1 });
  });
});

test.each([
  [undefined, undefined],
  ['*', undefined],
  [' * ', undefined],
  ['"3"', 3],
  ['W/"3"', 3],
  ['3', 3],
  ['"0"', 0],
])('If-Match %s is version %s', (header, version) => {
  expect(ifMatchOf(header)).toBe(version);
});

test.each([
  '',
  '"a"',
  '"3", "4"',
  '"-1"',
  '"1.5"',
  '"1234567890123456"',
  '"3'.repeat(2),
])('If-Match %j is refused', (header) => {
  expect(slugOf(() => ifMatchOf(header))).toBe('bad-request');
});

test.each([
  [undefined, undefined],
  ['respond-async', undefined],
  ['wait=0', 0],
  ['respond-async, Wait = 10', 10_000],
  [['handling=lenient', 'wait="3"; x=y'], 3000],
  ['wait=-1', undefined],
  ['wait=9999999', undefined],
  ['await=3', undefined],
])('Prefer %j waits %s ms', (header, ms) => {
  expect(preferredWaitOf(header)).toBe(ms);
});
