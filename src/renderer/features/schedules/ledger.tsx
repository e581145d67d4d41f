import { Link } from '@tanstack/react-router';
import type { ScheduleId } from '../../../contract/kernel/scalars.ts';
import { dateTime } from '../../lib/format.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { StateFrame } from '../../ui/feedback/state-frame.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { Outcome } from './outcomes.tsx';
import css from './schedules.module.css';

const SHOWN = 100;

/** Every time and event of a schedule with what became of it, newest first. */
export function Ledger({ id }: { id: ScheduleId }) {
  const query = useOperationQuery('schedules_ticks', { id, limit: SHOWN }, { keep: true });
  const ticks = query.data?.items ?? [];
  return (
    <section aria-label="Ledger">
      <h3>Ledger</h3>
      <StateFrame of={query} skeleton={3}>
        {ticks.length === 0 ? (
          <p className={text.muted}>Nothing has come of it yet.</p>
        ) : (
          <ol className={layout.bare}>
            {ticks.map((tick) => (
              <li key={tick.event_id ?? tick.at} className={css.line}>
                {tick.task_id === null ? (
                  <time dateTime={tick.at}>{dateTime(tick.at)}</time>
                ) : (
                  <Link to="/tasks/$id" params={{ id: tick.task_id }} className={text.nameLink}>
                    {dateTime(tick.at)}
                  </Link>
                )}
                <Outcome outcome={tick.outcome} />
                <span className={text.muted}>{tick.reason}</span>
              </li>
            ))}
          </ol>
        )}
      </StateFrame>
    </section>
  );
}
