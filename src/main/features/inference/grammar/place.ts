/** Where a part of a schema stands, and how it is refused. */
import { AppError } from '../../../../contract/kernel/errors.ts';

/** Where a schema came from: the request's field, and the way within. */
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
