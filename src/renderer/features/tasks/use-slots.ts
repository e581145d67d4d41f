import { useOperationQuery } from '../../lib/live/query.ts';

/** How many tasks may run at once; undefined until the host has answered. */
export const useSlots = (): number | undefined => useOperationQuery('queue_stats', {}).data?.capacity;
