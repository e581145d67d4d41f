import { Activity } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { TaskEvent } from '../../../../contract/automation/tasks.ts';
import type { AppError } from '../../../../contract/kernel/errors.ts';
import type { TaskId } from '../../../../contract/kernel/scalars.ts';
import { useClient } from '../../../lib/client/context.tsx';
import { clock, words } from '../../../lib/format.ts';
import { lineOf } from '../../../lib/text/tame.ts';
import { EmptyState, ErrorState } from '../../../ui/feedback/state-frame.tsx';
import text from '../../../ui/styles/text.module.css';
import { PlainTable } from '../../../ui/table/plain-table.tsx';
import { eventText } from './event-words.ts';

/** Events shown; a task that reports progress all day has more, and the newest are the ones wanted. */
const MAX_EVENTS = 2_000;

const COLUMNS = [
  { title: 'Sequence', width: 80 },
  { title: 'Time', width: 120 },
  { title: 'Event', width: 110 },
  { title: 'Details' },
];

/** Everything that happened to a task, as the host recorded it. */
export function TaskEvents({ id }: { id: TaskId }) {
  const client = useClient();
  const [events, setEvents] = useState<TaskEvent[]>([]);
  const [error, setError] = useState<AppError | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    let batch: TaskEvent[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    setEvents([]);
    setError(null);
    client.stream(
      'tasks_follow',
      { id },
      {
        since: 0,
        signal: abort.signal,
        onItem: (item) => {
          if (!('at' in item)) return;
          batch.push(item);
          timer ??= setTimeout(() => {
            timer = undefined;
            const taken = batch;
            batch = [];
            setEvents((old) => [...old, ...taken].slice(-MAX_EVENTS));
          }, 250);
        },
        onError: setError,
      },
    );
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [client, id]);
  if (error !== null) return <ErrorState error={error} />;
  if (events.length === 0)
    return <EmptyState icon={<Activity size={24} />} title="No events yet" help="tasks#events" />;
  return (
    <PlainTable
      label="Events"
      columns={COLUMNS}
      count={events.length}
      row={(index) => {
        const event = events[index];
        return event === undefined ? null : (
          <tr key={event.seq} aria-rowindex={index + 2}>
            <td className={text.muted}>{event.seq}</td>
            <td className={text.mono}>{clock(event.at)}</td>
            <td>{words(event.type)}</td>
            <td className={text.muted} title={eventText(event)}>
              {lineOf(eventText(event))}
            </td>
          </tr>
        );
      }}
    />
  );
}
