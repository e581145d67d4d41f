/**
 * How much an SVG drawing draws. Its elements refer to others (`use`, patterns, masks, filters), which refer to others in turn, so that
 * two kilobytes can stand for millions of shapes. An estimate from above of what is common, not a renderer: the frame that shows the
 * drawing has a process of its own where the browser gives it one.
 */

/** One element's beginning or end; comments and sections are passed over. */
const MARKUP = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<(\/?)([\w:.-]+)((?:[^<>"']|"[^"]*"|'[^']*')*?)(\/?)>/g;
const ID = /\sid\s*=\s*["']([^"']*)["']/;
/** References of attributes and of styles to a part of the same drawing. */
const REFERENCE = /(?:href\s*=\s*["']\s*|url\(\s*["']?)#([^"')\s]+)/g;
/** Ways to write a reference, or to use one elsewhere, that {@link REFERENCE} does not see. */
const HIDDEN = /(?:href\s*=\s*["']\s*|url\(\s*["']?)(?:#[^"')]*)?[&\\]|<!ENTITY|@import|var\(/i;

interface Part {
  /** Elements in it, itself among them. */
  size: number;
  /** What it refers to itself. What is inherited counts for each element in it. */
  refs: string[];
  /** Elements in it that refer to something. */
  users: Part[];
}

const partOf = (refs: string[]): Part => ({ size: 0, refs, users: [] });
const refsOf = (text: string): string[] => [...text.matchAll(REFERENCE)].map(([, ref = '']) => ref);

/** The drawing as a whole, and its elements that have an id. */
function partsOf(svg: string): { all: Part; parts: Map<string, Part> } {
  const all = partOf([]);
  const parts = new Map<string, Part>();
  const open = [all];
  for (const [, end, name, attributes = '', isEmpty] of svg.matchAll(MARKUP)) {
    if (name === undefined) continue;
    if (end === '/') {
      if (open.length > 1) open.pop();
      continue;
    }
    const part = partOf(refsOf(attributes));
    const id = ID.exec(attributes)?.[1];
    if (id !== undefined && !parts.has(id)) parts.set(id, part);
    for (const outer of [...open, part]) {
      outer.size++;
      if (part.refs.length > 0) outer.users.push(part);
    }
    if (isEmpty === '') open.push(part);
  }
  return { all, parts };
}

/** Elements that are drawn when all references are followed; infinite when some are hidden or go in circles. */
export function weightOfDrawing(svg: string): number {
  if (HIDDEN.test(svg)) return Number.POSITIVE_INFINITY;
  const { all, parts } = partsOf(svg);
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
  const sheets = [...svg.matchAll(/<style[\s\S]*?<\/style/gi)].flatMap(([sheet]) => refsOf(sheet));
  return weigh(all) + all.size * sum([...new Set(sheets)]);
}
