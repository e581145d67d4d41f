import { Link } from '@tanstack/react-router';
import { Coffee } from 'lucide-react';
import { useOperationQuery } from '../../lib/live/query.ts';
import { Elapsed } from '../../ui/display/ago.tsx';
import { StatusIcon } from '../../ui/display/status.tsx';
import { EmptyState, StateFrame } from '../../ui/feedback/state-frame.tsx';
import { waitSentence } from '../tasks/index.ts';

/** Tasks that run or are about to. */
export function RunningNow() {
  const query = useOperationQuery('tasks_list', {
    status: ['running', 'waiting', 'retrying', 'queued'],
    sort: 'created_at',
    limit: 8,
  });
  const tasks = query.data?.items ?? [];
  return (
    <section className="card col" aria-label="Running now">
      <div className="card-head">
        <h2 className="grow">Running now</h2>
        <Link to="/tasks" search={{ status: 'scheduled,queued,running,waiting,retrying' }}>
          All active
        </Link>
      </div>
      <StateFrame of={query} skeleton={4}>
        {tasks.length === 0 ? (
          <EmptyState icon={<Coffee size={22} />} title="Nothing is running" help="tasks#states" />
        ) : (
          <ul className="plain-list">
            {tasks.map((task) => (
              <li key={task.id}>
                <StatusIcon state={task.status} />
                <Link to="/tasks/$id" params={{ id: task.id }} className="clip name-link" style={{ flex: '0 1 auto' }}>
                  {task.command_name}
                </Link>
                <span className="muted grow clip">{task.progress?.message ?? waitSentence(task) ?? ''}</span>
                <span className="muted clip" style={{ maxWidth: 140 }}>
                  {task.profile_name}
                </span>
                <span className="num" style={{ width: 72 }}>
                  <Elapsed from={task.started_at} ms={task.duration_ms} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </StateFrame>
    </section>
  );
}
