/** Which call the running code works for: it names errors that reach nobody, and says whose turn it is where callers wait for each other. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallContext } from './operation.ts';

/** The call, as the dispatcher knows it anyway: nothing is made for the sake of an error that hardly ever comes. */
export interface CurrentCall {
  readonly id: string;
  readonly context: Readonly<Pick<CallContext, 'requestId' | 'principal' | 'signal'>>;
}

/** Set by the dispatcher around each handler; follows its promises, timers and callbacks. */
export const currentOperation = new AsyncLocalStorage<CurrentCall>();

/** Members by which logs and reports name the call; none outside of one. */
export function currentNames(): { operation?: string; request_id?: string } {
  const call = currentOperation.getStore();
  return call === undefined ? {} : { operation: call.id, request_id: call.context.requestId };
}
