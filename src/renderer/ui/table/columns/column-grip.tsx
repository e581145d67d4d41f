import type { KeyboardEvent, PointerEvent } from 'react';
import css from '../table.module.css';
import { MIN_WIDTH } from './columns.ts';

/** Px that one press of an arrow key changes. */
const STEP = 16;

/** The edge of a column: dragged, or with arrow keys, it changes the width; with Alt the arrow keys move the column. */
export function ColumnGrip({
  title,
  index,
  resize,
  move,
}: {
  title: string;
  /** Place of the column's `col` in the table. */
  index: number;
  /** Without a width the column has its own again. */
  resize(px: number | undefined): void;
  move(by: number): void;
}) {
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const head = event.currentTarget.closest('th');
    const column = event.currentTarget.closest('table')?.querySelectorAll('col')[index];
    if (head === null || column === undefined) return;
    event.preventDefault();
    // The head itself is what is dragged to another place.
    event.stopPropagation();
    const from = event.clientX;
    const width = head.offsetWidth;
    let now = width;
    event.currentTarget.setPointerCapture(event.pointerId);
    // The rows follow the pointer without being drawn anew; what is kept is where it is let go.
    event.currentTarget.onpointermove = ({ clientX }) => {
      now = Math.max(MIN_WIDTH, width + clientX - from);
      column.style.width = `${now}px`;
    };
    event.currentTarget.onpointerup = ({ currentTarget }) => {
      Object.assign(currentTarget as HTMLElement, { onpointermove: null, onpointerup: null });
      if (now !== width) resize(now);
    };
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const width = event.currentTarget.closest('th')?.offsetWidth ?? 0;
    if (event.altKey) move(by);
    else resize(Math.max(MIN_WIDTH, width + by * STEP));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be moved is no <hr>
    <span
      className={css.grip}
      role="separator"
      aria-orientation="vertical"
      aria-label={`Width of ${title}`}
      aria-valuenow={0}
      title="Drag to resize, double-click to reset. With the focus here: arrow keys resize, Alt and arrow keys move the column"
      tabIndex={0}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
      onDoubleClick={() => resize(undefined)}
    />
  );
}
