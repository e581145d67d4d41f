/** Handlers that are part of the host from the start but are registered later: the desktop shell is created after the host. */
import { AppError } from '../../../contract/kernel/errors.ts';
import type { AnyHandler } from './operation.ts';

/** Handlers that can be registered after the host was built. */
export interface LateHandlers {
  /** One handler per id; 501 `not-implemented` until {@link register}. */
  handlers: Record<string, AnyHandler>;
  register(handlers: Readonly<Record<string, AnyHandler>>): void;
}

/** Reserves `ids`. */
export function createLateHandlers(ids: readonly string[]): LateHandlers {
  let registered: Readonly<Record<string, AnyHandler>> = {};
  const answer =
    (id: string): AnyHandler =>
    (input, context) => {
      const handler = registered[id];
      if (handler) return handler(input, context);
      throw new AppError('not-implemented', 'Only the desktop app offers this operation.', { extra: { feature: id } });
    };
  return {
    handlers: Object.fromEntries(ids.map((id) => [id, answer(id)])),
    register: (handlers) => {
      registered = handlers;
    },
  };
}
