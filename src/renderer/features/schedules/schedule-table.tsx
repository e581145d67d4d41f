import { CalendarClock, Plus } from 'lucide-react';
import type { Schedule } from '../../../contract/automation/schedule/schedules.ts';
import type { Input, PagedList } from '../../lib/live/query.ts';
import type { Search } from '../../lib/search-params.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { EmptyState } from '../../ui/feedback/state-frame.tsx';
import { ListTable, namesFilter } from '../../ui/list/list-table.tsx';
import { SCHEDULE_COLUMNS } from './columns.tsx';
import { ScheduleBulk } from './schedule-bulk.tsx';
import { ScheduleMenu } from './schedule-menu.tsx';

const titleOf = (schedule: Schedule) => schedule.name;

const FILTERS = ['q', 'state'];

/** Whether the address names filters. */
export const isFiltered = (search: Search): boolean => namesFilter(search, FILTERS);

/** The table, or its loading, empty and no-match states. */
export function ScheduleTable({
  list,
  filter,
  search,
  set,
}: {
  list: PagedList<'schedules_list'>;
  filter: Input<'schedules_list'>;
  search: Search;
  set(patch: Record<string, string | undefined>): void;
}) {
  const noCreate = useCan('schedules_create');
  return (
    <ListTable
      name="schedules"
      label="Schedules"
      titleOf={titleOf}
      columns={SCHEDULE_COLUMNS}
      sort={filter.sort}
      {...{ list, filter, search, set }}
      filters={FILTERS}
      isFiltered={isFiltered(search)}
      onOpen={({ id }) => set({ peek: id, edit: id })}
      menu={(schedule) => (
        <ScheduleMenu
          schedule={schedule}
          edit={() => set({ edit: schedule.id })}
          gone={() => set({ peek: undefined })}
        />
      )}
      bulk={(chosen, done) => <ScheduleBulk chosen={chosen} list={filter} done={done} />}
      empty={
        <EmptyState
          icon={<CalendarClock size={24} />}
          title="No schedules yet"
          help="schedules"
          action={
            <Button
              kind="primary"
              icon={<Plus size={14} />}
              action="schedules.new"
              showKey
              blocked={noCreate}
              onClick={() => set({ edit: 'new' })}
            >
              New schedule
            </Button>
          }
        >
          A schedule runs a command by itself: every morning, every ten minutes, or when something happens.
        </EmptyState>
      }
    />
  );
}
