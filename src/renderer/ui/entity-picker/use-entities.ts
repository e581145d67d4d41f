import { useDebouncedValue } from '@mantine/hooks';
import { useOperationQuery } from '../../lib/live/query.ts';

/** Rows that the list of a picker shows at once; the rest is found by typing. */
const SHOWN = 50;

/** What can be picked, and which operations find it. */
const SOURCES = {
  commands: { list: 'commands_list', get: 'commands_get', one: 'command', filter: { enabled: true } },
  proxies: { list: 'proxies_list', get: 'proxies_get', one: 'proxy', filter: {} },
  profiles: { list: 'profiles_list', get: 'profiles_get', one: 'profile', filter: {} },
} as const;

/** Entities that {@link useEntities} finds. */
export type Pickable = keyof typeof SOURCES;

/** The entities whose name matches `text`, searched by the host, and the chosen one whether it matches or not. */
export function useEntities(of: Pickable, chosenId: string | null, text: string) {
  const { list, get, one, filter } = SOURCES[of];
  const typed = text.trim();
  const [q] = useDebouncedValue(typed, 120);
  const found = useOperationQuery(
    list,
    { ...filter, ...(q === '' ? {} : { q }), sort: 'name', limit: SHOWN, count: true },
    { keep: true },
  );
  const chosen = useOperationQuery(get, { id: chosenId ?? '' }, { enabled: chosenId !== null });
  const items = found.data?.items ?? [];
  return {
    one,
    items,
    /** How many match in all; more than `items` when the list is cut. */
    total: found.data?.total ?? items.length,
    error: found.error,
    retry: () => void found.refetch(),
    isPending: found.isPending,
    /** True while `items` answer an earlier text. */
    isStale: typed !== q || found.isPlaceholderData || found.isPending,
    chosenName: chosen.data?.name ?? items.find(({ id }) => id === chosenId)?.name,
    isGone: chosenId !== null && chosen.error?.slug === 'not-found',
  };
}
