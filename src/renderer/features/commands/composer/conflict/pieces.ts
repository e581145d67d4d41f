/** A part that two people have changed, in the pieces that are merged; loaded with the view that shows them. */
import type { Json } from '../../../../../contract/kernel/scalars.ts';
import { mergedValue } from '../../../../lib/drafts/merge.ts';
import { isOverlap, mergeTexts, type Piece } from '../../../../ui/editor/three-way.ts';
import { asText, type Difference } from './differences.ts';

/** What is taken where both have changed the same lines. */
export type Choice = 'mine' | 'theirs' | 'both';

/** The text of a part in pieces: texts are merged by line, other values by member. */
export function piecesOf({ base, mine, theirs }: Difference): Piece[] {
  if ([base, mine, theirs].every((value) => typeof value === 'string'))
    return mergeTexts(asText(base), asText(mine), asText(theirs));
  const merged = mergedValue(base, mine, theirs);
  const lines = (value: Json | undefined) => asText(value).split('\n');
  return merged === null
    ? [{ base: lines(base), mine: lines(mine), theirs: lines(theirs) }]
    : [{ lines: lines(merged.value) }];
}

/** How many pieces are to be decided. */
export const overlapsOf = (pieces: readonly Piece[]): number => pieces.filter(isOverlap).length;

/** The text with each overlap as it was decided; one that is not yet shows what is mine. */
export function textOf(pieces: readonly Piece[], choices: readonly (Choice | null)[]): string {
  const open = [...choices];
  return pieces
    .flatMap((piece) => {
      if (!isOverlap(piece)) return piece.lines;
      const choice = open.shift() ?? 'mine';
      return choice === 'both' ? [...piece.mine, ...piece.theirs] : piece[choice];
    })
    .join('\n');
}

/** The value that an edited text stands for; @throws SyntaxError when it has to be JSON and is not */
export function fromText(text: string, { base, mine, theirs }: Difference): Json | undefined {
  const known = [mine, theirs, base].find((value) => asText(value) === text);
  if (known !== undefined) return known;
  if (text === '' && (mine === undefined || theirs === undefined)) return undefined;
  return typeof mine === 'string' || typeof theirs === 'string' ? text : (JSON.parse(text) as Json);
}
