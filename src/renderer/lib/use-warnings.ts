/** Standing warnings of the host, and which of them the user has acknowledged. */
import { useEffect } from 'react';
import { useOperationQuery } from './live/query.ts';
import { useView } from './view-store.ts';

/** Warnings that were not acknowledged in this browser; one that has gone and comes back is a new one. */
export function useWarnings() {
  const query = useOperationQuery('host_info', {});
  const known = useView((view) => view.acknowledged);
  const set = useView((view) => view.set);
  const info = query.data;
  const all =
    info === undefined ? [] : [...new Set([...(info.http_error === null ? [] : [info.http_error]), ...info.warnings])];
  const still = known.filter((text) => all.includes(text));
  // Forgotten with the warning.
  const isStale = info !== undefined && still.length < known.length;
  useEffect(() => {
    if (isStale) set({ acknowledged: still });
  });
  return {
    open: all.filter((text) => !known.includes(text)),
    /** How many are acknowledged and still stand. */
    acknowledged: still.length,
    acknowledge: (text: string) => set({ acknowledged: [...still, text] }),
    /** Shows every one again. */
    recall: () => set({ acknowledged: [] }),
    refetch: query.refetch,
  };
}
