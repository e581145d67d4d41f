/** The demo shop's orders: the same 48 on every machine. */

/** One order; `total` in euros, `date` as YYYY-MM-DD. */
export interface Order {
  id: number;
  date: string;
  customer: string;
  item: string;
  quantity: number;
  total: number;
  status: 'paid' | 'shipped' | 'delivered' | 'returned';
}

const CUSTOMERS = [
  'Ada Winter',
  'Björn Lindqvist',
  'Chloé Martin',
  'Dmitri Volkov',
  'Elif Yılmaz',
  'Farid Haddad',
  'Grace Okafor',
  '花子 田中',
];
const ITEMS: readonly [name: string, price: number][] = [
  ['Desk lamp', 39.9],
  ['Notebook, A5', 6.5],
  ['Fountain pen', 24],
  ['Monitor stand', 59.95],
  ['Cable set', 12.75],
  ['Office chair', 189],
];
const STATUSES = ['paid', 'shipped', 'delivered', 'delivered', 'returned'] as const;

/** Picks by a step that visits every element, so that neighbours differ and nothing is random. */
const pick = <T>(list: readonly [T, ...T[]] | readonly T[], index: number, step: number): T => {
  const found = list[(index * step) % list.length];
  if (found === undefined) throw new RangeError('an empty list has nothing to pick');
  return found;
};

/** All orders, oldest first. */
export const ORDERS: readonly Order[] = Array.from({ length: 48 }, (_, index) => {
  const [item, price] = pick(ITEMS, index, 5);
  const quantity = 1 + ((index * 7) % 4);
  return {
    id: 1001 + index,
    date: new Date(Date.UTC(2026, 0, 5) + index * 3 * 86_400_000).toISOString().slice(0, 10),
    customer: pick(CUSTOMERS, index, 3),
    item,
    quantity,
    total: Math.round(price * quantity * 100) / 100,
    status: pick(STATUSES, index, 3),
  };
});

/** Columns that orders can be sorted by. */
export const COLUMNS = ['id', 'date', 'customer', 'item', 'quantity', 'total', 'status'] as const;
export type Column = (typeof COLUMNS)[number];

/** Which part of the orders, in which order. */
export interface OrderQuery {
  sort: Column;
  direction: 'asc' | 'desc';
  page: number;
  perPage: number;
}

/** Reads a query; anything unknown or out of range becomes the nearest sensible value. */
export function orderQuery(params: URLSearchParams): OrderQuery {
  const integer = (name: string, fallback: number, max: number) => {
    const value = Number.parseInt(params.get(name) ?? '', 10);
    return Number.isNaN(value) ? fallback : Math.min(max, Math.max(1, value));
  };
  const perPage = integer('per_page', 10, 100);
  return {
    sort: COLUMNS.find((column) => column === params.get('sort')) ?? 'id',
    direction: params.get('direction') === 'desc' ? 'desc' : 'asc',
    perPage,
    page: integer('page', 1, Math.ceil(ORDERS.length / perPage)),
  };
}

/** One page of orders. */
export function selectOrders({ sort, direction, page, perPage }: OrderQuery): {
  items: Order[];
  pages: number;
  total: number;
} {
  const sign = direction === 'asc' ? 1 : -1;
  const sorted = [...ORDERS].sort((a, b) => {
    const [x, y] = [a[sort], b[sort]];
    const order = typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y), 'en');
    return sign * (order || a.id - b.id);
  });
  return {
    items: sorted.slice((page - 1) * perPage, page * perPage),
    pages: Math.ceil(ORDERS.length / perPage),
    total: ORDERS.length,
  };
}

/** All orders as CSV (RFC 4180). */
export function ordersCsv(): string {
  const cell = (value: string | number) =>
    /[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
  return [COLUMNS.join(','), ...ORDERS.map((order) => COLUMNS.map((column) => cell(order[column])).join(','))]
    .join('\r\n')
    .concat('\r\n');
}
