import type { ReactNode } from 'react';
import { count } from '../../lib/format.ts';
import { Button } from '../buttons.tsx';
import type { Chosen, Selection } from './navigation/use-selection.ts';
import css from './table.module.css';

/** What can be done with the chosen rows; once every loaded row is, all that match can be. */
export function BulkBar({
  selection,
  loaded,
  total,
  bulk,
}: {
  selection: Selection;
  /** Number of loaded rows. */
  loaded: number;
  total: number | null;
  bulk(chosen: Chosen, clear: () => void): ReactNode;
}) {
  const { ids, all } = selection;
  const clear = () => selection.replace([]);
  const more = total !== null && total > loaded && ids.length >= loaded && !all;
  return (
    <div className={css.bulk} data-keep-clear="" role="toolbar" aria-label="Selection">
      <span aria-live="polite">
        {all ? `All ${count(total ?? ids.length)} matching selected` : `${count(ids.length)} selected`}
      </span>
      {more ? (
        <Button small kind="ghost" onClick={selection.chooseAll}>
          Select all {count(total)} matching
        </Button>
      ) : null}
      {bulk({ ids, all: all ? (total ?? ids.length) : null }, clear)}
      <Button small kind="ghost" onClick={clear}>
        Clear
      </Button>
    </div>
  );
}
