/** Where two values differ, as parts that can be chosen one by one. */
import { isJsonObject, sameJson } from '../../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';

/** One part: a member, or a member of a member. */
export interface Difference {
  path: readonly [member: string, below?: string];
  mine: Json | undefined;
  theirs: Json | undefined;
}

/** The differences of some members; a spec is taken apart, so that its script is compared as a script. */
export function differencesOf(members: readonly string[], mine: JsonObject, theirs: JsonObject): Difference[] {
  return members.flatMap((member): Difference[] => {
    const [one, other] = [mine[member], theirs[member]];
    if (!isJsonObject(one) || !isJsonObject(other)) return [{ path: [member], mine: one, theirs: other }];
    return [...new Set([...Object.keys(one), ...Object.keys(other)])]
      .filter((name) => !sameJson(one[name], other[name]))
      .map((name) => ({ path: [member, name], mine: one[name], theirs: other[name] }));
  });
}

/** A value as the text that is compared. */
export const asText = (value: Json | undefined): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 2);

/** The value that an edited text stands for; @throws SyntaxError when it has to be JSON and is not */
export function fromText(text: string, { mine, theirs }: Difference): Json | undefined {
  if (text === asText(mine)) return mine;
  if (text === asText(theirs)) return theirs;
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
    const { [below]: _old, ...others } = (result[member] ?? mine[member]) as JsonObject;
    result[member] = value === undefined ? others : { ...others, [below]: value };
  }
  return result;
}
