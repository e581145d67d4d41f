import { Plus } from 'lucide-react';
import type { ScheduleId } from '../../../contract/kernel/scalars.ts';
import { count } from '../../lib/format.ts';
import { type Input, isEmpty, useOperationQuery, usePages } from '../../lib/live/query.ts';
import type { Search } from '../../lib/search-params.ts';
import { useCan } from '../../lib/use-can.ts';
import { useFilters } from '../../lib/use-filters.ts';
import { Button, Chip } from '../../ui/buttons.tsx';
import { FilterField } from '../../ui/form/filter-field.tsx';
import { Inspected } from '../../ui/list/inspected.tsx';
import { Screen, ScreenHead, ToolBar } from '../../ui/screen.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { ColumnsMenu } from '../../ui/table/columns/columns-menu.tsx';
import { SCHEDULE_COLUMNS } from './columns.tsx';
import { ScheduleFormDialog } from './form/schedule-form.tsx';
import { ScheduleInspector } from './schedule-inspector.tsx';
import { isFiltered, ScheduleTable } from './schedule-table.tsx';
import { useListActions } from './use-list-actions.ts';

/** Query for the filters in the address. */
const filterOf = (search: Search) =>
  ({
    sort: search.sort ?? 'name',
    ...(search.state === 'on' || search.state === 'off' ? { enabled: search.state === 'on' } : {}),
    ...(search.q === undefined ? {} : { q: search.q }),
  }) as Input<'schedules_list'>;

const STATES = [
  ['on', 'On'],
  ['off', 'Off'],
] as const;

export function SchedulesScreen() {
  const [search, set] = useFilters();
  const filter = filterOf(search);
  const list = usePages('schedules_list', filter);
  const noCreate = useCan('schedules_create');
  // As the inspector asks: the keys act on what it shows, also before the list is there or when it does not reach that far.
  const id = search.peek as ScheduleId;
  const { data: peeked } = useOperationQuery('schedules_get', { id }, { enabled: search.peek !== undefined });
  const shown = list.rows.find((row) => row.id === search.peek) ?? (peeked?.id === search.peek ? peeked : undefined);
  const hasNone = isEmpty(list) && !isFiltered(search);
  useListActions({ shown, set });

  return (
    <Screen>
      <ScreenHead>
        <h1>Schedules</h1>
        {list.total === null ? null : <span className={text.muted}>{count(list.total)}</span>}
        <span className={layout.grow} />
        <Button
          kind={hasNone ? undefined : 'primary'}
          icon={<Plus size={14} />}
          action="schedules.new"
          blocked={noCreate}
          onClick={() => set({ edit: 'new' })}
        >
          New schedule
        </Button>
      </ScreenHead>
      <ToolBar>
        <FilterField value={search.q} onChange={(q) => set({ q })} placeholder="Filter schedules" />
        {STATES.map(([state, word]) => (
          <Chip
            key={state}
            pressed={search.state === state}
            onClick={() => set({ state: search.state === state ? undefined : state })}
          >
            {word}
          </Chip>
        ))}
        <span className={layout.grow} />
        <ColumnsMenu name="schedules" columns={SCHEDULE_COLUMNS} />
      </ToolBar>
      <Inspected
        name="schedule-inspector"
        list={<ScheduleTable list={list} filter={filter} search={search} set={set} />}
        inspector={
          search.peek === undefined ? null : (
            <ScheduleInspector
              id={search.peek as ScheduleId}
              close={() => set({ peek: undefined })}
              edit={() => set({ edit: search.peek })}
            />
          )
        }
      />
      <ScheduleFormDialog
        id={search.edit ?? null}
        close={() => set({ edit: undefined })}
        created={(id) => set({ edit: undefined, peek: id })}
      />
    </Screen>
  );
}
