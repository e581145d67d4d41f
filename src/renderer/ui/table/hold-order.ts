/** Keeps the order of a live list steady while the pointer is over it. */

import { useState } from 'react';

/** What to show of a list whose order is held. */
export interface Held<R> {
  rows: R[];
  /** Rows that would stand above or between the held ones. */
  fresh: number;
}

/**
 * Rows in the order of `order`, with their latest values; rows that are gone leave, rows after the last held one (a further page)
 * are added, rows that would come in between are counted only.
 */
export function holdOrder<R>(order: readonly string[], rows: readonly R[], idOf: (row: R) => string): Held<R> {
  const known = new Set(order);
  const byId = new Map(rows.map((row) => [idOf(row), row]));
  let last = -1;
  for (const [index, row] of rows.entries()) if (known.has(idOf(row))) last = index;
  const held = order.flatMap((id) => byId.get(id) ?? []);
  // With the last held row goes what was to be kept in place.
  if (held.length === 0) return { rows: [...rows], fresh: 0 };
  const later = rows.slice(last + 1);
  const fresh = rows.length - held.length - later.length;
  return { rows: [...held, ...later], fresh };
}

/** Rows in the order to show, see {@link holdOrder}; `hold` when the pointer comes, `release` when it leaves. */
export function useHeldRows<R>(rows: R[], idOf: (row: R) => string, resetKey: string) {
  const [held, setHeld] = useState<{ order: string[]; key: string } | null>(null);
  const active = held !== null && held.key === resetKey && held.order.length > 0;
  const shown = active ? holdOrder(held.order, rows, idOf) : { rows, fresh: 0 };
  return {
    rows: shown.rows,
    fresh: shown.fresh,
    hold: () => setHeld({ order: rows.map(idOf), key: resetKey }),
    release: () => setHeld(null),
  };
}
