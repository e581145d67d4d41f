import { useState } from 'react';

/** The rows that are ticked, by id. */
export interface Selection {
  ids: string[];
  has(id: string): boolean;
  /** Ticks the rows, or clears their ticks. */
  put(ids: readonly string[], on: boolean): void;
  /** Ticks these rows and no other. */
  replace(ids: readonly string[]): void;
}

/** Rows that the user ticks; empty at first. */
export function useSelection(): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  return {
    ids: [...chosen],
    has: (id) => chosen.has(id),
    put: (ids, on) => setChosen(new Set(on ? [...chosen, ...ids] : [...chosen].filter((id) => !ids.includes(id)))),
    replace: (ids) => setChosen(new Set(ids)),
  };
}
