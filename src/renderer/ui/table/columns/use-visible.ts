import { useView } from '../../../lib/view-store.ts';
import { type AnyColumn, arranged, fitting, hiddenOf, laidOut } from './columns.ts';

/** Columns of table `name` that the user wants to see and that fit into `width` px, in the user's order and widths. */
export function useVisible<R>(name: string, columns: readonly AnyColumn<R>[], width: number): AnyColumn<R>[] {
  const chosen = useView((view) => view.hidden[name]);
  const order = useView((view) => view.order[name]);
  const widths = useView((view) => view.widths[name]);
  const hidden = hiddenOf(columns, chosen);
  const shown = arranged(columns, order).filter(({ id }) => !hidden.includes(id));
  const sized = shown.map((column): AnyColumn<R> => {
    const own = widths?.[column.id];
    return own === undefined ? column : { ...column, width: own, grow: own };
  });
  return laidOut(fitting(sized, width), width);
}
