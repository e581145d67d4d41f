/** The check at start that every operation of the contract has exactly one handler. */
import type { Contract } from '../../../contract/kernel/define.ts';
import type { AnyHandler, HandlerSet } from '../../core/operation/operation.ts';

/**
 * One handler per operation.
 * @throws Error naming every operation without handler, every handler without operation, and the features that answer
 *   the same operation
 */
export function collectHandlers(contract: Contract, sets: readonly HandlerSet[]): ReadonlyMap<string, AnyHandler> {
  const found = new Map<string, { feature: string; handler: AnyHandler }>();
  const faults: string[] = [];
  for (const { feature, handlers } of sets) {
    for (const [id, handler] of Object.entries(handlers)) {
      const other = found.get(id);
      if (other) faults.push(`${id} is answered by ${other.feature} and by ${feature}`);
      else found.set(id, { feature, handler });
      if (!Object.hasOwn(contract, id)) faults.push(`${feature} answers ${id}, which is no operation`);
    }
  }
  const missing = Object.keys(contract).filter((id) => !found.has(id));
  if (missing.length > 0) faults.push(`operations without handler: ${missing.join(', ')}`);
  if (faults.length > 0) throw new Error(`The contract and the handlers differ: ${faults.join('; ')}`);
  return new Map([...found].map(([id, { handler }]) => [id, handler]));
}
