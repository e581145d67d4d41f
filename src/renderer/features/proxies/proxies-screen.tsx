import { ClipboardPaste, Gauge, Layers, Plus } from 'lucide-react';
import { ProxyScheme, type ProxyServer, ProxyStatus } from '../../../contract/automation/proxies.ts';
import type { ProxyId } from '../../../contract/kernel/scalars.ts';
import { count } from '../../lib/format.ts';
import { type Input, isEmpty, usePages } from '../../lib/live/query.ts';
import { listOf, type Search, toggled } from '../../lib/search-params.ts';
import { useCan } from '../../lib/use-can.ts';
import { useFilters } from '../../lib/use-filters.ts';
import { Button, Chip } from '../../ui/buttons.tsx';
import { lookOf } from '../../ui/display/status.tsx';
import { FacetMenu } from '../../ui/facet-menu.tsx';
import { FilterField } from '../../ui/form/filter-field.tsx';
import { Inspected } from '../../ui/list/inspected.tsx';
import { Screen, ScreenHead, ToolBar } from '../../ui/screen.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { ColumnsMenu } from '../../ui/table/columns/columns-menu.tsx';
import { CheckProgress } from './check-progress.tsx';
import { ImportDialog } from './import/import-dialog.tsx';
import { PROXY_COLUMNS } from './list/columns.tsx';
import { isFiltered, ProxyTable } from './list/proxy-table.tsx';
import { useListActions } from './list/use-list-actions.ts';
import { PoolsDialog } from './pools/pools-dialog.tsx';
import { useCheckAll } from './proxy-actions.tsx';
import { ProxyFormDialog } from './proxy-form.tsx';
import { ProxyInspector } from './proxy-inspector.tsx';

/** Query for the filters in the address. */
const filterOf = (search: Search) => {
  const status = listOf(search.state, ProxyStatus.options);
  const scheme = listOf(search.kind, ProxyScheme.options);
  return {
    sort: search.sort ?? 'name',
    ...(status === undefined ? {} : { status }),
    ...(scheme === undefined ? {} : { scheme }),
    ...(search.q === undefined ? {} : { q: search.q }),
    ...(search.tag === undefined ? {} : { tag: search.tag.split(',') }),
    ...(search.group === undefined ? {} : { country: search.group.split(',') }),
  } as Input<'proxies_list'>;
};

export function ProxiesScreen() {
  const [search, set] = useFilters();
  const filter = filterOf(search);
  const list = usePages('proxies_list', filter);
  const noCreate = useCan('proxies_create');
  const noImport = useCan('proxies_import');
  const noCheck = useCan('proxies_check_all');
  const checks = useCheckAll();
  const shown = list.rows.find(({ id }) => id === search.peek);
  const hasNone = isEmpty(list) && !isFiltered(search);
  useListActions({ shown, set, checkAll: checks.run });

  return (
    <Screen>
      <ScreenHead>
        <h1>Proxies</h1>
        {list.total === null ? null : <span className={text.muted}>{count(list.total)}</span>}
        <span className={layout.grow} />
        {hasNone ? null : (
          <Button
            icon={<Gauge size={14} />}
            action="proxies.checkAll"
            blocked={noCheck}
            busy={checks.busy}
            onClick={checks.run}
          >
            Check all
          </Button>
        )}
        <Button icon={<Layers size={14} />} onClick={() => set({ edit: 'pools' })}>
          Pools
        </Button>
        <Button icon={<Plus size={14} />} action="proxies.new" blocked={noCreate} onClick={() => set({ edit: 'new' })}>
          New proxy
        </Button>
        <Button
          kind={hasNone ? undefined : 'primary'}
          icon={<ClipboardPaste size={14} />}
          action="proxies.import"
          blocked={noImport}
          onClick={() => set({ edit: 'import' })}
        >
          Import proxies
        </Button>
      </ScreenHead>
      <CheckProgress job={checks.job} />
      <ProxyToolBar rows={list.rows} search={search} set={set} />
      <Inspected
        name="proxy-inspector"
        list={<ProxyTable list={list} filter={filter} search={search} set={set} />}
        inspector={
          search.peek === undefined ? null : (
            <ProxyInspector
              id={search.peek as ProxyId}
              close={() => set({ peek: undefined })}
              edit={() => set({ edit: search.peek })}
            />
          )
        }
      />
      <ProxyFormDialog
        id={search.edit === 'import' || search.edit === 'pools' ? null : (search.edit ?? null)}
        close={() => set({ edit: undefined })}
        created={(id) => set({ edit: undefined, peek: id })}
      />
      <PoolsDialog opened={search.edit === 'pools'} close={() => set({ edit: undefined })} />
      <ImportDialog opened={search.edit === 'import'} close={() => set({ edit: undefined })} />
    </Screen>
  );
}

function ProxyToolBar({
  rows,
  search,
  set,
}: {
  rows: readonly ProxyServer[];
  search: Search;
  set(patch: Record<string, string | undefined>): void;
}) {
  const statuses = listOf(search.state, ProxyStatus.options);
  return (
    <ToolBar>
      <FilterField value={search.q} onChange={(q) => set({ q })} placeholder="Filter proxies" />
      {ProxyStatus.options.map((status) => (
        <Chip
          key={status}
          pressed={statuses?.includes(status) ?? false}
          onClick={() => set({ state: toggled(search.state, status) })}
        >
          {lookOf(status).word}
        </Chip>
      ))}
      <FacetMenu
        title="Type"
        values={rows.map(({ scheme }) => scheme)}
        chosen={search.kind?.split(',')}
        isEmpty={rows.length === 0}
        toggle={(kind) => set({ kind: toggled(search.kind, kind) })}
      />
      <FacetMenu
        title="Country"
        values={rows.flatMap(({ country }) => country ?? [])}
        chosen={search.group?.split(',')}
        isEmpty={rows.length === 0}
        toggle={(country) => set({ group: toggled(search.group, country) })}
      />
      <FacetMenu
        title="Tags"
        values={rows.flatMap(({ tags }) => tags)}
        chosen={search.tag?.split(',')}
        isEmpty={rows.length === 0}
        toggle={(tag) => set({ tag: toggled(search.tag, tag) })}
      />
      <span className={layout.grow} />
      <ColumnsMenu name="proxies" columns={PROXY_COLUMNS} />
    </ToolBar>
  );
}
