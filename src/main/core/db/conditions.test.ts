import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { expect, test } from 'vitest';
import { openTestCore } from '../../../../tests/support/core.ts';
import { contains as search } from '../../../contract/kernel/filters.ts';
import { text as order } from '../../../contract/kernel/sorts.ts';
import { listPage } from './index.ts';

const item = sqliteTable('item', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  tags: text('tags', { mode: 'json' }).$type<string[]>().notNull(),
});

/** Names among `names` that a search for `q` finds. */
function found(q: string, names: string[], tags: string[][] = []): string[] {
  using core = openTestCore();
  core.db.raw.exec('CREATE TABLE item (id TEXT PRIMARY KEY, name TEXT NOT NULL, tags TEXT NOT NULL)');
  names.forEach((name, i) => {
    core.db.orm
      .insert(item)
      .values({ id: `i${i}`, name, tags: tags[i] ?? [] })
      .run();
  });
  const page = listPage(
    core.db,
    { limit: 50, count: false, q },
    {
      table: item,
      id: item.id,
      sortable: { id: item.id },
      record: { filters: { q: search('name', 'tags') }, sorts: { id: order }, defaultSort: 'id' },
      sources: { name: item.name, tags: { column: item.tags, elements: true } },
    },
  );
  return page.items.map(({ name }) => name);
}

test.each([
  ['_', ['a_b', 'axb'], ['a_b']],
  ['%', ['100%', '100'], ['100%']],
  ['\\', ['c:\\temp', 'c:/temp'], ['c:\\temp']],
  ['a\\_b', ['a\\_b', 'a_b', 'a\\xb'], ['a\\_b']],
  ["o'n", ["O'Neil", 'Oneil'], ["O'Neil"]],
  ['"', ['say "hi"', 'say hi'], ['say "hi"']],
  ['SHOP', ['my shop', 'other'], ['my shop']],
  ['müll', ['MÜLLER', 'Muller'], ['MÜLLER']],
  ['é', ['cafe\u0301', 'cafe'], ['cafe\u0301']],
  ['магаз', ['Мой МАГАЗИН', 'Дом'], ['Мой МАГАЗИН']],
  ['', ['a', 'b'], ['a', 'b']],
  ['i1', ['a', 'b'], ['b']],
])('a search for %j means these characters: %j', (q, names, expected) => {
  expect(found(q, names)).toEqual(expected);
});

test('a search looks into the elements of a JSON array, not at how it is written', () => {
  expect(found('"', ['a', 'b'], [['x'], ['y"z']])).toEqual(['b']);
  expect(found('[', ['a', 'b'], [['x'], []])).toEqual([]);
  expect(found('X', ['a', 'b'], [['x'], ['y']])).toEqual(['a']);
});
