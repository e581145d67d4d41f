/** A table to read, of any length: only the rows in view are in the page, two empty ones keep the place of the others. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef } from 'react';
import { focusable } from '../focusable.ts';
import { useOverscan } from '../sizing/use-overscan.ts';
import layout from '../styles/layout.module.css';
import { rowHeight } from './row-height.ts';
import { Spacer } from './spacer.tsx';
import css from './table.module.css';

export interface PlainTableProps {
  label: string;
  /** Title of each column, and its width in px; without one it shares the rest. */
  columns: readonly { title: string; width?: number; numeric?: boolean }[];
  count: number;
  /** The `tr` of a row, with its key and `aria-rowindex` (index + 2); all rows are one line high. */
  row(index: number): ReactNode;
}

export function PlainTable({ label, columns, count, row }: PlainTableProps) {
  'use no memo'; // The virtualizer is one mutable object; the compiler would freeze its first answer.
  const scroll = useRef<HTMLElement>(null);
  const overscan = useOverscan(12);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroll.current,
    estimateSize: rowHeight,
    overscan,
  });
  const items = virtual.getVirtualItems();
  const span = columns.length;
  return (
    <section className={layout.scroll} aria-label={label} ref={scroll} {...focusable}>
      <table className={`${css.grid} ${css.plain}`} aria-rowcount={count + 1}>
        <colgroup>
          {columns.map(({ title, width }) => (
            <col key={title} style={width === undefined ? undefined : { width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map(({ title, numeric }) => (
              <th key={title} scope="col" className={numeric ? css.num : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer span={span} height={items[0]?.start ?? 0} />
          {items.map(({ index }) => row(index))}
          <Spacer span={span} height={virtual.getTotalSize() - (items.at(-1)?.end ?? 0)} />
        </tbody>
      </table>
    </section>
  );
}
