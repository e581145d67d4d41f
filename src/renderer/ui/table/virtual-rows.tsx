/** The body of a plain table of any length: only the rows in view are in the page, two empty ones keep the place of the others. */
import { useVirtualizer } from '@tanstack/react-virtual';
import type { ReactNode, RefObject } from 'react';

/** Props of {@link VirtualRows}. */
export interface VirtualRowsProps {
  count: number;
  /** Columns of the table. */
  columns: number;
  /** What scrolls the table. */
  scroll: RefObject<HTMLElement | null>;
  /** The `tr` of a row, with its key; its height is that of every row. */
  row(index: number): ReactNode;
}

function Space({ height, columns }: { height: number; columns: number }) {
  return height <= 0 ? null : (
    <tr className="spacer" aria-hidden>
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}

/** See the file's head. The table around it should tell `aria-rowcount`. */
export function VirtualRows({ count, columns, scroll, row }: VirtualRowsProps) {
  'use no memo'; // The virtualizer is one mutable object; the compiler would freeze its first answer.
  const rowHeight = document.documentElement.dataset.density === 'compact' ? 28 : 32;
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  return (
    <tbody>
      <Space height={items[0]?.start ?? 0} columns={columns} />
      {items.map(({ index }) => row(index))}
      <Space height={virtual.getTotalSize() - (items.at(-1)?.end ?? 0)} columns={columns} />
    </tbody>
  );
}
