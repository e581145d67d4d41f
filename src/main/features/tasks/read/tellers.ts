/** What the host's log says of tasks and of the queue. */
import type { Change } from '../../../../contract/host/telemetry.ts';
import type { Db } from '../../../core/db/index.ts';
import type { Teller, Tellers, Told } from '../../../core/log/event-log.ts';
import type { SettingsReader } from '../../../core/settings.ts';

interface Named {
  command_name: string;
  attempt: number;
  max_attempts: number;
}

const object = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** Of a task that was cancelled before it began there is no time to tell; less than a second is not rounded to nothing. */
function spent(ms: unknown, attempt: number): string {
  if (typeof ms !== 'number' || attempt === 0) return '';
  return ms < 1000 ? ` after ${Math.round(ms)} ms` : ` after ${(ms / 1000).toFixed(1)} s`;
}

/** Creates the tellers of tasks. @param untold ids of those whose end is told together with that of others */
export function taskTellers(db: Db, settings: SettingsReader, untold: Set<string>): Tellers {
  const named = db.raw.prepare<[string], Named>('SELECT command_name, attempt, max_attempts FROM task WHERE id = ?');
  let paused = settings.get('executor.paused');

  function moved(change: Change, { command_name: name, attempt, max_attempts }: Named): Told | null {
    const { status, error } = object(change.data);
    const data = { task_id: change.id, attempt, ...(error === undefined ? {} : { error }) };
    if (status === 'running') return { level: 'info', message: `“${name}” started`, data };
    if (status !== 'retrying') return null;
    const message = `“${name}” failed in attempt ${attempt} of ${max_attempts} and is tried again: ${reasonOf(error)}`;
    return { level: 'warn', message, data };
  }

  function ended(change: Change, { command_name: name, attempt }: Named): Told {
    const { status, duration_ms, error } = object(change.data);
    // What was cancelled is as it was wanted: its reason is no error.
    const hasError = error !== null && status !== 'cancelled';
    const data = { task_id: change.id, attempt, duration_ms, ...(hasError ? { error } : {}) };
    const after = spent(duration_ms, attempt);
    if (status === 'succeeded') return { level: 'info', message: `“${name}” succeeded${after}`, data };
    if (status === 'cancelled') return { level: 'info', message: `“${name}” was cancelled${after}`, data };
    const what = status === 'timed_out' ? 'timed out' : 'failed';
    const last = status === 'dead' ? ' for the last time' : '';
    return { level: 'error', message: `“${name}” ${what}${last}${after}: ${reasonOf(error)}`, data };
  }

  const task: Teller = (change) => {
    // Most changes are no news; only of those that are, the row is read.
    const { status } = object(change.data);
    const isNews =
      change.type === 'task.ended' ||
      (change.type === 'task.updated' && (status === 'running' || status === 'retrying'));
    if (!isNews) return null;
    if (change.type === 'task.ended' && untold.delete(change.id) && status === 'cancelled') return null;
    const row = named.get(change.id);
    if (row === undefined) return null;
    return change.type === 'task.ended' ? ended(change, row) : moved(change, row);
  };
  const queue: Teller = (change) => {
    const now = object(change.data).paused === true;
    if (now === paused) return null;
    paused = now;
    return { level: 'info', message: now ? 'Queue paused' : 'Queue resumed' };
  };
  return { task, queue };
}

function reasonOf(error: unknown): string {
  const { detail, title } = object(error);
  return typeof detail === 'string' ? detail : typeof title === 'string' ? title : 'no reason is known';
}
