/** A long text cut into blocks, so that a browser lays out only those in view. */
import { tameMarks } from './tame.ts';

/** Most characters of a block. */
const BLOCK = 4_096;
/** A block ends with a line when one ends in its last part; else a long line is broken. */
const SHORTEST = 1_024;

export interface TextBlock {
  /** Without the line end that it ends with. */
  text: string;
  /** Lines it has at least, for its height before it is laid out. */
  lines: number;
}

/** Whether a text may be cut before its character at `at`: not inside of a surrogate pair, nor before a mark. */
const JOINS = /^(?:[\udc00-\udfff]|[\p{M}\u200c\u200d])/u;

function endOf(text: string, start: number): number {
  const end = start + BLOCK;
  if (end >= text.length) return text.length;
  const line = text.lastIndexOf('\n', end - 1);
  if (line >= start + SHORTEST) return line + 1;
  let cut = end;
  while (cut > start + SHORTEST && JOINS.test(text.slice(cut, cut + 2))) cut--;
  return cut;
}

/** Blocks of a text in order. Marks beyond what any script writes are left out. */
export function blocksOf(source: string): TextBlock[] {
  const text = tameMarks(source);
  const blocks: TextBlock[] = [];
  for (let start = 0; start < text.length; ) {
    const end = endOf(text, start);
    const block = text.slice(start, text[end - 1] === '\n' ? end - 1 : end);
    let lines = 1;
    for (let at = block.indexOf('\n'); at >= 0; at = block.indexOf('\n', at + 1)) lines++;
    blocks.push({ text: block, lines });
    start = end;
  }
  return blocks;
}
