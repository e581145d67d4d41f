import { ClipboardPaste, Waypoints } from 'lucide-react';
import type { ProxyServer } from '../../../../contract/automation/proxies.ts';
import type { Input, PagedList } from '../../../lib/live/query.ts';
import type { Search } from '../../../lib/search-params.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button } from '../../../ui/buttons.tsx';
import { EmptyState } from '../../../ui/feedback/state-frame.tsx';
import { ListTable, namesFilter } from '../../../ui/list/list-table.tsx';
import { PROXY_COLUMNS } from './columns.tsx';
import { ProxyBulk } from './proxy-bulk.tsx';
import { ProxyMenu } from './proxy-menu.tsx';

const titleOf = (proxy: ProxyServer) => proxy.name;

const FILTERS = ['q', 'state', 'kind', 'tag', 'group'];

/** Whether the address names filters. */
export const isFiltered = (search: Search): boolean => namesFilter(search, FILTERS);

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
    <ListTable
      name="proxies"
      label="Proxies"
      titleOf={titleOf}
      columns={PROXY_COLUMNS}
      sort={filter.sort}
      {...{ list, filter, search, set }}
      filters={FILTERS}
      isFiltered={isFiltered(search)}
      onOpen={({ id }) => set({ peek: id, edit: id })}
      menu={(proxy) => (
        <ProxyMenu proxy={proxy} edit={() => set({ edit: proxy.id })} gone={() => set({ peek: undefined })} />
      )}
      bulk={(chosen, done) => <ProxyBulk chosen={chosen} list={filter} done={done} />}
      empty={
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
      }
    />
  );
}
