/** Where the draft and what somebody else has saved differ, as parts that are merged one by one with what both began with. */
import { isJsonObject, sameJson } from '../../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { mergedValue } from '../../../lib/drafts/merge.ts';
import { isOverlap, mergeTexts, type Piece } from '../../../ui/editor/three-way.ts';

/** One part: a member, or a member of a member. */
export interface Difference {
  path: readonly [member: string, below?: string];
  base: Json | undefined;
  mine: Json | undefined;
  theirs: Json | undefined;
}

/** What is taken where both have changed the same lines. */
export type Choice = 'mine' | 'theirs' | 'both';

/** The differences of some members; a spec is taken apart, so that its script is compared as a script. */
export function differencesOf(
  members: readonly string[],
  base: JsonObject,
  mine: JsonObject,
  theirs: JsonObject,
): Difference[] {
  return members.flatMap((member): Difference[] => {
    const [was, one, other] = [base[member], mine[member], theirs[member]];
    if (!isJsonObject(one) || !isJsonObject(other)) return [{ path: [member], base: was, mine: one, theirs: other }];
    const before = isJsonObject(was) ? was : {};
    return [...new Set([...Object.keys(one), ...Object.keys(other)])]
      .filter((name) => !sameJson(one[name], other[name]))
      .map((name) => ({ path: [member, name], base: before[name], mine: one[name], theirs: other[name] }));
  });
}

/** A value as the text that is compared. */
export const asText = (value: Json | undefined): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 2);

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

/** The members with each part as it was chosen. */
export function assemble(parts: readonly { of: Difference; value: Json | undefined }[], mine: JsonObject): JsonObject {
  const result: JsonObject = {};
  for (const { of, value } of parts) {
    const [member, below] = of.path;
    if (below === undefined) {
      if (value !== undefined) result[member] = value;
      continue;
    }
    // Members keep their order: a value that is written in another one counts as changed.
    const { ...members } = (result[member] ?? mine[member]) as JsonObject;
    if (value === undefined) delete members[below];
    else members[below] = value;
    result[member] = members;
  }
  return result;
}
