/** Where the draft and what somebody else has saved differ, as parts that are merged one by one with what both began with. */
import { isJsonObject, sameJson } from '../../../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../../../contract/kernel/scalars.ts';

/** One part: a member, or a member of a member. */
export interface Difference {
  path: readonly [member: string, below?: string];
  base: Json | undefined;
  mine: Json | undefined;
  theirs: Json | undefined;
}

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
