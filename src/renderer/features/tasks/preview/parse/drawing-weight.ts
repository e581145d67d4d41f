/**
 * How much an SVG drawing draws. Its elements refer to others (`use`, patterns, masks, filters), which refer to others in turn, so that
 * two kilobytes can stand for millions of shapes. An estimate from above of what is common, not a renderer: the frame that shows the
 * drawing has a process of its own where the browser gives it one.
 */
import { hidesReferences, isDisguised, marksOf, pairsOf, refsOf, sheetsOf } from './drawing-markup.ts';

/** Elements inside of each other that are followed: each counts for all around it. */
const MAX_DEPTH = 256;

interface Part {
  /** Elements in it, itself among them. */
  size: number;
  /** What it refers to itself. What is inherited counts for each element in it. */
  refs: string[];
  /** Elements in it that refer to something. */
  users: Part[];
}

const partOf = (refs: string[]): Part => ({ size: 0, refs, users: [] });

/** The drawing as a whole, and its elements that have an id; null when it is too deep, or ends within a mark. */
function partsOf(svg: string): { all: Part; parts: Map<string, Part> } | null {
  const marks = marksOf(svg);
  if (marks?.some(isDisguised) !== false) return null;
  const all = partOf([]);
  const parts = new Map<string, Part>();
  const open = [all];
  for (const { isEnd, isEmpty, attributes } of marks) {
    if (isEnd) {
      if (open.length > 1) open.pop();
      continue;
    }
    const part = partOf(refsOf(attributes));
    const id = pairsOf(attributes).find(([name]) => name === 'id')?.[1];
    if (id !== undefined && !parts.has(id)) parts.set(id, part);
    for (const outer of [...open, part]) {
      outer.size++;
      if (part.refs.length > 0) outer.users.push(part);
    }
    if (!isEmpty) open.push(part);
    if (open.length > MAX_DEPTH) return null;
  }
  return { all, parts };
}

/** Elements that are drawn when all references are followed; infinite when some are hidden, go in circles or are too deep. */
export function weightOfDrawing(svg: string): number {
  const found = hidesReferences(svg) ? null : partsOf(svg);
  if (found === null) return Number.POSITIVE_INFINITY;
  const { all, parts } = found;
  const known = new Map<string, number>();
  const weightOf = (id: string): number => {
    const before = known.get(id);
    if (before !== undefined) return before;
    // Stands until it is known, for a part that refers to itself.
    known.set(id, Number.POSITIVE_INFINITY);
    const part = parts.get(id);
    const weight = part === undefined ? 0 : weigh(part);
    known.set(id, weight);
    return weight;
  };
  const sum = (refs: readonly string[]) => refs.reduce((total, ref) => total + weightOf(ref), 0);
  const weigh = ({ size, users }: Part): number =>
    users.reduce((total, user) => total + user.size * sum(user.refs), size);
  // What a style sheet refers to can stand at every element.
  const sheets = sheetsOf(svg).flatMap(refsOf);
  return weigh(all) + all.size * sum([...new Set(sheets)]);
}
