import { useState } from 'react';
import { rangeOf } from './range-of.ts';

/** The row that keys act on, and the one from which Shift extends a range. `shown` has the cursor until it is moved. */
export function useCursor(ids: readonly string[], shown: string | null | undefined) {
  const [cursor, setCursor] = useState<string | null>(null);
  const [anchor, setAnchor] = useState<string | null>(null);
  const index = ids.indexOf(cursor ?? shown ?? '');
  return {
    /** -1 while no row has the cursor. */
    index,
    /** Id of the row, `undefined` while there is none. */
    id: ids[index],
    /** Puts the cursor on a row and ends the range. */
    move(id: string): void {
      setAnchor(null);
      setCursor(id);
    },
    /** Extends the range to a row. @returns ids of the rows in it */
    extend(id: string): string[] {
      const before = anchor ?? cursor ?? id;
      const from = ids.includes(before) ? before : id;
      setAnchor(from);
      setCursor(id);
      return rangeOf(ids, from, id);
    },
  };
}
