/** Conventions of lists, filters and the standard operations of a resource. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { BulkResult } from './bulk.ts';
import { before, contains, filterShape, from, is, oneOf } from './filters.ts';
import { listInput, resource } from './paging.ts';
import { entityId, Seq, Timestamp } from './scalars.ts';

const Id = entityId<'ThingId'>('thg');
const ID = `thg_${'0'.repeat(26)}`;
const filters = {
  q: contains('name'),
  kind: oneOf(z.enum(['a', 'b'])),
  tag: oneOf(z.string(), 'tags'),
  enabled: is(z.boolean()),
  since: from('created_at'),
  until: before('created_at'),
};
const Input = listInput({ filters });
const reads = (value: unknown, schema: z.ZodType = Input) => schema.safeParse(value).success;

describe('the input of a list', () => {
  test('is complete without a word, with 50 items and no count', () => {
    expect(Input.parse({})).toEqual({ limit: 50, count: false });
  });

  test.each([
    [{ limit: 1 }, true],
    [{ limit: 200 }, true],
    [{ limit: 0 }, false],
    [{ limit: 201 }, false],
    [{ limit: 1.5 }, false],
    [{ cursor: 'x'.repeat(2048) }, true],
    [{ cursor: 'x'.repeat(2049) }, false],
    [{ sort: '-created_at,name' }, true],
    [{ kind: 'a' }, true],
    [{ kind: ['a', 'b'] }, true],
    [{ kind: [] }, true],
    [{ kind: 'c' }, false],
    [{ kind: ['a', 'c'] }, false],
    [{ tag: Array.from({ length: 200 }, String) }, true],
    [{ tag: Array.from({ length: 201 }, String) }, false],
    [{ enabled: 'true' }, false],
    [{ q: '%_' }, true],
    [{ q: 'x'.repeat(501) }, false],
    [{ since: '2026-11-20T10:50:00.000Z' }, true],
    [{ since: '2026-11-20' }, false],
    [{ unknown: 1 }, false],
  ])('%j is read: %s', (value, accepted) => {
    expect(reads(value)).toBe(accepted);
  });
});

test('a filter looks at the field of its own name unless it names others', () => {
  expect(filters.kind.fields).toEqual([]);
  expect(filters.tag.fields).toEqual(['tags']);
  expect(filters.q.fields).toEqual(['name']);
  expect(Object.keys(filterShape(filters))).toEqual(['q', 'kind', 'tag', 'enabled', 'since', 'until']);
  expect(Object.values(filters).map(({ test: compare }) => compare)).toEqual([
    'contains',
    'oneOf',
    'oneOf',
    'is',
    'from',
    'before',
  ]);
});

test.each([
  ['2026-11-20T10:50:00.000Z', true],
  ['2026-11-20T10:50:00Z', false],
  ['2026-11-20T10:50:00.0000Z', false],
  ['2026-11-20T10:50:00.000+01:00', false],
  ['2026-13-20T10:50:00.000Z', false],
  ['2026-02-30T10:50:00.000Z', false],
  ['now', false],
])('%s is a moment: %s', (text, accepted) => {
  expect(reads(text, Timestamp)).toBe(accepted);
});

test('a position is a whole number from 0, also as the text of a query', () => {
  expect([0, '7', 7].map((value) => Seq.parse(value))).toEqual([0, 7, 7]);
  for (const wrong of [-1, '1.5', 'x', Number.NaN, Number.POSITIVE_INFINITY, undefined])
    expect(reads(wrong, Seq)).toBe(false);
});

describe('a resource', () => {
  const Entity = z.object({ id: Id, name: z.string() });
  const base = {
    row: '-',
    tag: 'things',
    noun: 'thing',
    record: { area: 'automation' as const, id: Id, filters },
    entity: Entity,
    create: z.strictObject({ name: z.string() }),
    update: { name: z.string().optional() },
  };
  const things = resource('things', { ...base, actions: ['enable', 'disable'] });

  // Catches an operation whose scope or address drifts from the other resources'.
  test('has seven operations with the usual addresses and scopes', () => {
    const rows = Object.entries(things).map(([id, { scope, http, area }]) => [
      id,
      scope,
      http?.method,
      http?.path,
      area,
    ]);
    expect(rows).toEqual([
      ['things_list', 'read', 'GET', '/v1/things', 'automation'],
      ['things_create', 'manage', 'POST', '/v1/things', 'automation'],
      ['things_get', 'read', 'GET', '/v1/things/{id}', 'automation'],
      ['things_update', 'manage', 'PATCH', '/v1/things/{id}', 'automation'],
      ['things_delete', 'manage', 'DELETE', '/v1/things/{id}', 'automation'],
      ['things_restore', 'manage', 'POST', '/v1/things/{id}/restore', 'automation'],
      ['things_bulk', 'manage', 'POST', '/v1/things/bulk', 'automation'],
    ]);
    expect(things.things_create.http).toMatchObject({ status: 201, location: '/v1/things/{id}' });
    expect([things.things_create.idempotencyKey, things.things_bulk.idempotencyKey]).toEqual([true, false]);
  });

  test('has only the operations that are asked for, also by type', () => {
    const few = resource('things', { ...base, only: ['list', 'get', 'delete'] });
    expect(Object.keys(few)).toEqual(['things_list', 'things_get', 'things_delete']);
    expect(few.things_delete.summary).toBe('Delete a thing');
    // @ts-expect-error It has no such operation.
    expect(few.things_bulk).toBeUndefined();
    expect(() => resource('things', base)).toThrow('without actions');
  });

  test('changes take the members of the patch, the id and the version, and nothing else', () => {
    const { input } = things.things_update;
    expect(reads({ id: ID }, input)).toBe(true);
    expect(reads({ id: ID, name: 'x', version: 1 }, input)).toBe(true);
    for (const wrong of [{}, { id: ID, version: 0 }, { id: ID, other: 1 }, { id: 'thg_1' }])
      expect(reads(wrong, input)).toBe(false);
  });

  test('one verb on many takes 1 to 1000 ids and a verb that the resource has', () => {
    const { input } = things.things_bulk;
    const ids = (count: number) => Array.from({ length: count }, () => ID);
    expect(reads({ ids: ids(1), action: 'enable' }, input)).toBe(true);
    expect(reads({ ids: ids(1000), action: 'disable', input: { a: [1] } }, input)).toBe(true);
    for (const wrong of [
      { ids: [], action: 'enable' },
      { ids: ids(1001), action: 'enable' },
      { ids: ids(1), action: 'destroy' },
      { ids: ['x'], action: 'enable' },
    ]) {
      expect(reads(wrong, input)).toBe(false);
    }
    const problem = { type: '', title: '', status: 409, detail: '', code: 'conflict', more: 1 };
    expect(
      reads(
        {
          results: [
            { id: ID, ok: true },
            { id: 'x', ok: false, error: problem },
          ],
        },
        BulkResult,
      ),
    ).toBe(true);
  });

  test('a delete is not forced unless it says so', () => {
    expect(things.things_delete.input.parse({ id: ID })).toEqual({ id: ID, force: false });
  });
});
