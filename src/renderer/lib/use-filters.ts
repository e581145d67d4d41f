import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Search } from './search-params.ts';

/** Filters of the screen in its address, and a function that changes some of them; `undefined` removes one. */
export function useFilters(): [Search, (patch: Record<string, string | undefined>) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const set = (patch: Record<string, string | undefined>) =>
    void navigate({
      to: '.',
      replace: true,
      search: (old: Record<string, unknown>) =>
        Object.fromEntries(
          Object.entries({ ...old, ...patch }).flatMap(([name, value]) =>
            value === undefined || value === '' ? [] : [[name, String(value)]],
          ),
        ),
    });
  return [search, set];
}
