import { PackageOpen, Plus, Table2, TriangleAlert } from 'lucide-react';
import { type Profile, ProfileState } from '../../../contract/automation/profiles.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import { count } from '../../lib/format.ts';
import { type Input, isEmpty, useOperationQuery, usePages } from '../../lib/live/query.ts';
import { listOf, type Search, toggled } from '../../lib/search-params.ts';
import { useCan } from '../../lib/use-can.ts';
import { useFilters } from '../../lib/use-filters.ts';
import { Button, Chip } from '../../ui/buttons.tsx';
import { lookOf } from '../../ui/display/status.tsx';
import { FacetMenu } from '../../ui/facet-menu.tsx';
import { Notice } from '../../ui/feedback/notice.tsx';
import { FilterField } from '../../ui/form/filter-field.tsx';
import { Inspected } from '../../ui/list/inspected.tsx';
import { Screen, ScreenHead, ToolBar } from '../../ui/screen.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { ColumnsMenu } from '../../ui/table/columns/columns-menu.tsx';
import { ImportDialog } from './archive/import-dialog.tsx';
import { BrowserPicker } from './browser-picker.tsx';
import { PROFILE_COLUMNS } from './columns.tsx';
import { ProfileFormDialog } from './profile-form.tsx';
import { ProfileInspector } from './profile-inspector.tsx';
import { isFiltered, ProfileTable } from './profile-table.tsx';
import { RowsDialog } from './rows/rows-dialog.tsx';
import { useListActions } from './use-list-actions.ts';

const STATES = ['running', 'stopped', 'crashed', 'locked'] as const;

/** Query for the filters in the address. */
const filterOf = (search: Search) => {
  const states = listOf(search.state, ProfileState.options);
  return {
    sort: search.sort ?? 'name',
    ...(states === undefined ? {} : { state: states }),
    ...(search.q === undefined ? {} : { q: search.q }),
    ...(search.tag === undefined ? {} : { tag: search.tag.split(',') }),
    ...(search.group === undefined ? {} : { group: search.group.split(',') }),
  } as Input<'profiles_list'>;
};

export function ProfilesScreen() {
  const [search, set] = useFilters();
  const filter = filterOf(search);
  const list = usePages('profiles_list', filter);
  const noCreate = useCan('profiles_create');
  const noRows = useCan('profiles_create_rows');
  const noImport = useCan('profiles_import');
  const shown = list.rows.find(({ id }) => id === search.peek);
  useListActions({ shown, set });

  return (
    <Screen>
      <ScreenHead>
        <h1>Profiles</h1>
        {list.total === null ? null : <span className={text.muted}>{count(list.total)}</span>}
        <span className={layout.grow} />
        <Button icon={<Table2 size={14} />} blocked={noRows} onClick={() => set({ edit: 'rows' })}>
          Import from table
        </Button>
        <Button icon={<PackageOpen size={14} />} blocked={noImport} onClick={() => set({ edit: 'import' })}>
          Import archive
        </Button>
        <Button
          kind={isEmpty(list) && !isFiltered(search) ? undefined : 'primary'}
          icon={<Plus size={14} />}
          action="profiles.new"
          blocked={noCreate}
          onClick={() => set({ edit: 'new' })}
        >
          New profile
        </Button>
      </ScreenHead>
      <NoBrowser />
      <ProfileToolBar rows={list.rows} search={search} set={set} />
      <Inspected
        name="profile-inspector"
        list={<ProfileTable list={list} filter={filter} search={search} set={set} />}
        inspector={
          search.peek === undefined ? null : (
            <ProfileInspector
              id={search.peek as ProfileId}
              close={() => set({ peek: undefined })}
              edit={() => set({ edit: search.peek })}
            />
          )
        }
      />
      {search.edit === 'rows' ? <RowsDialog close={() => set({ edit: undefined })} /> : null}
      {search.edit === 'import' ? (
        <ImportDialog close={() => set({ edit: undefined })} imported={(id) => set({ peek: id })} />
      ) : null}
      <ProfileFormDialog
        id={search.edit === 'rows' || search.edit === 'import' ? null : (search.edit ?? null)}
        close={() => set({ edit: undefined })}
        created={(id) => set({ edit: undefined, peek: id })}
      />
    </Screen>
  );
}

/** Warns when no browser was found. */
function NoBrowser() {
  const browsers = useOperationQuery('browsers_list', {});
  if (browsers.data === undefined || browsers.data.items.length > 0) return null;
  return (
    <Notice tone="warn" square alert>
      <TriangleAlert size={15} />
      <span className={layout.grow}>
        No Chrome, Chromium, Edge or Brave was found on this computer. Install one, or choose the program file of yours.
      </span>
      <BrowserPicker />
    </Notice>
  );
}

function ProfileToolBar({
  rows,
  search,
  set,
}: {
  rows: readonly Profile[];
  search: Search;
  set(patch: Record<string, string | undefined>): void;
}) {
  const states = listOf(search.state, ProfileState.options);
  return (
    <ToolBar>
      <FilterField value={search.q} onChange={(q) => set({ q })} placeholder="Filter profiles" />
      {STATES.map((state) => (
        <Chip
          key={state}
          pressed={states?.includes(state) ?? false}
          onClick={() => set({ state: toggled(search.state, state) })}
        >
          {lookOf(state).word}
        </Chip>
      ))}
      <FacetMenu
        title="Group"
        values={rows.flatMap(({ group }) => group ?? [])}
        chosen={search.group?.split(',')}
        isEmpty={rows.length === 0}
        toggle={(group) => set({ group: toggled(search.group, group) })}
      />
      <FacetMenu
        title="Tags"
        values={rows.flatMap(({ tags }) => tags)}
        chosen={search.tag?.split(',')}
        isEmpty={rows.length === 0}
        toggle={(tag) => set({ tag: toggled(search.tag, tag) })}
      />
      <span className={layout.grow} />
      <ColumnsMenu name="profiles" columns={PROFILE_COLUMNS} />
    </ToolBar>
  );
}
