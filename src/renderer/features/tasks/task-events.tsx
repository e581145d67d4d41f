import { Activity } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { AppError } from '../../../contract/errors.ts';
import type { TaskId } from '../../../contract/scalars.ts';
import type { TaskEvent } from '../../../contract/tasks.ts';
import { useClient } from '../../lib/client/context.tsx';
import { clock } from '../../lib/format.ts';
import { focusable } from '../../ui/focusable.ts';
import { EmptyState, ErrorState } from '../../ui/state-frame.tsx';
import { VirtualRows } from '../../ui/table/virtual-rows.tsx';

/** Events shown; a task that reports progress all day has more, and the newest are the ones wanted. */
const MAX_EVENTS = 2_000;

function summary(event: TaskEvent): string {
  return typeof event.data === 'object' && event.data !== null && !Array.isArray(event.data)
    ? Object.entries(event.data)
        .filter(([, value]) => value !== null && typeof value !== 'object')
        .map(([name, value]) => `${name} ${String(value)}`)
        .join(' · ')
    : JSON.stringify(event.data);
}

/** Everything that happened to a task, as the host recorded it. */
export function TaskEvents({ id }: { id: TaskId }) {
  const client = useClient();
  const scroll = useRef<HTMLElement>(null);
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
    <section className="scroll" aria-label="Events" ref={scroll} {...focusable}>
      <table className="grid plain-table" aria-rowcount={events.length + 1}>
        <colgroup>
          <col style={{ width: 80 }} />
          <col style={{ width: 120 }} />
          <col style={{ width: 110 }} />
          <col />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Seq</th>
            <th scope="col">At</th>
            <th scope="col">Event</th>
            <th scope="col">What</th>
          </tr>
        </thead>
        <VirtualRows
          count={events.length}
          columns={4}
          scroll={scroll}
          row={(index) => {
            const event = events[index];
            return event === undefined ? null : (
              <tr key={event.seq} aria-rowindex={index + 2}>
                <td className="muted">{event.seq}</td>
                <td className="mono">{clock(event.at)}</td>
                <td>{event.type}</td>
                <td className="muted">{summary(event)}</td>
              </tr>
            );
          }}
        />
      </table>
    </section>
  );
}
