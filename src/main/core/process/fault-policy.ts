/**
 * What becomes of errors that nothing has caught. A rejected promise leaves the rest of the program as it was: it is logged, counted, and
 * the host goes on. An exception that reached the event loop may have left anything half done: the host ends in order and is started
 * again, a few times.
 */

import { storageFaultCode } from '../../../contract/kernel/storage-faults.ts';

/** What takes the errors of this process. */
export interface FaultHandlers {
  rejected(reason: unknown): void;
  /** Called once; what is thrown afterwards is only reported as rejected. */
  crashed(error: unknown): void;
}

/** Takes over the errors of this process. @returns gives them back */
export function guardProcess({ rejected, crashed }: FaultHandlers): () => void {
  let over = false;
  const onException = (error: unknown) => {
    // A full disk has undone the transaction, and nothing else is half done: the host goes on and tries again.
    if (over || storageFaultCode(error) !== null) return rejected(error);
    over = true;
    crashed(error);
  };
  process.on('unhandledRejection', rejected);
  process.on('uncaughtException', onException);
  return () => {
    process.off('unhandledRejection', rejected);
    process.off('uncaughtException', onException);
  };
}
