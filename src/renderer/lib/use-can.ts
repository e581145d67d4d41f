import { type CallIdOf, contract } from '../../contract/index.ts';
import { useBlocked } from './client/context.tsx';

/** Why `op` cannot be called now, as a sentence for a tooltip; `null` when it can. The contract names the scope it needs. */
export const useCan = (op: CallIdOf): string | null => useBlocked(contract[op].scope);
