import { Link } from '@tanstack/react-router';
import { Ban, Maximize2, X } from 'lucide-react';
import type { TaskDetail } from '../../../../contract/automation/tasks.ts';
import type { TaskId } from '../../../../contract/kernel/scalars.ts';
import { dateTime } from '../../../lib/format.ts';
import { useOperationQuery } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { buttonClass, CopyButton, IconButton } from '../../../ui/buttons.tsx';
import { Elapsed } from '../../../ui/display/ago.tsx';
import { Facts } from '../../../ui/display/facts.tsx';
import { JsonView } from '../../../ui/display/json-view.tsx';
import { Status } from '../../../ui/display/status.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import { StateFrame } from '../../../ui/feedback/state-frame.tsx';
import { ToolBar } from '../../../ui/screen.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { RunAgainMenu } from '../again/run-again-menu.tsx';
import type { RunAgain } from '../again/use-run-again.tsx';
import { Thumbnails } from '../detail/artifacts.tsx';
import { Problem } from '../problem.tsx';
import { useTaskActions } from '../task-actions.tsx';
import { cancelBlocked, waitSentence } from '../task-facts.ts';
import { useSlots } from '../use-slots.ts';

/** A task beside the list. */
export function TaskPeek({ id, again, close }: { id: TaskId; again: RunAgain; close(): void }) {
  const query = useOperationQuery('tasks_get', { id }, { keep: true });
  const task = query.data;
  return (
    <aside className={`${layout.col} ${layout.grow}`} aria-label="Task">
      <ToolBar>
        <h2 className={`${layout.grow} ${text.clip}`}>{task?.command_name}</h2>
        {task === undefined ? null : <Verbs task={task} again={again} />}
        <Link
          to="/tasks/$id"
          params={{ id }}
          className={buttonClass({ kind: 'ghost', small: true, icon: true })}
          aria-label="Open task"
          title="Open task · Enter"
        >
          <Maximize2 size={14} />
        </Link>
        <IconButton label="Close" Icon={X} onClick={close} />
      </ToolBar>
      <StateFrame of={query} skeleton={6}>
        {task === undefined ? null : <Details task={task} />}
      </StateFrame>
    </aside>
  );
}

function Verbs({ task, again }: { task: TaskDetail; again: RunAgain }) {
  const actions = useTaskActions();
  const noCancel = useCan('tasks_cancel');
  return (
    <>
      <IconButton
        label="Cancel"
        action="tasks.cancel"
        Icon={Ban}
        blocked={cancelBlocked(task) ?? noCancel}
        onClick={() => actions.cancel(task.id)}
      />
      <RunAgainMenu icon task={task} again={again} />
    </>
  );
}

function Details({ task }: { task: TaskDetail }) {
  const wait = waitSentence(task, useSlots());
  return (
    <div className={`${layout.scroll} ${layout.peek}`}>
      <Facts>
        <dt>Status</dt>
        <dd>
          <Status state={task.status} />
        </dd>
        <dt>Id</dt>
        <dd className={layout.row}>
          <code className={text.clip}>{task.id}</code>
          <CopyButton label="Copy id" text={task.id} />
        </dd>
        <dt>Profile</dt>
        <dd>{task.profile_name ?? '–'}</dd>
        <dt>Started</dt>
        <dd>{dateTime(task.started_at)}</dd>
        <dt>Duration</dt>
        <dd>
          <Elapsed from={task.started_at} ms={task.duration_ms} />
        </dd>
        <dt>Attempt</dt>
        <dd>
          {task.attempt} of {task.max_attempts}
        </dd>
      </Facts>
      {wait === null ? null : <Notice tone="info">{wait}</Notice>}
      {task.error === null ? null : <Problem problem={task.error} />}
      <Thumbnails id={task.id} />
      {task.output === null ? null : (
        <section>
          <h3>Output</h3>
          <JsonView value={task.output} label="output" />
        </section>
      )}
      <section>
        <h3>Input</h3>
        <JsonView value={task.input} label="input" />
      </section>
    </div>
  );
}
