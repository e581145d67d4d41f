/** What the palette finds by name: each feature says for its own list what a hit looks like and where it leads. */
import { type UseQueryOptions, type UseQueryResult, useQueries } from '@tanstack/react-query';
import type { NavigateOptions } from '@tanstack/react-router';
import type { LucideIcon } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Client } from '../../contract/client/client-types.ts';
import type { AppError } from '../../contract/kernel/errors.ts';
import { useClient } from './client/context.tsx';
import { type Answer, type Input, keyOf, type ListIdOf, type RowOf, useCanAsk } from './live/query.ts';

/** One object that was found. */
export interface Found {
  id: string;
  Icon: LucideIcon;
  title: string;
  /** What tells it from others of its name, at the end of the line. */
  side: ReactNode;
  to: NavigateOptions;
}

/** A list that is searched. */
export interface Finder {
  /** In the plural, for the field: "profiles". */
  things: string;
  query(client: Client, q: string): UseQueryOptions<unknown, AppError, readonly Found[]>;
}

/** Hits of one list. */
const LIMIT = 5;

/** A finder over a list that the host searches with `q`. */
export function finderOf<K extends ListIdOf>(things: string, list: K, hit: (row: RowOf<K>) => Found): Finder {
  // Which list it is, and so its input and answer, is known to the caller only.
  const inputOf = (q: string) => ({ q, limit: LIMIT }) as Input<K>;
  const select = (answer: unknown) => (answer as Answer<K>).items.map(hit);
  return {
    things,
    query: (client, q) => ({
      queryKey: keyOf(list, inputOf(q)),
      queryFn: ({ signal }) => client.call(list, inputOf(q), { signal }),
      select,
    }),
  };
}

const together = (results: UseQueryResult<readonly Found[], AppError>[]) => ({
  found: results.flatMap(({ data = [] }) => data),
  isAsking: results.some(({ isFetching }) => isFetching),
});
const idsOf = (found: readonly Found[]) => found.map(({ id }) => id).join();

/** Hits of all lists, none for an empty text. The last ones stay until those of the next text are there. */
export function useFound(finders: readonly Finder[], q: string): { found: readonly Found[]; isAsking: boolean } {
  const client = useClient();
  const enabled = useCanAsk() && q !== '';
  const queries = finders.map(({ query }) => ({ ...query(client, q), enabled }));
  const { found, isAsking } = useQueries({ queries, combine: together });
  const [last, setLast] = useState(found);
  if (!isAsking && idsOf(last) !== idsOf(found)) setLast(found);
  return { found: isAsking ? last : found, isAsking };
}
