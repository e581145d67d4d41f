import { Link, useNavigate } from '@tanstack/react-router';
import { Ban, ChevronRight, RotateCw, Trash2 } from 'lucide-react';
import type { TaskDetail } from '../../../../contract/automation/tasks.ts';
import { shortId } from '../../../lib/format.ts';
import { lineOf } from '../../../lib/text/tame.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button, CopyButton, IconButton } from '../../../ui/buttons.tsx';
import { Ago, Elapsed } from '../../../ui/display/ago.tsx';
import { Status } from '../../../ui/display/status.tsx';
import { ScreenHead } from '../../../ui/screen.tsx';
import { ShowFolder } from '../../../ui/show-folder.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { RunAgainMenu } from '../again/run-again-menu.tsx';
import { useRunAgain } from '../again/use-run-again.tsx';
import { useTaskActions } from '../task-actions.tsx';
import { cancelBlocked, deleteBlocked, hasFailed, waitSentence } from '../task-facts.ts';
import { useSlots } from '../use-slots.ts';
import css from './task-header.module.css';
import { useHeaderActions } from './use-header-actions.ts';

/** Name, state and verbs of a task. */
export function TaskHeader({ task }: { task: TaskDetail }) {
  const navigate = useNavigate();
  const actions = useTaskActions();
  const again = useRunAgain();
  const cancelRight = useCan('tasks_cancel');
  const deleteRight = useCan('tasks_delete');
  const cancel = cancelBlocked(task) ?? cancelRight;
  const remove = deleteBlocked(task) ?? deleteRight;
  const ended = cancelBlocked(task) !== null;
  const back = () => void navigate({ to: '/tasks' });
  useHeaderActions({ task, again, cancel, remove, back });
  return (
    <ScreenHead>
      <Link to="/tasks" className={text.muted}>
        Tasks
      </Link>
      <ChevronRight size={13} className={text.faint} />
      <h1 className={text.clip} title={task.command_name}>
        {task.command_name}
      </h1>
      {/* Who cannot see the badge hears that the task has ended. */}
      <span aria-live="polite">
        <Status state={task.status} />
      </span>
      <code className={`${text.faint} ${text.clip}`}>{task.id}</code>
      <CopyButton label="Copy id" text={task.id} />
      <span className={layout.grow} />
      <ShowFolder target="task" id={task.id} />
      <IconButton
        label="Delete"
        action="task.delete"
        Icon={Trash2}
        blocked={remove}
        onClick={() => actions.remove(task.id, back)}
      />
      <RunAgainMenu task={task} again={again} />
      {again.dialog}
      {hasFailed(task) ? (
        // After a success there is nothing that has to be done next.
        <Button
          small
          kind="primary"
          icon={<RotateCw size={13} />}
          label="Run again with the command as it is now"
          action="task.current"
          blocked={again.blocked}
          onClick={() => again.run.current(task)}
        >
          Retry
        </Button>
      ) : null}
      {ended ? null : (
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
    </ScreenHead>
  );
}

/** Facts of a task in one line, with its progress or why it waits for the next attempt; before the first the page itself says why. */
export function TaskFacts({ task }: { task: TaskDetail }) {
  const slots = useSlots();
  const wait = task.attempts.length === 0 ? null : waitSentence(task, slots);
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
    <div className={css.factBar} data-testid="task-facts">
      {items.map(([name, value]) => (
        <span key={name}>
          <span className={text.muted}>{name}</span> {value}
        </span>
      ))}
      {task.retry_of === null ? null : (
        <Link to="/tasks/$id" params={{ id: task.retry_of }}>
          Rerun of {shortId(task.retry_of)}
        </Link>
      )}
      <span className={layout.grow} />
      {task.progress !== null && task.status === 'running' ? (
        <span className={layout.row}>
          {lineOf(task.progress.message)}
          {task.progress.percent === null ? null : (
            <progress className={css.progress} max={100} value={task.progress.percent} aria-label="Progress" />
          )}
        </span>
      ) : null}
      {wait === null ? null : (
        <span className={`${text.warn} ${text.clip}`} title={wait}>
          {wait}
        </span>
      )}
    </div>
  );
}
