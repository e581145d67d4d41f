import { Link } from '@tanstack/react-router';
import { CircleCheck } from 'lucide-react';
import { count, words } from '../../lib/format.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { Card } from '../../ui/display/card.tsx';
import { EmptyState, StateFrame } from '../../ui/feedback/state-frame.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import css from './failures.module.css';
import list from './list.module.css';
import { Meter } from './meter.tsx';

/** Failures of the last 24 hours by error code. */
export function Failures() {
  const query = useOperationQuery('tasks_stats', { hours: 24 });
  const failures = query.data?.failures ?? [];
  const most = Math.max(1, ...failures.map((failure) => failure.count));
  return (
    <Card className={layout.col} label="Failures by cause" head={<h2>Failures by cause</h2>}>
      <StateFrame of={query} skeleton={4}>
        {failures.length === 0 ? (
          <EmptyState icon={<CircleCheck size={22} />} title="No task failed in the last 24 hours" help={null} />
        ) : (
          <ul className={list.list}>
            {failures.slice(0, 7).map((failure) => (
              <li key={failure.code}>
                {failure.last_task_id === null ? (
                  <span className={`${layout.grow} ${text.clip}`}>{words(failure.code)}</span>
                ) : (
                  <Link to="/tasks" search={{ error: failure.code }} className={`${layout.grow} ${text.clip}`}>
                    {words(failure.code)}
                  </Link>
                )}
                <Meter tone="bad" share={failure.count / most} />
                <span className={`${text.num} ${css.count}`} title="With those that were deleted since">
                  {count(failure.count)}
                </span>
                {failure.last_task_id === null ? (
                  <span className={`${text.muted} ${css.last}`}>Deleted</span>
                ) : (
                  <Link
                    to="/tasks/$id"
                    params={{ id: failure.last_task_id }}
                    className={`${text.muted} ${css.last}`}
                    title="Open the last of these tasks"
                    aria-label={`Last task: ${words(failure.code)}`}
                  >
                    Last task
                  </Link>
                )}
              </li>
            ))}
          </ul>
        )}
      </StateFrame>
    </Card>
  );
}
