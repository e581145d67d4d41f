/** Which call the running code works for, so that an error that reaches nobody can be named after it. */
import { AsyncLocalStorage } from 'node:async_hooks';

/** The call. */
export interface CurrentOperation {
  operation: string;
  request_id: string;
}

/** Set by the dispatcher around each handler; follows its promises, timers and callbacks. */
export const currentOperation = new AsyncLocalStorage<CurrentOperation>();
