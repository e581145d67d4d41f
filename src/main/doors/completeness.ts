/** The check at start that the contract and the handlers name the same operations. */
import type { Contract, Operation } from '../../contract/define.ts';

/** True for operations that exist only where there is a desktop (api.md §13, end). */
export function isDesktopOnly(operation: Operation): boolean {
  return operation.tags.includes('shell');
}

/**
 * @throws Error naming every operation without handler and every handler without operation; only operations of the
 *   desktop shell may lack one
 */
export function assertComplete(contract: Contract, handlers: Readonly<Record<string, unknown>>): void {
  const missing = Object.entries(contract)
    .filter(([id, operation]) => !Object.hasOwn(handlers, id) && !isDesktopOnly(operation))
    .map(([id]) => id);
  const unknown = Object.keys(handlers).filter((id) => !Object.hasOwn(contract, id));
  const faults = [
    missing.length > 0 ? `operations without handler: ${missing.join(', ')}` : '',
    unknown.length > 0 ? `handlers without operation: ${unknown.join(', ')}` : '',
  ].filter((fault) => fault !== '');
  if (faults.length > 0) throw new Error(`The contract and the handlers differ: ${faults.join('; ')}`);
}

/**
 * Puts the handlers of all features together.
 * @throws Error when two features answer the same operation
 */
export function mergeHandlers<H>(...sets: readonly Readonly<Record<string, H>>[]): Record<string, H> {
  const merged: Record<string, H> = {};
  for (const set of sets) {
    for (const [id, handler] of Object.entries(set)) {
      if (Object.hasOwn(merged, id)) throw new Error(`Operation ${id} has two handlers`);
      merged[id] = handler;
    }
  }
  return merged;
}
