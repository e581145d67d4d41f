import { ClipboardPaste, Waypoints } from 'lucide-react';
import type { ProxyServer } from '../../../contract/automation/proxies.ts';
import type { Input, PagedList } from '../../lib/live/query.ts';
import type { Search } from '../../lib/search-params.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { EmptyState, NoMatch, StateFrame } from '../../ui/feedback/state-frame.tsx';
import { DataTable } from '../../ui/table/data-table.tsx';
import { PROXY_COLUMNS } from './columns.tsx';
import { ProxyBulk } from './proxy-bulk.tsx';
import { ProxyMenu } from './proxy-menu.tsx';

const idOf = (proxy: ProxyServer) => proxy.id;
const titleOf = (proxy: ProxyServer) => proxy.name;

/** Whether the address names filters. */
export const isFiltered = ({ q, state, kind, tag, group }: Search): boolean =>
  [q, state, kind, tag, group].some((filter) => filter !== undefined);

/** The table, or its loading, empty and no-match states. */
export function ProxyTable({
  list,
  filter,
  search,
  set,
}: {
  list: PagedList<'proxies_list'>;
  filter: Input<'proxies_list'>;
  search: Search;
  set(patch: Record<string, string | undefined>): void;
}) {
  const noImport = useCan('proxies_import');
  return (
    <StateFrame of={list} skeleton={10}>
      {list.rows.length > 0 ? (
        <DataTable
          name="proxies"
          label="Proxies"
          rows={list.rows}
          idOf={idOf}
          titleOf={titleOf}
          columns={PROXY_COLUMNS}
          sort={filter.sort}
          onSort={(sort) => set({ sort })}
          resetKey={JSON.stringify(filter)}
          loadMore={list.loadMore}
          onOpen={(proxy) => set({ peek: proxy.id, edit: proxy.id })}
          peek={search.peek ?? null}
          onPeek={(id) => set({ peek: id ?? undefined })}
          total={list.total}
          menu={(proxy) => (
            <ProxyMenu proxy={proxy} edit={() => set({ edit: proxy.id })} gone={() => set({ peek: undefined })} />
          )}
          bulk={(chosen, done) => <ProxyBulk chosen={chosen} list={filter} done={done} />}
        />
      ) : isFiltered(search) ? (
        <NoMatch
          what="proxies"
          clear={() => set({ q: undefined, state: undefined, kind: undefined, tag: undefined, group: undefined })}
        />
      ) : (
        <EmptyState
          icon={<Waypoints size={24} />}
          title="No proxies yet"
          help="proxies"
          action={
            <Button
              kind="primary"
              icon={<ClipboardPaste size={14} />}
              action="proxies.import"
              showKey
              blocked={noImport}
              onClick={() => set({ edit: 'import' })}
            >
              Import proxies
            </Button>
          }
        >
          Paste a list from your provider, in any form. A profile with a proxy goes out through it, or does not start.
        </EmptyState>
      )}
    </StateFrame>
  );
}
