/** Secrets in the defaults of commands: sealed when they are saved, open only for runs. */

import type { CommandId, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { MASK } from '../../../../contract/kernel/text/mask.ts';
import { secretId, secretText } from '../../../core/secrets/secret-refs.ts';
import type { Secrets } from '../../../core/secrets/secrets.ts';
import { mapPlaces, type Place, valueAt } from './places.ts';

/** Owner of a command's secrets. */
export const ownerOf = (id: CommandId) => `command:${id}`;

/**
 * Seals the values of defaults at the places of secrets; a mask keeps what was stored before.
 * @param before the stored defaults
 */
export function sealDefaults(
  secrets: Pick<Secrets, 'put'>,
  id: CommandId,
  places: readonly Place[],
  defaults: JsonObject,
  before: JsonObject,
): Promise<JsonObject> {
  return mapPlaces(defaults, places, async (value, place) => {
    if (value === MASK) {
      const old = valueAt(before, place);
      return old !== undefined && secretId(old) !== null ? old : undefined;
    }
    if (value === null || secretId(value) !== null) return undefined;
    return { $secret: await secrets.put(ownerOf(id), secretText(value, ['defaults', ...place].join('.'))) };
  });
}
