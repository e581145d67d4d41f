import { useNavigate } from '@tanstack/react-router';
import { ListChecks, Play } from 'lucide-react';
import { useState } from 'react';
import { TASK_STATUSES, type Task } from '../../../../contract/automation/tasks.ts';
import type { TaskId } from '../../../../contract/kernel/scalars.ts';
import { count } from '../../../lib/format.ts';
import { type Input, isEmpty, type PagedList, useOperationQuery, usePages } from '../../../lib/live/query.ts';
import { listOf, type Search } from '../../../lib/search-params.ts';
import { useCan } from '../../../lib/use-can.ts';
import { useFilters } from '../../../lib/use-filters.ts';
import { Button } from '../../../ui/buttons.tsx';
import { EmptyState } from '../../../ui/feedback/state-frame.tsx';
import { ListTable } from '../../../ui/list/list-table.tsx';
import { Screen, ScreenHead } from '../../../ui/screen.tsx';
import { Split } from '../../../ui/split.tsx';
import layout from '../../../ui/styles/layout.module.css';
import { TabPanel, Tabs } from '../../../ui/tabs.tsx';
import { RunDialog } from '../../run/index.ts';
import { type RunAgain, useRunAgain } from '../again/use-run-again.tsx';
import { STATUS_TABS, type StatusTab, tabOf } from '../task-facts.ts';
import { TASK_COLUMNS } from './columns.tsx';
import { TaskBulk } from './task-bulk.tsx';
import { filterOf, isFiltered, NO_FILTER } from './task-filter.ts';
import { TaskMenu } from './task-menu.tsx';
import { TaskPeek } from './task-peek.tsx';
import { TaskToolBar } from './task-tool-bar.tsx';
import { useListActions } from './use-list-actions.ts';

/** Order of the list until another one is chosen. */
const RUNNING_FIRST = '-running,-created_at';
const titleOf = (task: Task) => task.command_name;

/** Tabs by state with their counts; those of the whole queue say nothing of a filtered list, of which only the shown tab is counted. */
function useStatusTabs(shown: StatusTab | null, total: number | null, narrowed: boolean) {
  const counts = useOperationQuery('queue_stats', {}).data?.counts;
  return STATUS_TABS.map(({ id, label, statuses }) => ({
    id,
    label,
    count: narrowed
      ? id === shown && total !== null
        ? count(total)
        : null
      : counts === undefined
        ? null
        : count((statuses ?? TASK_STATUSES).reduce((sum, status) => sum + (counts[status] ?? 0), 0)),
  }));
}

/** All tasks: tabs by state, filters in the address, a peek beside the table. */
export function TasksScreen() {
  const [search, set] = useFilters();
  const [running, setRunning] = useState(false);
  const statuses = listOf(search.status, TASK_STATUSES);
  const runBlocked = useCan('tasks_create');
  const again = useRunAgain();

  const filter = filterOf(search);
  const list = usePages('tasks_list', { sort: RUNNING_FIRST, ...filter });
  const peeked = list.rows.find(({ id }) => id === search.peek);
  const { status: _, ...others } = filter;
  const tabs = useStatusTabs(tabOf(statuses), list.isPlaceholder ? null : list.total, isFiltered(others));
  const setTab = (id: StatusTab) =>
    set({ status: STATUS_TABS.find((tab) => tab.id === id)?.statuses?.join(','), peek: undefined });

  useListActions({
    ...{ peeked, statuses, again, setTab },
    run: () => setRunning(true),
    close: () => set({ peek: undefined }),
  });

  return (
    <Screen>
      <ScreenHead>
        <h1>Tasks</h1>
        <Tabs
          name="task-status"
          label="Tasks by state"
          tabs={tabs}
          value={tabOf(statuses) as never}
          onChange={setTab}
        />
        <span className={layout.grow} />
        <Button
          kind={isEmpty(list) && !isFiltered(filter) ? undefined : 'primary'}
          action="tasks.new"
          icon={<Play size={14} />}
          blocked={runBlocked}
          onClick={() => setRunning(true)}
        >
          Run a command
        </Button>
      </ScreenHead>
      <TaskToolBar search={search} set={set} first={list.rows[0]} labels={list.rows.flatMap((task) => task.labels)} />
      <TabPanel name="task-status" value={tabOf(statuses)}>
        <Split
          name="task-peek"
          fixed="second"
          size={430}
          min={320}
          max={720}
          label="Width of the peek"
          first={<TaskTable {...{ list, filter, search, set, again }} run={() => setRunning(true)} />}
          second={
            search.peek === undefined ? null : (
              <TaskPeek id={search.peek as TaskId} again={again} close={() => set({ peek: undefined })} />
            )
          }
        />
      </TabPanel>
      <RunDialog opened={running} close={() => setRunning(false)} />
      {again.dialog}
    </Screen>
  );
}

/** The rows, or what there is instead of them. */
function TaskTable({
  list,
  filter,
  search,
  set,
  again,
  run,
}: {
  list: PagedList<'tasks_list'>;
  filter: Input<'tasks_list'>;
  search: Search;
  set(patch: Record<string, string | undefined>): void;
  again: RunAgain;
  /** Opens the run dialog. */
  run(): void;
}) {
  const navigate = useNavigate();
  const runBlocked = useCan('tasks_create');
  // A filter of the address that the host does not accept matches nothing, and can be cleared like the others.
  const refused = list.error?.slug === 'validation-error' ? [] : undefined;
  const open = ({ id }: Task) => void navigate({ to: '/tasks/$id', params: { id } });
  return (
    <ListTable
      name="tasks"
      label="Tasks"
      titleOf={titleOf}
      columns={TASK_COLUMNS}
      sort={search.sort}
      list={{ ...list, data: list.data ?? refused }}
      {...{ filter, search, set }}
      filters={Object.keys(NO_FILTER)}
      isFiltered={isFiltered(filter)}
      onOpen={open}
      menu={(task) => <TaskMenu task={task} again={again} open={open} />}
      bulk={(chosen, done) => <TaskBulk chosen={chosen} list={filter} done={done} />}
      skeleton={16}
      empty={
        <EmptyState
          icon={<ListChecks size={24} />}
          title="No tasks yet"
          help="tasks"
          action={
            <Button kind="primary" action="tasks.new" showKey blocked={runBlocked} onClick={run}>
              Run a command
            </Button>
          }
        >
          A task is one run of a command. It keeps its log, steps and artifacts.
        </EmptyState>
      }
    />
  );
}
