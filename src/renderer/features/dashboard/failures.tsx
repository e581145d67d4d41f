import { Link } from '@tanstack/react-router';
import { CircleCheck } from 'lucide-react';
import { count, words } from '../../lib/format.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { EmptyState, StateFrame } from '../../ui/feedback/state-frame.tsx';

/** Failures of the last day by their cause. */
export function Failures() {
  const query = useOperationQuery('tasks_stats', { hours: 24 });
  const failures = query.data?.failures ?? [];
  const most = Math.max(1, ...failures.map((failure) => failure.count));
  return (
    <section className="card col" aria-label="Failures by cause">
      <div className="card-head">
        <h2>Failures by cause</h2>
      </div>
      <StateFrame of={query} skeleton={4}>
        {failures.length === 0 ? (
          <EmptyState icon={<CircleCheck size={22} />} title="No task failed in the last 24 hours" help={null} />
        ) : (
          <ul className="plain-list">
            {failures.slice(0, 7).map((failure) => (
              <li key={failure.code}>
                <Link to="/tasks" search={{ error: failure.code }} className="grow clip">
                  {words(failure.code)}
                </Link>
                <span className="meter" aria-hidden="true">
                  <span className="tone-bad" style={{ width: `${(failure.count / most) * 100}%` }} />
                </span>
                <span className="num" style={{ width: 28 }}>
                  {count(failure.count)}
                </span>
                <Link to="/tasks/$id" params={{ id: failure.last_task_id }} className="muted">
                  last
                </Link>
              </li>
            ))}
          </ul>
        )}
      </StateFrame>
    </section>
  );
}
