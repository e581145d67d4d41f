import { Link } from '@tanstack/react-router';
import { Coffee } from 'lucide-react';
import { SLOT_STATUSES } from '../../../contract/automation/tasks.ts';
import { plural } from '../../lib/format.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { lineOf } from '../../lib/text/tame.ts';
import { Elapsed } from '../../ui/display/ago.tsx';
import { Card } from '../../ui/display/card.tsx';
import { StatusIcon } from '../../ui/display/status.tsx';
import { EmptyState, StateFrame } from '../../ui/feedback/state-frame.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { ACTIVE, useSlots, waitSentence } from '../tasks/index.ts';
import list from './list.module.css';
import css from './running-now.module.css';

/** Running tasks, newest last; when there are none, how many wait. */
export function RunningNow() {
  const query = useOperationQuery('tasks_list', {
    status: [...SLOT_STATUSES],
    sort: 'created_at',
    limit: 8,
  });
  const slots = useSlots();
  const queue = useOperationQuery('queue_stats', {}).data;
  const tasks = query.data?.items ?? [];
  return (
    <Card
      className={layout.col}
      label="Running now"
      head={
        <>
          <h2 className={layout.grow}>Running now</h2>
          <Link to="/tasks" search={{ status: ACTIVE }}>
            All active
          </Link>
        </>
      }
    >
      <StateFrame of={query} skeleton={4}>
        {tasks.length === 0 ? (
          <EmptyState icon={<Coffee size={22} />} title="Nothing is running" help="tasks#states">
            {queue === undefined || queue.counts.queued === 0
              ? undefined
              : `${plural(queue.counts.queued, 'task waits', 'tasks wait')}${queue.paused ? '; the queue is paused' : ''}.`}
          </EmptyState>
        ) : (
          <ul className={list.list}>
            {tasks.map((task) => (
              <li key={task.id}>
                <StatusIcon state={task.status} />
                <Link to="/tasks/$id" params={{ id: task.id }} className={`${text.clip} ${text.nameLink} ${css.name}`}>
                  {task.command_name}
                </Link>
                <span className={`${text.muted} ${layout.grow} ${text.clip}`}>
                  {lineOf(task.progress?.message) ?? waitSentence(task, slots) ?? ''}
                </span>
                <span className={`${text.muted} ${text.clip} ${css.profile}`}>{task.profile_name}</span>
                <span className={`${text.num} ${css.elapsed}`}>
                  <Elapsed from={task.started_at} ms={task.duration_ms} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </StateFrame>
    </Card>
  );
}
