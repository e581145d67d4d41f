import type { KeyboardEvent, PointerEvent } from 'react';
import css from '../table.module.css';
import { MIN_WIDTH } from './columns.ts';

/** Px that one press of an arrow key changes. */
const STEP = 16;

/** Columns by id, each with its `col` and the px that it takes now; the last one is not among them: it takes what is left. */
function measured(grip: Element): Map<string, { col: HTMLElement; px: number }> {
  const heads = [...(grip.closest('tr')?.querySelectorAll('th') ?? [])];
  const cols = [...(grip.closest('table')?.querySelectorAll('col') ?? [])];
  const columns = heads.flatMap((head, place) => {
    const [id, col] = [head.dataset.column, cols[place]];
    return id === undefined || col === undefined ? [] : [[id, { col, px: head.offsetWidth }] as const];
  });
  return new Map(columns);
}

/**
 * The edge of a column: dragged, or with arrow keys, it changes the width; with Alt the arrow keys move the column. The columns before it
 * keep the widths that they have, so that the edge is where the pointer is; the last column takes what is left.
 */
export function ColumnGrip({
  title,
  column,
  resize,
  reset,
  move,
}: {
  title: string;
  /** Its id. */
  column: string;
  /** Px by the id of the column. */
  resize(widths: Record<string, number>): void;
  /** The column has its own width again. */
  reset(): void;
  move(by: number): void;
}) {
  /** Every width as it is now, with this one changed. */
  const sized = (columns: ReturnType<typeof measured>, px: number): Record<string, number> => {
    const last = [...columns.keys()].at(-1);
    const others = [...columns].filter(([id]) => id !== last && column !== last);
    return { ...Object.fromEntries(others.map(([id, of]) => [id, of.px])), [column]: px };
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const columns = measured(event.currentTarget);
    const own = columns.get(column);
    if (own === undefined) return;
    event.preventDefault();
    // The head itself is what is dragged to another place.
    event.stopPropagation();
    const from = event.clientX;
    let now = own.px;
    const before = new Map([...columns.values()].map(({ col }) => [col, col.style.width]));
    const last = [...columns.keys()].at(-1);
    event.currentTarget.setPointerCapture(event.pointerId);
    // The rows follow the pointer without being drawn anew; what is kept is where it is let go.
    event.currentTarget.onpointermove = ({ clientX }) => {
      now = Math.max(MIN_WIDTH, own.px + clientX - from);
      const widths = sized(columns, now);
      for (const [id, { col }] of columns) {
        const px = widths[id];
        if (px !== undefined) col.style.width = `${px}px`;
        else if (id === last && column !== last) col.style.width = 'auto';
      }
    };
    event.currentTarget.onpointerup = ({ currentTarget }) => {
      Object.assign(currentTarget as HTMLElement, { onpointermove: null, onpointerup: null });
      for (const [col, width] of before) col.style.width = width;
      if (now !== own.px) resize(sized(columns, now));
    };
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.altKey) return move(by);
    const columns = measured(event.currentTarget);
    resize(sized(columns, Math.max(MIN_WIDTH, (columns.get(column)?.px ?? 0) + by * STEP)));
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
      onDoubleClick={reset}
    />
  );
}
