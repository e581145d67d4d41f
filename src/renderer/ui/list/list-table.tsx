/** The list of a screen: its rows, or why there are none. */
import type { ReactNode } from 'react';
import type { ListIdOf, PagedList } from '../../lib/live/query.ts';
import type { Search } from '../../lib/search-params.ts';
import { NoMatch, StateFrame } from '../feedback/state-frame.tsx';
import { DataTable } from '../table/data-table.tsx';
import type { DataTableProps } from '../table/data-table-props.ts';

const idOf = ({ id }: { id: string }) => id;

/** A list of which pages are loaded as they are needed. */
type Loaded<R> = Omit<PagedList<ListIdOf>, 'rows' | 'data'> & { rows: R[]; data: R[] | undefined };

export interface ListTableProps<R extends { id: string }>
  extends Pick<DataTableProps<R>, 'name' | 'label' | 'titleOf' | 'columns' | 'sort' | 'menu' | 'bulk'> {
  list: Loaded<R>;
  /** What the host was asked for. */
  filter: object;
  search: Search;
  set(patch: Record<string, string | undefined>): void;
  /** Names of the filters in the address. */
  filters: readonly string[];
  isFiltered: boolean;
  /** What Enter does with a row; it is shown beside the list unless given. */
  onOpen?: (row: R) => void;
  /** Instead of rows, while there are none at all. */
  empty: ReactNode;
  /** Rows of the skeleton. */
  skeleton?: number;
}

export function ListTable<R extends { id: string }>(props: ListTableProps<R>) {
  const { list, filter, search, set, filters, isFiltered, empty, skeleton = 10, label, ...table } = props;
  return (
    <StateFrame of={list} skeleton={skeleton}>
      {list.rows.length > 0 ? (
        <DataTable
          onOpen={({ id }) => set({ peek: id })}
          {...table}
          label={label}
          rows={list.rows}
          idOf={idOf}
          onSort={(sort) => set({ sort })}
          resetKey={JSON.stringify(filter)}
          loadMore={list.loadMore}
          peek={search.peek ?? null}
          onPeek={(id) => set({ peek: id ?? undefined })}
          total={list.total}
        />
      ) : isFiltered ? (
        <NoMatch
          what={label.toLowerCase()}
          clear={() => set(Object.fromEntries(filters.map((name) => [name, undefined])))}
        />
      ) : (
        empty
      )}
    </StateFrame>
  );
}

/** Whether the address names one of these filters. */
export const namesFilter = (search: Search, filters: readonly string[]): boolean =>
  filters.some((name) => search[name] !== undefined);
