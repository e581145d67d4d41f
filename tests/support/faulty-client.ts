import type { Client } from '../../src/contract/client/client-types.ts';
import type { CallIdOf } from '../../src/contract/index.ts';
import { AppError } from '../../src/contract/kernel/errors.ts';

/** A fault between a component and its real client: the named operations fail as they do on a full disk, until they are repaired. */
export function faulty() {
  const broken = new Map<CallIdOf, AppError>();
  return {
    fail(op: CallIdOf, error = new AppError('service-unavailable', 'The disk is full')): void {
      broken.set(op, error);
    },
    repair: () => broken.clear(),
    through: (client: Client): Client => ({
      ...client,
      call: (op, input, options) => {
        const error = broken.get(op);
        return error === undefined ? client.call(op, input, options) : Promise.reject(error);
      },
    }),
  };
}
