import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COLUMNS, ORDERS, orderQuery, ordersCsv, selectOrders } from './orders.ts';

// Would catch: an address typed by hand that ends in an empty table or an error.
test('whatever stands in the address, the query is sound and its page has orders', () => {
  const text = fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String), fc.constantFrom(...COLUMNS));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('page', 'per_page', 'sort', 'direction'), text), (params) => {
      const query = orderQuery(new URLSearchParams(params));
      const { items, pages, total } = selectOrders(query);
      expect(total).toBe(48);
      expect(query.page).toBeGreaterThanOrEqual(1);
      expect(query.page).toBeLessThanOrEqual(pages);
      expect(items.length).toBeGreaterThan(0);
      expect(items.length).toBeLessThanOrEqual(query.perPage);
    }),
  );
});

test.each(COLUMNS)('the pages sorted by %s hold every order once, in order, and backwards in the reverse', (sort) => {
  const read = (direction: 'asc' | 'desc') => {
    const query = { sort, direction, perPage: 7 };
    const { pages } = selectOrders({ ...query, page: 1 });
    return Array.from({ length: pages }, (_, n) => selectOrders({ ...query, page: n + 1 }).items).flat();
  };
  const up = read('asc');
  expect(new Set(up.map(({ id }) => id)).size).toBe(ORDERS.length);
  expect(read('desc')).toEqual([...up].reverse());
  for (const [n, order] of up.entries()) {
    const next = up[n + 1];
    if (next === undefined) break;
    const [a, b] = [order[sort], next[sort]];
    expect(
      typeof a === 'number' && typeof b === 'number' ? a <= b : String(a).localeCompare(String(b), 'en') <= 0,
    ).toBe(true);
  }
});

// Would catch: a comma in a value that shifts the columns after it.
test('the CSV has one row an order, with as many cells as columns, read by the rules of RFC 4180', () => {
  const rows = ordersCsv()
    .replace(/\r\n$/, '')
    .split('\r\n')
    .map((line) => line.match(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)?.slice(0, COLUMNS.length) ?? []);
  expect(rows).toHaveLength(ORDERS.length + 1);
  for (const row of rows) expect(row).toHaveLength(COLUMNS.length);
  const cell = (text: string | undefined) =>
    (text ?? '')
      .replace(/,$/, '')
      .replace(/^"(.*)"$/s, '$1')
      .replaceAll('""', '"');
  expect(rows[1]?.map(cell)).toEqual(COLUMNS.map((column) => String(ORDERS[0]?.[column])));
});
