/** Load of the machine, one figure for every place that shows it. */
import { useOperationQuery } from './query.ts';

/** No event announces it, so it is asked every 10 s while a component shows it and the window is visible. */
export const useResources = () =>
  useOperationQuery('get_resources', {}, { refetchInterval: 10_000, refetchOnFocus: true });
