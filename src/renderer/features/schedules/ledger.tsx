import { Link } from '@tanstack/react-router';
import type { Tick } from '../../../contract/automation/schedule/schedules.ts';
import type { Task } from '../../../contract/automation/tasks.ts';
import type { ScheduleId } from '../../../contract/kernel/scalars.ts';
import { dateTime } from '../../lib/format.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { Status } from '../../ui/display/status.tsx';
import { StateFrame } from '../../ui/feedback/state-frame.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { byHand } from './by-hand.ts';
import { Outcome } from './outcomes.tsx';
import css from './schedules.module.css';

const SHOWN = 100;

/** Every time and event of a schedule with what became of it, and what was run beside them, newest first. */
export function Ledger({ id }: { id: ScheduleId }) {
  const query = useOperationQuery('schedules_ticks', { id, limit: SHOWN }, { keep: true });
  const tasks = useOperationQuery(
    'tasks_list',
    { schedule_id: [id], sort: '-created_at', limit: SHOWN },
    { keep: true },
  );
  const ticks = query.data?.items ?? [];
  const rows = [
    ...ticks.map((tick) => ({ at: tick.at, row: <TickRow key={tick.event_id ?? tick.at} tick={tick} /> })),
    ...byHand(tasks.data?.items ?? [], ticks).map((task) => ({
      at: task.created_at,
      row: <ByHand key={task.id} task={task} />,
    })),
  ].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return (
    <section aria-label="Ledger">
      <h3>Ledger</h3>
      <StateFrame of={query} skeleton={3}>
        {rows.length === 0 ? (
          <p className={text.muted}>No runs yet.</p>
        ) : (
          <ol className={layout.bare}>{rows.map(({ row }) => row)}</ol>
        )}
      </StateFrame>
    </section>
  );
}

function TickRow({ tick }: { tick: Tick }) {
  return (
    <li className={css.line}>
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
  );
}

function ByHand({ task }: { task: Task }) {
  return (
    <li className={css.line}>
      <Link to="/tasks/$id" params={{ id: task.id }} className={text.nameLink}>
        {dateTime(task.created_at)}
      </Link>
      <Status state={task.status} />
      <span className={text.muted}>Run now</span>
    </li>
  );
}
