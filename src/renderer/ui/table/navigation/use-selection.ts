import { useState } from 'react';

/** What actions on a selection act on. */
export interface Chosen {
  /** Ids of the ticked rows that are loaded. */
  ids: string[];
  /** How many rows match the filters of the list when all of them are chosen, also those that are not loaded; else null. */
  all: number | null;
}

/** The rows that are ticked, by id. */
export interface Selection {
  /** Of the loaded rows only: a row that is gone from the list is neither counted nor acted on. */
  ids: string[];
  /** True when every row that matches is chosen, loaded or not. */
  all: boolean;
  has(id: string): boolean;
  /** Ticks the rows, or clears their ticks. Where everything is chosen, only loaded rows stay so. */
  put(ids: readonly string[], on: boolean): void;
  /** Ticks these rows and no other. */
  replace(ids: readonly string[]): void;
  chooseAll(): void;
}

interface State {
  list: string;
  chosen: ReadonlySet<string>;
  all: boolean;
}

/**
 * Rows that the user ticks; empty at first.
 * @param list changes with the filters of the list: what is chosen of one list says nothing of another
 * @param loaded ids of the rows that are there
 */
export function useSelection(list: string, loaded: readonly string[]): Selection {
  const [state, setState] = useState<State>({ list, chosen: new Set(), all: false });
  const { chosen, all } = state.list === list ? state : { chosen: new Set<string>(), all: false };
  const choose = (ids: Iterable<string>) => setState({ list, chosen: new Set(ids), all: false });
  const ticked = all ? [...loaded] : loaded.filter((id) => chosen.has(id));
  return {
    ids: ticked,
    all,
    has: (id) => all || chosen.has(id),
    put(ids, on) {
      const changed = new Set(ids);
      choose(on ? [...ticked, ...ids] : ticked.filter((id) => !changed.has(id)));
    },
    replace: choose,
    chooseAll: () => setState({ list, chosen: new Set(), all: true }),
  };
}
