/** Text that others made, bounded so that a browser lays it out in time linear in its length. */

/**
 * Combining marks that stay with one character, joiners among them: more than any script writes. A browser shapes the marks of one
 * character in time quadratic in their number, and paints them over the lines above and below.
 */
const MANY_MARKS = /([\p{M}\u200c\u200d]{8})[\p{M}\u200c\u200d]+/gu;

/** Without combining marks that go beyond what any script writes. */
export const tameMarks = (text: string): string => text.replace(MANY_MARKS, '$1');

/** {@link tameMarks} of the first `length` characters; an ellipsis stands for the rest. */
export function tame(text: string, length: number): string {
  return text.length <= length ? tameMarks(text) : `${tameMarks(text.slice(0, length).toWellFormed())}…`;
}

/** Characters of a text in a row of a list, where what does not fit is cut off anyway. */
const LINE = 300;
/** Characters of a text that is read as a whole, such as what an error says; all of it can be copied. */
const PASSAGE = 4_000;

/** A text in a row of a list. Undefined and null stay what they are. */
export function lineOf<T extends string | null | undefined>(text: T): T | string {
  return typeof text === 'string' ? tame(text, LINE) : text;
}

/** A text that is read as a whole. */
export const passageOf = (text: string): string => tame(text, PASSAGE);
