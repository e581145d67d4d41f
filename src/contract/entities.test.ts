import { ulid } from 'ulid';
import { expect, test } from 'vitest';
import { type EntityName, entities, recordOf } from './entities.ts';
import type { EntityRecord } from './kernel/entity.ts';

const all = Object.entries<EntityRecord>(entities);
const prefixes = all.flatMap(([, { id }]) => (id === undefined ? [] : [id.prefix]));

test('each entity reads its own ids and refuses those of every other', () => {
  for (const [name, { id }] of all) {
    if (id === undefined) continue;
    for (const prefix of prefixes) {
      const text = `${prefix}_${ulid().toLowerCase()}`;
      expect(id.safeParse(text).success, `${name} reads ${text}`).toBe(prefix === id.prefix);
    }
  }
  expect(new Set(prefixes).size).toBe(prefixes.length);
});

test('only own names are found: nothing that objects inherit counts as an entity', () => {
  expect(recordOf('task' satisfies EntityName)).toBe(entities.task);
  for (const name of ['constructor', 'toString', '__proto__', 'tasks', '']) expect(recordOf(name)).toBeUndefined();
});
