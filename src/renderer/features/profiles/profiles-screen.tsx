import { Plus, SquareUser, TriangleAlert } from 'lucide-react';
import { type Profile, ProfileState } from '../../../contract/automation/profiles.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import { type Input, type PagedList, useOperationQuery, usePages } from '../../lib/live/query.ts';
import { listOf, type Search, toggled } from '../../lib/search-params.ts';
import { useCan } from '../../lib/use-can.ts';
import { useFilters } from '../../lib/use-filters.ts';
import { Button } from '../../ui/buttons.tsx';
import { lookOf } from '../../ui/display/status.tsx';
import { EmptyState, NoMatch, StateFrame } from '../../ui/feedback/state-frame.tsx';
import { FilterField } from '../../ui/filter-field.tsx';
import { Split } from '../../ui/split.tsx';
import { ColumnsMenu } from '../../ui/table/columns-menu.tsx';
import { DataTable } from '../../ui/table/data-table.tsx';
import { BrowserPicker } from './browser-picker.tsx';
import { PROFILE_COLUMNS } from './columns.tsx';
import { ProfileBulk } from './profile-bulk.tsx';
import { ProfileFormDialog } from './profile-form.tsx';
import { ProfileInspector } from './profile-inspector.tsx';
import { useListActions } from './use-list-actions.ts';

const idOf = (profile: Profile) => profile.id;
const STATES = ['running', 'stopped', 'crashed', 'locked'] as const;

/** All profiles, with an inspector beside the table. */
export function ProfilesScreen() {
  const [search, set] = useFilters();
  const states = listOf(search.state, ProfileState.options);
  const filter = {
    sort: search.sort ?? 'name',
    ...(states === undefined ? {} : { state: states }),
    ...(search.q === undefined ? {} : { q: search.q }),
    ...(search.tag === undefined ? {} : { tag: search.tag }),
  } as Input<'profiles_list'>;
  const list = usePages('profiles_list', filter);
  const browsers = useOperationQuery('browsers_list', {});
  const noCreate = useCan('profiles_create');
  const shown = list.rows.find(({ id }) => id === search.peek);
  const noBrowser = browsers.data !== undefined && browsers.data.items.length === 0;
  useListActions({ shown, set });

  return (
    <div className="screen">
      <header className="screen-head">
        <h1>Profiles</h1>
        <span className="grow" />
        <Button
          kind="primary"
          icon={<Plus size={14} />}
          action="profiles.new"
          blocked={noCreate}
          onClick={() => set({ edit: 'new' })}
        >
          New profile
        </Button>
      </header>
      {noBrowser ? (
        <div className="notice warn square" role="alert">
          <TriangleAlert size={15} />
          <span className="grow">
            No Chrome, Chromium, Edge or Brave was found on this computer. Install one, or tell TabAgent where yours is.
          </span>
          <BrowserPicker />
        </div>
      ) : null}
      <div className="tool-bar">
        <FilterField value={search.q} onChange={(q) => set({ q })} placeholder="Filter profiles" />
        {STATES.map((state) => (
          <button
            key={state}
            type="button"
            className="chip"
            aria-pressed={states?.includes(state) ?? false}
            onClick={() => set({ state: toggled(search.state, state) })}
          >
            {lookOf(state).word}
          </button>
        ))}
        <span className="grow" />
        <ColumnsMenu name="profiles" columns={PROFILE_COLUMNS} />
      </div>
      <Split
        name="profile-inspector"
        fixed="second"
        size={400}
        min={300}
        max={640}
        label="Width of the inspector"
        first={<ProfileTable list={list} filter={filter} search={search} set={set} />}
        second={
          search.peek === undefined ? null : (
            <ProfileInspector
              id={search.peek as ProfileId}
              close={() => set({ peek: undefined })}
              edit={() => set({ edit: search.peek })}
            />
          )
        }
      />
      <ProfileFormDialog
        id={search.edit ?? null}
        close={() => set({ edit: undefined })}
        created={(id) => set({ edit: undefined, peek: id })}
      />
    </div>
  );
}

/** The rows, or what there is instead of them. */
function ProfileTable({
  list,
  filter,
  search,
  set,
}: {
  list: PagedList<'profiles_list'>;
  filter: Input<'profiles_list'>;
  search: Search;
  set(patch: Record<string, string | undefined>): void;
}) {
  const noCreate = useCan('profiles_create');
  const filtered = search.q !== undefined || search.state !== undefined || search.tag !== undefined;
  return (
    <StateFrame of={{ ...list, data: list.isPending ? undefined : list.rows }} skeleton={10}>
      {list.rows.length > 0 ? (
        <DataTable
          name="profiles"
          label="Profiles"
          rows={list.rows}
          idOf={idOf}
          columns={PROFILE_COLUMNS}
          sort={filter.sort}
          onSort={(sort) => set({ sort })}
          resetKey={JSON.stringify(filter)}
          loadMore={list.loadMore}
          onOpen={(profile) => set({ peek: profile.id, edit: profile.id })}
          peek={search.peek ?? null}
          onPeek={(id) => set({ peek: id ?? undefined })}
          bulk={(ids, done) => <ProfileBulk ids={ids as ProfileId[]} done={done} />}
        />
      ) : filtered ? (
        <NoMatch what="profiles" clear={() => set({ q: undefined, state: undefined, tag: undefined })} />
      ) : (
        <EmptyState
          icon={<SquareUser size={24} />}
          title="No profiles yet"
          help="profiles"
          action={
            <Button
              kind="primary"
              action="profiles.new"
              showKey
              blocked={noCreate}
              onClick={() => set({ edit: 'new' })}
            >
              New profile
            </Button>
          }
        >
          A profile is a browser of its own, with cookies, storage, language and time zone. One task or window uses it
          at a time.
        </EmptyState>
      )}
    </StateFrame>
  );
}
