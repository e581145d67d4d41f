/** What the keys of a tree do (WAI-ARIA Authoring Practices, tree view). */
import type { TreeRow } from './step-tree.ts';

/** Answer of {@link treeKey}. */
export type TreeAct = { type: 'select'; index: number } | { type: 'fold'; id: string; folded: boolean };

/**
 * What a key does on the row at `index`, which is -1 while none is chosen; `null` when it is no key of the tree.
 * @param page rows that PageUp and PageDown pass over
 */
export function treeKey(
  event: { key: string; shiftKey: boolean; ctrlKey: boolean; metaKey: boolean; altKey: boolean },
  rows: readonly TreeRow[],
  index: number,
  folded: ReadonlySet<string>,
  page: number,
): TreeAct | null {
  if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return null;
  const select = (to: number): TreeAct => ({ type: 'select', index: Math.min(rows.length - 1, Math.max(0, to)) });
  const row = rows[index];
  switch (event.key) {
    case 'ArrowDown':
      return select(index + 1);
    case 'ArrowUp':
      return select(index - 1);
    case 'PageDown':
      return select(index + Math.max(1, page - 1));
    case 'PageUp':
      return select(index - Math.max(1, page - 1));
    case 'Home':
      return select(0);
    case 'End':
      return select(rows.length - 1);
    case 'ArrowRight':
      if (row === undefined) return select(0);
      if (!row.hasChildren) return null;
      return folded.has(row.id) ? { type: 'fold', id: row.id, folded: false } : select(index + 1);
    case 'ArrowLeft': {
      if (row === undefined) return select(0);
      if (row.hasChildren && !folded.has(row.id)) return { type: 'fold', id: row.id, folded: true };
      const parent = rows.slice(0, index).findLastIndex(({ depth }) => depth < row.depth);
      return parent < 0 ? null : select(parent);
    }
    default:
      return null;
  }
}
