import { Link } from '@tanstack/react-router';
import { commandKinds } from '../../../../contract/automation/kinds/index.ts';
import type { Task, taskRecord } from '../../../../contract/automation/tasks.ts';
import type { SortOf } from '../../../../contract/kernel/sorts.ts';
import { shortId } from '../../../lib/format.ts';
import { lineOf } from '../../../lib/text/tame.ts';
import { Ago, Elapsed } from '../../../ui/display/ago.tsx';
import { Tag } from '../../../ui/display/badge.tsx';
import { Status } from '../../../ui/display/status.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import type { Column } from '../../../ui/table/columns/columns.ts';

function Name({ task }: { task: Task }) {
  const progress = task.status === 'running' ? task.progress : null;
  return (
    <span className={layout.row}>
      <Link to="/tasks/$id" params={{ id: task.id }} className={`${text.clip} ${text.nameLink}`} tabIndex={-1}>
        {task.command_name}
      </Link>
      {progress === null ? null : (
        <span className={`${text.muted} ${text.clip}`}>
          {progress.percent === null ? '' : `${Math.round(progress.percent)} % `}
          {lineOf(progress.message)}
        </span>
      )}
      {/* That it was cancelled is its status already. */}
      {task.status !== 'running' && task.error !== null && task.error.code !== task.status ? (
        <span className={`${text.faint} ${text.clip}`}>{lineOf(task.error.detail)}</span>
      ) : null}
      {task.labels.map((label) => (
        <Tag key={label}>{label}</Tag>
      ))}
    </span>
  );
}

/** Columns of the task list. */
export const TASK_COLUMNS: readonly Column<Task, SortOf<typeof taskRecord>>[] = [
  {
    id: 'status',
    title: 'Status',
    width: 122,
    sort: 'status',
    fixed: true,
    cell: (task) => <Status state={task.status} />,
  },
  { id: 'name', title: 'Task', sort: 'command_name', fixed: true, cell: (task) => <Name task={task} /> },
  {
    id: 'kind',
    drop: 5,
    title: 'Kind',
    width: 132,
    sort: 'kind',
    cell: (task) => <span className={text.muted}>{commandKinds[task.kind].title}</span>,
  },
  {
    id: 'profile',
    drop: 3,
    title: 'Profile',
    width: 128,
    grow: 260,
    sort: 'profile_name',
    cell: (task) => task.profile_name ?? <span className={text.faint}>–</span>,
  },
  {
    id: 'created',
    drop: 6,
    hidden: true,
    title: 'Created',
    width: 100,
    sort: 'created_at',
    cell: (task) => <Ago at={task.created_at} />,
  },
  {
    id: 'started',
    drop: 2,
    title: 'Started',
    width: 100,
    sort: 'started_at',
    cell: (task) => <Ago at={task.status === 'scheduled' ? task.run_at : task.started_at} />,
  },
  {
    id: 'duration',
    drop: 1,
    title: 'Duration',
    width: 84,
    num: true,
    sort: 'duration_ms',
    cell: (task) => <Elapsed from={task.started_at} ms={task.duration_ms} />,
  },
  {
    id: 'attempt',
    drop: 4,
    title: 'Attempt',
    width: 76,
    num: true,
    sort: 'attempt',
    cell: (task) => `${task.attempt}/${task.max_attempts}`,
  },
  {
    id: 'id',
    drop: 7,
    hidden: true,
    title: 'Id',
    width: 112,
    sort: 'id',
    cell: (task) => <code className={text.faint}>{shortId(task.id)}</code>,
  },
];
