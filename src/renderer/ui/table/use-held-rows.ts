import { useState } from 'react';
import { holdOrder } from './hold-order.ts';

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
