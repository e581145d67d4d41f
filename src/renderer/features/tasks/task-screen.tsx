import { Modal } from '@mantine/core';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Ban, ChevronRight, Copy, FolderOpen, ImageIcon, RotateCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { TaskId } from '../../../contract/scalars.ts';
import type { Artifact, TaskDetail } from '../../../contract/tasks.ts';
import { useBlocked, useClient } from '../../lib/client/context.tsx';
import { isDesktop } from '../../lib/client/message-port.ts';
import { useActions } from '../../lib/keys/use-actions.ts';
import { asError, useAsk } from '../../lib/live/query.ts';
import { useFilters } from '../../lib/use-filters.ts';
import { Ago, Elapsed } from '../../ui/ago.tsx';
import { Button, CopyButton } from '../../ui/buttons.tsx';
import { Split } from '../../ui/split.tsx';
import { EmptyState, StateFrame } from '../../ui/state-frame.tsx';
import { Status } from '../../ui/status.tsx';
import { neighbourTab, TabPanel, Tabs } from '../../ui/tabs.tsx';
import { errorToast } from '../../ui/toast.tsx';
import { Artifacts, Screens, traceUrl } from './artifacts.tsx';
import { Inspector } from './inspector.tsx';
import { StepTimeline } from './step-timeline.tsx';
import type { TreeRow } from './step-tree.ts';
import { StepsTable } from './steps-table.tsx';
import { useTaskActions } from './task-actions.tsx';
import { TaskEvents } from './task-events.tsx';
import { cancelBlocked, deleteBlocked, waitSentence } from './task-facts.ts';
import { TaskLog } from './task-log.tsx';

type BottomTab = 'log' | 'steps' | 'artifacts' | 'screens' | 'events';

function Header({ task }: { task: TaskDetail }) {
  const client = useClient();
  const navigate = useNavigate();
  const actions = useTaskActions();
  const run = useBlocked('run');
  const manage = useBlocked('manage');
  const cancel = cancelBlocked(task) ?? run;
  const remove = deleteBlocked(task) ?? manage;
  const ended = cancelBlocked(task) !== null;
  const back = () => void navigate({ to: '/tasks' });
  useActions([
    {
      id: 'task.retry',
      title: 'Run again',
      group: 'Task',
      layer: 'detail',
      keys: ['R'],
      blocked: run,
      run: () => actions.retry(task.id),
    },
    {
      id: 'task.again',
      title: 'Run again exactly as it was',
      group: 'Task',
      layer: 'detail',
      keys: ['Shift+R'],
      blocked: run,
      run: () => actions.again(task.id),
    },
    {
      id: 'task.cancel',
      title: 'Cancel',
      group: 'Task',
      layer: 'detail',
      keys: ['C'],
      blocked: cancel,
      run: () => actions.cancel(task.id),
    },
    {
      id: 'task.delete',
      title: 'Delete',
      group: 'Task',
      layer: 'detail',
      keys: ['Delete'],
      blocked: remove,
      run: () => actions.remove(task.id, back),
    },
    {
      id: 'task.copy',
      title: 'Copy id',
      group: 'Task',
      layer: 'detail',
      keys: ['Mod+Shift+C'],
      run: () => void navigator.clipboard.writeText(task.id),
    },
    { id: 'task.back', title: 'Back to all tasks', group: 'Task', layer: 'detail', keys: ['Escape'], run: back },
  ]);
  return (
    <header className="screen-head">
      <Link to="/tasks" className="muted">
        Tasks
      </Link>
      <ChevronRight size={13} className="faint" />
      <h1 className="clip" title={task.command_name}>
        {task.command_name}
      </h1>
      <Status state={task.status} />
      <code className="faint clip id">{task.id}</code>
      <CopyButton label="Copy id" text={task.id} />
      <span className="grow" />
      {isDesktop() ? (
        <Button
          small
          kind="ghost"
          label="Show folder"
          icon={<FolderOpen size={14} />}
          onClick={() =>
            void client
              .call('shell_open_path', { target: 'task', id: task.id })
              .catch((error: unknown) => errorToast('The folder cannot be shown', asError(error)))
          }
        />
      ) : null}
      <Button
        small
        kind="ghost"
        label="Delete"
        action="task.delete"
        icon={<Trash2 size={14} />}
        blocked={remove}
        onClick={() => actions.remove(task.id, back)}
      />
      <Button
        small
        icon={<Copy size={13} />}
        label="Run the snapshot exactly as it was"
        action="task.again"
        blocked={run}
        onClick={() => actions.again(task.id)}
      >
        Run again exactly
      </Button>
      {ended ? (
        <Button
          small
          kind="primary"
          icon={<RotateCw size={13} />}
          label="Run again with the command as it is now"
          action="task.retry"
          blocked={run}
          onClick={() => actions.retry(task.id)}
        >
          Retry
        </Button>
      ) : (
        <Button
          small
          kind="danger"
          icon={<Ban size={13} />}
          action="task.cancel"
          label="Cancel"
          blocked={cancel}
          onClick={() => actions.cancel(task.id)}
        >
          Cancel
        </Button>
      )}
    </header>
  );
}

function Facts({ task }: { task: TaskDetail }) {
  const wait = waitSentence(task);
  const items: [string, React.ReactNode][] = [
    [
      'Command',
      task.command_id === null ? (
        'inline'
      ) : (
        <Link key="c" to="/commands/$id" params={{ id: task.command_id }}>{`version ${task.command_version}`}</Link>
      ),
    ],
    [
      'Profile',
      task.profile_id === null ? (
        '–'
      ) : (
        <Link key="p" to="/profiles" search={{ peek: task.profile_id }}>
          {task.profile_name}
        </Link>
      ),
    ],
    ['Priority', task.priority],
    ['Started', <Ago key="s" at={task.started_at} />],
    ['Duration', <Elapsed key="d" from={task.started_at} ms={task.duration_ms} />],
    ['Attempt', `${task.attempt} of ${task.max_attempts}`],
  ];
  return (
    <div className="fact-bar">
      {items.map(([name, value]) => (
        <span key={name}>
          <span className="muted">{name}</span> {value}
        </span>
      ))}
      {task.retry_of === null ? null : (
        <Link to="/tasks/$id" params={{ id: task.retry_of }}>
          Repeats an earlier task
        </Link>
      )}
      <span className="grow" />
      {task.progress !== null && task.status === 'running' ? (
        <span className="row">
          {task.progress.message}
          {task.progress.percent === null ? null : (
            <progress max={100} value={task.progress.percent} aria-label="Progress" />
          )}
        </span>
      ) : null}
      {wait === null ? null : <span className="tone-warn">{wait}</span>}
    </div>
  );
}

function Bottom({ task }: { task: TaskDetail }) {
  const [search, set] = useFilters();
  const [trace, setTrace] = useState<Artifact | null>(null);
  const artifacts = useAsk('artifacts_list', { id: task.id });
  const shots = artifacts.data?.items.filter(({ kind }) => kind === 'screenshot') ?? [];
  const tabs = [
    { id: 'log', label: 'Log' },
    { id: 'steps', label: 'Steps', count: task.steps.length },
    { id: 'artifacts', label: 'Artifacts', count: artifacts.data?.items.length ?? null },
    { id: 'screens', label: 'Screens', count: shots.length },
    { id: 'events', label: 'Events' },
  ] as const;
  const value = tabs.find(({ id }) => id === search.tab)?.id ?? 'log';
  const setTab = (tab: BottomTab) => set({ tab: tab === 'log' ? undefined : tab });
  const to = (tab: BottomTab, title: string, key: string) =>
    ({
      id: `task.tab.${tab}`,
      title,
      group: 'Task',
      layer: 'detail',
      keys: [key],
      hidden: true,
      run: () => setTab(tab),
    }) as const;
  useActions([
    to('log', 'Log', 'L'),
    to('steps', 'Steps', 'S'),
    to('artifacts', 'Artifacts', 'A'),
    {
      id: 'task.tab.next',
      title: 'Next tab',
      group: 'Task',
      layer: 'detail',
      keys: [']'],
      hidden: true,
      run: () => setTab(neighbourTab(tabs, value, 1)),
    },
    {
      id: 'task.tab.before',
      title: 'Tab before',
      group: 'Task',
      layer: 'detail',
      keys: ['['],
      hidden: true,
      run: () => setTab(neighbourTab(tabs, value, -1)),
    },
  ]);
  return (
    <section className="col grow" aria-label="Details">
      <div className="tool-bar">
        <Tabs name="task-bottom" label="Details" tabs={tabs} value={value} onChange={setTab} />
      </div>
      <TabPanel name="task-bottom" value={value}>
        {value === 'log' ? <TaskLog id={task.id} empty={waitSentence(task) ?? 'No lines yet'} /> : null}
        {value === 'steps' ? <StepsTable task={task} /> : null}
        {value === 'artifacts' ? <Artifacts id={task.id} onTrace={setTrace} /> : null}
        {value === 'screens' ? (
          shots.length === 0 ? (
            <EmptyState icon={<ImageIcon size={24} />} title="No screenshots" />
          ) : (
            <div className="scroll" style={{ padding: 12 }}>
              <Screens shots={shots} />
            </div>
          )
        ) : null}
        {value === 'events' ? <TaskEvents id={task.id} /> : null}
      </TabPanel>
      <Modal
        opened={trace !== null}
        onClose={() => setTrace(null)}
        title={trace?.name}
        size="calc(100vw - 64px)"
        classNames={{ body: 'trace-body' }}
      >
        {trace === null ? null : <iframe className="trace" title={`Trace ${trace.name}`} src={traceUrl(trace)} />}
      </Modal>
    </section>
  );
}

/** One task with everything that hangs off it. */
export function TaskScreen() {
  const { id } = useParams({ from: '/tasks/$id' });
  const query = useAsk('tasks_get', { id: id as TaskId });
  const [row, setRow] = useState<TreeRow | null>(null);
  const task = query.data;
  return (
    <div className="screen">
      <StateFrame of={query} skeleton={12}>
        {task === undefined ? null : (
          <>
            <Header task={task} />
            <Facts task={task} />
            <Split
              name="task-rows"
              fixed="second"
              vertical
              size={330}
              min={140}
              max={700}
              label="Height of the details"
              first={
                <Split
                  name="task-inspector"
                  fixed="second"
                  size={420}
                  min={260}
                  max={800}
                  label="Width of the inspector"
                  first={
                    task.attempts.length === 0 ? (
                      <EmptyState
                        icon={<Status state={task.status} />}
                        title={waitSentence(task) ?? 'It has not started'}
                      />
                    ) : (
                      <StepTimeline task={task} selected={row?.id ?? null} onSelect={setRow} />
                    )
                  }
                  second={<Inspector key={task.id} task={task} row={row} />}
                />
              }
              second={<Bottom key={task.id} task={task} />}
            />
          </>
        )}
      </StateFrame>
    </div>
  );
}
