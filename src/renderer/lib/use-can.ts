import { type CallIdOf, contract } from '../../contract/index.ts';
import { SCOPES } from '../../contract/kernel/define.ts';
import { useClientStatus } from './client/context.tsx';

/** Why `op` cannot be called now, as a sentence for a tooltip; `null` when it can. The contract names the scope it needs. */
export function useCan(op: CallIdOf): string | null {
  const { phase, principal } = useClientStatus();
  if (phase !== 'online') return 'The host cannot be reached';
  const { scope } = contract[op];
  const needed = SCOPES.indexOf(scope);
  const allowed = principal?.scopes.some((given) => SCOPES.indexOf(given) >= needed) ?? false;
  return allowed ? null : `Needs scope ${scope}`;
}
