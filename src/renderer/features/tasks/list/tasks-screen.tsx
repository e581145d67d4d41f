import { useNavigate } from '@tanstack/react-router';
import { Ban, ListChecks, Play, RotateCw, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { COMMAND_KINDS } from '../../../../contract/automation/commands.ts';
import { TASK_STATUSES, type Task } from '../../../../contract/automation/tasks.ts';
import type { TaskId } from '../../../../contract/kernel/scalars.ts';
import { count } from '../../../lib/format.ts';
import { useActions } from '../../../lib/keys/use-actions.ts';
import { type Input, useAsk, usePages } from '../../../lib/live/query.ts';
import { listOf, toggled } from '../../../lib/search-params.ts';
import { useCan } from '../../../lib/use-can.ts';
import { useFilters } from '../../../lib/use-filters.ts';
import { Button } from '../../../ui/buttons.tsx';
import { EmptyState, NoMatch, StateFrame } from '../../../ui/feedback/state-frame.tsx';
import { FilterField } from '../../../ui/filter-field.tsx';
import { Split } from '../../../ui/split.tsx';
import { ColumnsMenu } from '../../../ui/table/columns-menu.tsx';
import { DataTable } from '../../../ui/table/data-table.tsx';
import { TabPanel, Tabs } from '../../../ui/tabs.tsx';
import { RunDialog } from '../../run/index.ts';
import { useTaskActions, useTasksBulk } from '../task-actions.tsx';
import { STATUS_TABS, tabOf } from '../task-facts.ts';
import { TASK_COLUMNS } from './columns.tsx';
import { QueueSwitch } from './queue-switch.tsx';
import { TaskPeek } from './task-peek.tsx';

const idOf = (task: Task) => task.id;
/** Filters that come from links elsewhere and are shown as chips that can be taken away. */
const LINKED = { command: 'Command', profile: 'Profile', error: 'Error', label: 'Label', batch: 'Batch' } as const;

/** All tasks: tabs by state, filters in the address, a peek beside the table. */
export function TasksScreen() {
  const [search, set] = useFilters();
  const navigate = useNavigate();
  const [running, setRunning] = useState(false);
  const statuses = listOf(search.status, TASK_STATUSES);
  const kinds = listOf(search.kind, COMMAND_KINDS);
  const queue = useAsk('queue_stats', {});
  const actions = useTaskActions();
  const bulk = useTasksBulk();
  const runBlocked = useCan('tasks_create');
  const retryBlocked = useCan('tasks_retry');
  const cancelBlocked = useCan('tasks_cancel');
  const bulkBlocked = useCan('tasks_bulk');

  const filter = {
    ...(statuses === undefined ? {} : { status: statuses }),
    ...(kinds === undefined ? {} : { kind: kinds }),
    ...(search.q === undefined ? {} : { q: search.q }),
    ...(search.command === undefined ? {} : { command_id: search.command }),
    ...(search.profile === undefined ? {} : { profile_id: search.profile }),
    ...(search.error === undefined ? {} : { error_code: search.error }),
    ...(search.label === undefined ? {} : { label: search.label }),
    ...(search.batch === undefined ? {} : { batch_id: search.batch }),
    ...(search.sort === undefined ? {} : { sort: search.sort }),
  } as Input<'tasks_list'>;
  const list = usePages('tasks_list', filter);
  const peeked = list.rows.find(({ id }) => id === search.peek);
  const filtered = Object.keys(filter).some((name) => name !== 'sort');
  const clear = () =>
    set({
      status: undefined,
      kind: undefined,
      q: undefined,
      command: undefined,
      profile: undefined,
      error: undefined,
      label: undefined,
      batch: undefined,
    });

  const counts = queue.data?.counts;
  const tabs = STATUS_TABS.map((tab) => ({
    id: tab.id,
    label: tab.label,
    count:
      counts === undefined
        ? null
        : count((tab.statuses ?? TASK_STATUSES).reduce((sum, status) => sum + (counts[status] ?? 0), 0)),
  }));
  const setTab = (id: string) =>
    set({ status: STATUS_TABS.find((tab) => tab.id === id)?.statuses?.join(','), peek: undefined });

  useActions([
    {
      id: 'tasks.new',
      title: 'Run a command',
      group: 'Tasks',
      layer: 'view',
      keys: ['N'],
      blocked: runBlocked,
      run: () => setRunning(true),
    },
    {
      id: 'tasks.failed',
      title: 'Show failed tasks only',
      group: 'Tasks',
      layer: 'view',
      keys: ['F'],
      run: () => setTab(tabOf(statuses) === 'failed' ? 'all' : 'failed'),
    },
    {
      id: 'tasks.retry',
      title: 'Run the shown task again',
      group: 'Tasks',
      layer: 'view',
      keys: ['R'],
      blocked: peeked === undefined ? 'No task is chosen' : retryBlocked,
      run: () => peeked && actions.retry(peeked.id),
    },
    {
      id: 'tasks.cancel',
      title: 'Cancel the shown task',
      group: 'Tasks',
      layer: 'view',
      keys: ['C'],
      blocked: peeked === undefined ? 'No task is chosen' : cancelBlocked,
      run: () => peeked && actions.cancel(peeked.id),
    },
    {
      id: 'tasks.copy',
      title: 'Copy id of the shown task',
      group: 'Tasks',
      layer: 'view',
      keys: ['Mod+Shift+C'],
      blocked: peeked === undefined ? 'No task is chosen' : null,
      run: () => void (peeked && navigator.clipboard.writeText(peeked.id)),
    },
    {
      id: 'tasks.close',
      title: 'Close the peek',
      group: 'Tasks',
      layer: 'view',
      keys: ['Escape'],
      hidden: true,
      run: () => set({ peek: undefined }),
    },
  ]);

  const table = (
    <StateFrame of={{ ...list, data: list.rows.length > 0 || !list.isPending ? list.rows : undefined }} skeleton={16}>
      {list.rows.length > 0 ? (
        <DataTable
          name="tasks"
          label="Tasks"
          rows={list.rows}
          idOf={idOf}
          columns={TASK_COLUMNS}
          sort={search.sort}
          onSort={(sort) => set({ sort })}
          resetKey={JSON.stringify(filter)}
          loadMore={list.loadMore}
          onOpen={(task) => void navigate({ to: '/tasks/$id', params: { id: task.id } })}
          peek={search.peek ?? null}
          onPeek={(id) => set({ peek: id ?? undefined })}
          bulk={(ids, done) => (
            <>
              <Button
                small
                blocked={bulkBlocked}
                busy={bulk.busy}
                icon={<Ban size={13} />}
                onClick={() => bulk.cancel(ids as TaskId[], done)}
              >
                Cancel
              </Button>
              <Button
                small
                blocked={bulkBlocked}
                busy={bulk.busy}
                icon={<RotateCw size={13} />}
                onClick={() => bulk.retry(ids as TaskId[], done)}
              >
                Run again
              </Button>
              <Button
                small
                kind="danger"
                blocked={bulkBlocked}
                busy={bulk.busy}
                icon={<Trash2 size={13} />}
                onClick={() => bulk.remove(ids as TaskId[], done)}
              >
                Delete
              </Button>
            </>
          )}
        />
      ) : filtered ? (
        <NoMatch what="tasks" clear={clear} />
      ) : (
        <EmptyState
          icon={<ListChecks size={24} />}
          title="No tasks yet"
          help="tasks"
          action={
            <Button kind="primary" action="tasks.new" showKey blocked={runBlocked} onClick={() => setRunning(true)}>
              Run a command
            </Button>
          }
        >
          A task is one run of a command. It keeps its log, steps and artifacts.
        </EmptyState>
      )}
    </StateFrame>
  );

  return (
    <div className="screen">
      <header className="screen-head">
        <h1>Tasks</h1>
        <Tabs
          name="task-status"
          label="Tasks by state"
          tabs={tabs}
          value={tabOf(statuses) as never}
          onChange={setTab}
        />
        <span className="grow" />
        <Button
          kind="primary"
          action="tasks.new"
          icon={<Play size={14} />}
          blocked={runBlocked}
          onClick={() => setRunning(true)}
        >
          Run a command
        </Button>
      </header>
      <div className="tool-bar">
        <FilterField value={search.q} onChange={(q) => set({ q })} placeholder="Filter tasks" />
        {COMMAND_KINDS.map((kind) => (
          <button
            key={kind}
            type="button"
            className="chip"
            aria-pressed={kinds?.includes(kind) ?? false}
            onClick={() => set({ kind: toggled(search.kind, kind) })}
          >
            {kind}
          </button>
        ))}
        {Object.entries(LINKED).map(([name, title]) =>
          search[name] === undefined ? null : (
            <button
              key={name}
              type="button"
              className="chip"
              aria-pressed="true"
              aria-label={`Remove filter ${title}`}
              onClick={() => set({ [name]: undefined })}
            >
              {title}:{' '}
              {list.rows[0] !== undefined && name === 'command'
                ? list.rows[0].command_name
                : list.rows[0] !== undefined && name === 'profile'
                  ? list.rows[0].profile_name
                  : search[name]}
              <X size={12} />
            </button>
          ),
        )}
        <span className="grow" />
        <QueueSwitch />
        <ColumnsMenu name="tasks" columns={TASK_COLUMNS} />
      </div>
      <TabPanel name="task-status" value={tabOf(statuses)}>
        <Split
          name="task-peek"
          fixed="second"
          size={430}
          min={320}
          max={720}
          label="Width of the peek"
          first={table}
          second={
            search.peek === undefined ? null : (
              <TaskPeek id={search.peek as TaskId} close={() => set({ peek: undefined })} />
            )
          }
        />
      </TabPanel>
      <RunDialog opened={running} close={() => setRunning(false)} />
    </div>
  );
}
