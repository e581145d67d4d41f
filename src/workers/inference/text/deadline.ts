/** Work of the event loop that may take too long: ended when it does, or done with turns for others in between. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import vm from 'node:vm';

const box: { work: () => unknown } = { work: () => undefined };
const context = vm.createContext(box);
const script = new vm.Script('work()');

/**
 * Runs synchronous work for at most `ms`: V8 ends it wherever it is, also in functions from outside of the context.
 * @throws Error with the code `ERR_SCRIPT_EXECUTION_TIMEOUT`; what the work throws
 */
export function withDeadline<T>(ms: number, work: () => T): T {
  let result: { value: T } | undefined;
  box.work = () => {
    result = { value: work() };
  };
  script.runInContext(context, { timeout: ms });
  if (result === undefined) throw new Error('the work did not end');
  return result.value;
}

/** Time between two turns of the event loop, ms. */
const BUSY_MS = 10;

/** Creates what is awaited between pieces of work. It throws the signal's reason. */
export function createPause(signal: AbortSignal): () => Promise<void> {
  let last = performance.now();
  return async () => {
    signal.throwIfAborted();
    if (performance.now() - last < BUSY_MS) return;
    await nextTurn();
    last = performance.now();
    signal.throwIfAborted();
  };
}
