import { ulid } from 'ulid';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type EntityName, entities, recordOf } from './entities.ts';
import { contract } from './index.ts';
import { AREAS, type Operation } from './kernel/define.ts';
import type { EntityRecord } from './kernel/entity.ts';

const all = Object.entries<EntityRecord>(entities);
const prefixes = all.flatMap(([, { id }]) => (id === undefined ? [] : [id.prefix]));
const operationOf = (id: string): Operation => {
  const operation = (contract as Record<string, Operation>)[id];
  if (operation === undefined) throw new Error(`there is no operation ${id}`);
  return operation;
};
const membersOf = (schema: z.ZodType) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : []);

test('each entity reads its own ids and refuses those of every other', () => {
  for (const [name, { id, chosenIds }] of all) {
    if (id === undefined || chosenIds) continue;
    for (const prefix of prefixes) {
      const text = `${prefix}_${ulid().toLowerCase()}`;
      expect(id.safeParse(text).success, `${name} reads ${text}`).toBe(prefix === id.prefix);
    }
  }
  expect(new Set(prefixes).size).toBe(prefixes.length);
});

test('an id has exactly 26 characters of base32 after its prefix, in lower case', () => {
  const body = ulid().toLowerCase();
  const wrong = [
    body.toUpperCase(),
    body.slice(1),
    `${body}0`,
    body.replace(/.$/, 'i'),
    body.replace(/.$/, 'u'),
    '',
    ` ${body}`,
  ];
  for (const [name, { id, chosenIds }] of all) {
    if (id === undefined || chosenIds) continue;
    expect(id.safeParse(`${id.prefix}_${body}`).success, name).toBe(true);
    for (const text of wrong) expect(id.safeParse(`${id.prefix}_${text}`).success, `${name} reads ${text}`).toBe(false);
    expect(id.safeParse(body).success).toBe(false);
  }
});

test('only own names are found: nothing that objects inherit counts as an entity', () => {
  expect(recordOf('task' satisfies EntityName)).toBe(entities.task);
  for (const name of ['constructor', 'toString', '__proto__', 'tasks', '']) expect(recordOf(name)).toBeUndefined();
});

describe.each(all)('%s', (name, record) => {
  test('is in one area of the product, as its operations are', () => {
    expect(AREAS).toContain(record.area);
    for (const id of [...(record.lists ?? []), record.one ?? []].flat()) {
      expect([id, operationOf(id).area]).toEqual([id, record.area]);
    }
  });

  // Catches a live cache that patches an answer which has no such members.
  test('its lists answer items, and the operation for one of it takes its id', () => {
    for (const id of record.lists ?? []) {
      expect(membersOf(operationOf(id).output), id).toEqual(expect.arrayContaining(['items', 'next_cursor']));
    }
    if (record.one === undefined) return;
    const { input } = operationOf(record.one);
    const own = record.id === undefined ? {} : { id: `${record.id.prefix}_${ulid().toLowerCase()}` };
    expect(input.safeParse(own).success, record.one).toBe(true);
    if (record.id !== undefined && !record.chosenIds) {
      expect(input.safeParse({ id: `xxx_${ulid().toLowerCase()}` }).success, record.one).toBe(false);
    }
  });

  // Catches a list that forgets a filter of its entity: the store would filter by what no client can say.
  test('its lists take every filter, each optional and alone', () => {
    for (const id of record.lists ?? []) {
      const { input } = operationOf(id);
      expect(membersOf(input), id).toEqual(expect.arrayContaining(Object.keys(record.filters ?? {})));
      expect(input.safeParse({}).success, id).toBe(true);
      expect(input.safeParse({ no_such_filter: 1 }).success, id).toBe(false);
    }
  });

  test('what its changes touch are questions: nothing that changes something is asked again', () => {
    const fine = Object.values(record.events ?? {});
    const touched = [
      ...(record.lists ?? []),
      ...(record.related ?? []),
      ...(record.summaries ?? []),
      ...fine.flatMap(({ stale = [], patch }) => [...stale, ...(patch?.ops ?? [])]),
    ];
    for (const id of touched) {
      const { stream, audited } = operationOf(id);
      expect([id, stream, audited], `${name} touches ${id}`).toEqual([id, 'never', false]);
    }
  });

  test('a patch names a member of the answers that it changes', () => {
    for (const { patch } of Object.values(record.events ?? {})) {
      for (const id of patch?.ops ?? []) {
        const { output } = operationOf(id);
        const item =
          output instanceof z.ZodObject && output.shape.items instanceof z.ZodArray
            ? output.shape.items.element
            : output;
        expect(membersOf(item as z.ZodType), id).toContain(patch?.member);
      }
    }
  });
});
