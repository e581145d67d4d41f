/** The check at start that the contract and the handlers name the same operations. */
import type { Contract, Operation } from '../../../contract/kernel/define.ts';

/** True for operations that exist only where there is a desktop (api.md §13, end). */
export function isDesktopOnly(operation: Operation): boolean {
  return operation.tags.includes('shell');
}

/** @throws Error naming every operation without handler and every handler without operation */
export function assertComplete(contract: Contract, handlers: Readonly<Record<string, unknown>>): void {
  const missing = Object.keys(contract).filter((id) => !Object.hasOwn(handlers, id));
  const unknown = Object.keys(handlers).filter((id) => !Object.hasOwn(contract, id));
  const faults = [
    missing.length > 0 ? `operations without handler: ${missing.join(', ')}` : '',
    unknown.length > 0 ? `handlers without operation: ${unknown.join(', ')}` : '',
  ].filter((fault) => fault !== '');
  if (faults.length > 0) throw new Error(`The contract and the handlers differ: ${faults.join('; ')}`);
}
