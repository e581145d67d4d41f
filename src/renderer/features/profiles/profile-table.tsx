import { SquareUser } from 'lucide-react';
import { useState } from 'react';
import type { Profile } from '../../../contract/automation/profiles.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import type { Input, PagedList } from '../../lib/live/query.ts';
import type { Search } from '../../lib/search-params.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { EmptyState } from '../../ui/feedback/state-frame.tsx';
import { ListTable, namesFilter } from '../../ui/list/list-table.tsx';
import { RunDialog } from '../run/index.ts';
import { ExportDialog } from './archive/export-dialog.tsx';
import { ProfileBulk } from './bulk/profile-bulk.tsx';
import { PROFILE_COLUMNS } from './columns.tsx';
import { ProfileMenu } from './profile-menu.tsx';

const titleOf = (profile: Profile) => profile.name;

const FILTERS = ['q', 'state', 'tag', 'group'];

/** Whether the address names filters. */
export const isFiltered = (search: Search): boolean => namesFilter(search, FILTERS);

/** The table, or its loading, empty and no-match states. */
export function ProfileTable({
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
  const [running, setRunning] = useState<ProfileId | null>(null);
  const [exporting, setExporting] = useState<ProfileId | null>(null);
  return (
    <>
      <ListTable
        name="profiles"
        label="Profiles"
        titleOf={titleOf}
        columns={PROFILE_COLUMNS}
        sort={filter.sort}
        {...{ list, filter, search, set }}
        filters={FILTERS}
        isFiltered={isFiltered(search)}
        onOpen={({ id }) => set({ peek: id, edit: id })}
        menu={(profile) => (
          <ProfileMenu
            profile={profile}
            edit={() => set({ edit: profile.id })}
            run={() => setRunning(profile.id)}
            exportIt={() => setExporting(profile.id)}
            gone={() => set({ peek: undefined })}
          />
        )}
        bulk={(chosen, done) => <ProfileBulk chosen={chosen} list={filter} done={done} />}
        empty={
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
        }
      />
      {exporting === null ? null : <ExportDialog ids={[exporting]} close={() => setExporting(null)} />}
      {running === null ? null : <RunDialog opened profileId={running} close={() => setRunning(null)} />}
    </>
  );
}
