import { type CallIdOf, contract } from '../../contract/index.ts';
import { highestScope, reachesArea, reachesScope } from '../../contract/kernel/rights.ts';
import { useClientStatus } from './client/context.tsx';

/** Why nothing can be asked of the host now. */
export const OFFLINE = 'Offline: the host cannot be reached';

/** Why `op` cannot be called now, as a sentence for a tooltip; `null` when it can. The contract names the scope and the area it needs. */
export function useCan(op: CallIdOf): string | null {
  const { phase, principal } = useClientStatus();
  if (phase !== 'online') return OFFLINE;
  const { scope, area } = contract[op];
  if (!reachesScope({ scope: highestScope(principal?.scopes ?? []) }, scope)) return `Requires scope ${scope}`;
  return reachesArea({ areas: principal?.areas ?? [] }, area) ? null : `Requires area ${area}`;
}
