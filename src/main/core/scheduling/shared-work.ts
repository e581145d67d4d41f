/** Costly work that answers everybody who asks while it runs, so that asking often costs no more than asking once. */
import { AppError } from '../../../contract/kernel/errors.ts';

interface Run<T> {
  result: Promise<T>;
  controller: AbortController;
  waiting: number;
}

/**
 * Wraps `work`. A caller that gives up leaves the others waiting; when none is left, the work is aborted.
 * @throws AppError `cancelled` after the caller's signal, or what the work throws
 */
export function sharedWork<T>(work: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let current: Run<T> | undefined;

  function begin(): Run<T> {
    const controller = new AbortController();
    const run: Run<T> = { result: work(controller.signal), controller, waiting: 0 };
    const over = () => {
      if (current === run) current = undefined;
    };
    run.result.then(over, over);
    return run;
  }

  return (signal) => {
    if (signal.aborted) return Promise.reject(new AppError('cancelled'));
    current ??= begin();
    const run = current;
    run.waiting += 1;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const leave = () => {
      run.waiting -= 1;
      if (run.waiting === 0) {
        if (current === run) current = undefined;
        run.controller.abort();
      }
      reject(new AppError('cancelled'));
    };
    signal.addEventListener('abort', leave, { once: true });
    run.result.then(resolve, reject);
    return promise.finally(() => signal.removeEventListener('abort', leave));
  };
}
