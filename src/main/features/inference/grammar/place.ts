/** The place of a part of a schema, and its refusal. */
import { AppError } from '../../../../contract/kernel/errors.ts';

/** The field of the request that holds the schema, and a JSON Pointer (RFC 6901) into the schema. */
export interface Place {
  param: string;
  pointer: string;
}

export const inside = ({ param, pointer }: Place, ...names: (string | number)[]): Place => ({
  param,
  pointer: `${pointer}${names.map((name) => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`,
});

export function refuse({ param, pointer }: Place, why: string): never {
  throw new AppError('unsupported-parameter', `${param}: the schema at #${pointer} cannot be enforced: ${why}.`, {
    extra: { param, pointer: `#${pointer}`, reason: why },
  });
}
