import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { expect, test } from 'vitest';
import { openTestCore } from '../../../../tests/support/core.ts';
import { text as order } from '../../../contract/kernel/sorts.ts';
import { listPage } from './index.ts';

const item = sqliteTable('item', {
  id: text('id').primaryKey(),
  tags: text('tags', { mode: 'json' }).$type<string[]>().notNull(),
});

// Would catch: a query for each damaged row, with all before it excluded, which holds up the host at every request.
test('a page behind thousands of damaged rows is read with a few statements', () => {
  using core = openTestCore();
  core.db.raw.exec(`CREATE TABLE item (id TEXT PRIMARY KEY, tags TEXT NOT NULL);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
    INSERT INTO item SELECT format('i%05d', i), '{"torn' FROM n;
    INSERT INTO item VALUES ('j1', '["a"]'), ('j2', '{"torn'), ('j3', '["b"]')`);
  let statements = 0;
  const prepare = core.db.raw.prepare.bind(core.db.raw);
  core.db.raw.prepare = ((sql: string) => {
    statements += 1;
    return prepare(sql);
  }) as typeof prepare;
  const page = (cursor?: string) =>
    listPage(
      core.db,
      { limit: 1, count: false, cursor },
      {
        ...{ table: item, id: item.id, sortable: { id: item.id }, sources: {} },
        record: { filters: {}, sorts: { id: order }, defaultSort: 'id' },
      },
    );
  const first = page();
  expect(first.items).toEqual([{ id: 'j1', tags: ['a'] }]);
  expect(page(first.next_cursor ?? '')).toEqual({ items: [{ id: 'j3', tags: ['b'] }], next_cursor: null, total: null });
  expect(statements).toBeLessThan(10);
});
