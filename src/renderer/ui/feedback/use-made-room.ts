/** Tells, wherever the operator is, that a model has left the memory for another one. */
import { useEffect, useRef } from 'react';
import { useOperationQuery } from '../../lib/live/query.ts';
import { toast } from './toast.tsx';

/** For the frame around the screens. */
export function useMadeRoom(): void {
  const { data } = useOperationQuery('get_loaded_models', {});
  const told = useRef<number | null>(null);
  useEffect(() => {
    if (data === undefined) return;
    const before = told.current;
    told.current = Math.max(before ?? 0, ...data.made_room.map(({ at }) => at));
    // What happened before the panel was opened is in the log.
    if (before === null) return;
    for (const { id, for: next, at } of data.made_room)
      if (at > before) toast(`Unloaded ${id} to make room for ${next}`);
  }, [data]);
}
