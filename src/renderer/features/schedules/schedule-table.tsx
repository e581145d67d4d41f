import { CalendarClock, Plus } from 'lucide-react';
import type { Schedule } from '../../../contract/automation/schedule/schedules.ts';
import type { Input, PagedList } from '../../lib/live/query.ts';
import type { Search } from '../../lib/search-params.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { EmptyState, NoMatch, StateFrame } from '../../ui/feedback/state-frame.tsx';
import { DataTable } from '../../ui/table/data-table.tsx';
import { SCHEDULE_COLUMNS } from './columns.tsx';
import { ScheduleBulk } from './schedule-bulk.tsx';
import { ScheduleMenu } from './schedule-menu.tsx';

const idOf = (schedule: Schedule) => schedule.id;
const titleOf = (schedule: Schedule) => schedule.name;

/** Whether the address names filters. */
export const isFiltered = ({ q, state }: Search): boolean => q !== undefined || state !== undefined;

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
    <StateFrame of={list} skeleton={10}>
      {list.rows.length > 0 ? (
        <DataTable
          name="schedules"
          label="Schedules"
          rows={list.rows}
          idOf={idOf}
          titleOf={titleOf}
          columns={SCHEDULE_COLUMNS}
          sort={filter.sort}
          onSort={(sort) => set({ sort })}
          resetKey={JSON.stringify(filter)}
          loadMore={list.loadMore}
          onOpen={(schedule) => set({ peek: schedule.id, edit: schedule.id })}
          peek={search.peek ?? null}
          onPeek={(id) => set({ peek: id ?? undefined })}
          total={list.total}
          menu={(schedule) => (
            <ScheduleMenu
              schedule={schedule}
              edit={() => set({ edit: schedule.id })}
              gone={() => set({ peek: undefined })}
            />
          )}
          bulk={(chosen, done) => <ScheduleBulk chosen={chosen} list={filter} done={done} />}
        />
      ) : isFiltered(search) ? (
        <NoMatch what="schedules" clear={() => set({ q: undefined, state: undefined })} />
      ) : (
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
          A schedule runs a command by itself: every morning, every ten minutes, or once.
        </EmptyState>
      )}
    </StateFrame>
  );
}
