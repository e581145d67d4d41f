/** What differs between two texts, in bounded time: by line first, then by character where little has changed. */
import { Change, diff, presentableDiff } from '@codemirror/merge';

/** Lines of each text that are compared; of more, all between the first and the last difference is one change. */
const MAX_LINES = 5_000;
/** Characters of a change that is looked at more closely, and of all such changes. */
const MAX_CHANGE = 2_000;
const MAX_LOOKED_AT = 100_000;
/** The library compares most texts in linear time; for some it takes quadratic time, and looks at its clock only now and then. */
const CONFIG = { scanLimit: 500, timeout: 100 };

/** Lines of a text, each with its line end. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+/g) ?? [];

/** Offsets of the lines of a text, and of its end. */
function offsetsOf(lines: readonly string[]): number[] {
  const offsets = [0];
  for (const line of lines) offsets.push((offsets.at(-1) ?? 0) + line.length);
  return offsets;
}

/** Both texts with one character for each line. */
function encoded(a: readonly string[], b: readonly string[]): [string, string] {
  const codes = new Map<string, string>();
  const encode = (lines: readonly string[]) =>
    lines
      .map((line) => {
        const known = codes.get(line);
        if (known !== undefined) return known;
        const code = String.fromCharCode(codes.size + 1);
        codes.set(line, code);
        return code;
      })
      .join('');
  return [encode(a), encode(b)];
}

/** The changes from the lines `a` to the lines `b`, as numbers of lines. */
export function lineChanges(a: readonly string[], b: readonly string[]): readonly Change[] {
  if (Math.max(a.length, b.length) <= MAX_LINES) return diff(...encoded(a, b), CONFIG);
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return start === a.length && a.length === b.length ? [] : [new Change(start, a.length - end, start, b.length - end)];
}

/** The changes from `a` to `b`, in order. */
export function lineDiff(a: string, b: string): readonly Change[] {
  const linesA = linesOf(a);
  const linesB = linesOf(b);
  const atA = offsetsOf(linesA);
  const atB = offsetsOf(linesB);
  let left = MAX_LOOKED_AT;
  return lineChanges(linesA, linesB).flatMap(({ fromA, toA, fromB, toB }) => {
    const [startA = 0, endA = 0, startB = 0, endB = 0] = [atA[fromA], atA[toA], atB[fromB], atB[toB]];
    const length = Math.max(endA - startA, endB - startB);
    left -= length;
    if (length > MAX_CHANGE || left < 0 || startA === endA || startB === endB) {
      return [new Change(startA, endA, startB, endB)];
    }
    return presentableDiff(a.slice(startA, endA), b.slice(startB, endB), CONFIG).map(
      (part) => new Change(startA + part.fromA, startA + part.toA, startB + part.fromB, startB + part.toB),
    );
  });
}
