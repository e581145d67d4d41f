/** The door without a wire: calls from inside the process, by the CLI and by tests. */

import type { CallIdOf, OperationId, Operations, StreamIdOf } from '../../contract/index.ts';
import type { InputOf, OutputOf } from '../../contract/kernel/define.ts';
import { AppError } from '../../contract/kernel/errors.ts';
import { newRequestId } from '../core/ids.ts';
import type { CallContext, Dispatcher, Principal } from '../core/operation/operation.ts';

/** Options of one call. */
export interface MemoryCallOptions {
  signal?: AbortSignal;
  idempotencyKey?: string;
}

/** Calls operations by id, typed by the contract. */
export interface MemoryClient {
  /** @throws AppError */
  call<K extends CallIdOf>(
    op: K,
    input?: InputOf<Operations[K]>,
    options?: MemoryCallOptions,
  ): Promise<OutputOf<Operations[K]>>;
  /** Pull the items; leaving the loop or aborting the signal ends the stream. @throws AppError while iterating */
  follow<K extends StreamIdOf>(
    op: K,
    input?: InputOf<Operations[K]>,
    options?: MemoryCallOptions,
  ): AsyncIterable<OutputOf<Operations[K]>>;
  /** Any operation by any spelling of its id, as the CLI's `call` needs it. @throws AppError */
  raw(op: string, input: unknown, options?: MemoryCallOptions): ReturnType<Dispatcher['dispatch']>;
}

/** Makes a client that acts as `principal`. */
export function createMemoryClient(dispatcher: Dispatcher, principal: Principal): MemoryClient {
  const contextOf = (signal: AbortSignal): CallContext => ({
    principal,
    door: 'memory',
    signal,
    requestId: newRequestId(),
    remote: 'local',
  });

  const raw: MemoryClient['raw'] = (op, input, { signal = new AbortController().signal, idempotencyKey } = {}) =>
    dispatcher.dispatch(op, input, contextOf(signal), idempotencyKey === undefined ? undefined : { idempotencyKey });

  async function* follow(op: OperationId, input: unknown, options: MemoryCallOptions = {}) {
    const controller = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, controller.signal]) : controller.signal;
    const result = await raw(op, input, { ...options, signal });
    if (result.kind !== 'stream') throw new AppError('bad-request', `${op} is not a stream.`);
    try {
      yield* result.items;
    } finally {
      controller.abort();
    }
  }

  return {
    raw,
    async call(op, input, options) {
      const result = await raw(op, input, options);
      if (result.kind !== 'value') throw new AppError('bad-request', `${op} is a stream.`);
      return result.value as never;
    },
    follow: (op, input, options) => follow(op, input, options) as never,
  };
}
