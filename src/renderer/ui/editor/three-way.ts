/** Three-way merge of two texts that began as the same one, line by line (diff3). */
import { lineChanges } from './line-diff.ts';

/** A part of the merged text: lines that are settled, or where both have changed the same ones. */
export type Piece = { lines: readonly string[] } | Overlap;

/** Lines that both have changed, each in another way. */
export interface Overlap {
  base: readonly string[];
  mine: readonly string[];
  theirs: readonly string[];
}

export const isOverlap = (piece: Piece): piece is Overlap => !('lines' in piece);

/** Lines `from` up to `to` of the base have become `length` lines. */
interface Edit {
  side: 'mine' | 'theirs';
  from: number;
  to: number;
  length: number;
}

function editsOf(side: Edit['side'], base: readonly string[], text: readonly string[]): Edit[] {
  return lineChanges(base, text).map(({ fromA, toA, fromB, toB }) => ({
    side,
    from: fromA,
    to: toA,
    length: toB - fromB,
  }));
}

/** Whether an edit is about lines of a group that begins before it; two insertions at one place have no order of their own. */
const meets = (edit: Edit, group: { from: number; to: number }): boolean =>
  edit.from < group.to || (edit.from === group.from && edit.to === edit.from && group.to === group.from);

const sameLines = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((line, index) => line === b[index]);

/** The text as pieces: what only one of both has changed, or both alike, is settled. */
export function mergeTexts(base: string, mine: string, theirs: string): Piece[] {
  const lines = base.split('\n');
  const texts = { mine: mine.split('\n'), theirs: theirs.split('\n') };
  const edits = [...editsOf('mine', lines, texts.mine), ...editsOf('theirs', lines, texts.theirs)].sort(
    (a, b) => a.from - b.from || a.to - b.to,
  );
  const pieces: Piece[] = [];
  const at = { base: 0, mine: 0, theirs: 0 };
  const settle = (settled: readonly string[]) => {
    if (settled.length > 0) pieces.push({ lines: settled });
  };
  const keepUntil = (end: number) => {
    settle(lines.slice(at.base, end));
    at.mine += end - at.base;
    at.theirs += end - at.base;
    at.base = end;
  };
  for (let next = 0; next < edits.length; ) {
    const group = { from: edits[next]?.from ?? 0, to: edits[next]?.to ?? 0 };
    const first = next;
    for (let edit = edits[next]; edit !== undefined && (next === first || meets(edit, group)); edit = edits[next]) {
      group.to = Math.max(group.to, edit.to);
      next += 1;
    }
    keepUntil(group.from);
    const grown = (side: Edit['side']) =>
      edits
        .slice(first, next)
        .filter((edit) => edit.side === side)
        .reduce((sum, edit) => sum + edit.length - (edit.to - edit.from), group.to - group.from);
    const was = lines.slice(group.from, group.to);
    const ours = texts.mine.slice(at.mine, at.mine + grown('mine'));
    const other = texts.theirs.slice(at.theirs, at.theirs + grown('theirs'));
    at.mine += ours.length;
    at.theirs += other.length;
    at.base = group.to;
    if (sameLines(ours, other) || sameLines(other, was)) settle(ours);
    else if (sameLines(ours, was)) settle(other);
    else pieces.push({ base: was, mine: ours, theirs: other });
  }
  keepUntil(lines.length);
  return pieces;
}
