/** From rows of schedules and of their ledger to what answers have. */
import { type Schedule, type Tick, TickOutcome } from '../../../contract/automation/schedule/schedules.ts';
import type { Webhook } from '../../../contract/automation/schedule/webhooks.ts';
import { iso } from '../../core/clock.ts';
import { pick } from '../../core/operation/values.ts';
import { masked } from '../../core/secrets/secret-refs.ts';
import type { ScheduleRow, TickRow } from './schema.ts';
import { wordsOf } from './time/describe.ts';

const isoOrNull = (at: number | null) => (at === null ? null : iso(at));

export const toTick = ({ at, outcome, reason, task_id, event_id }: TickRow): Tick => ({
  at: iso(at),
  outcome: TickOutcome.parse(outcome),
  reason,
  task_id,
  event_id,
});

const SAME = [
  'id',
  'name',
  'enabled',
  'profile_ids',
  'priority',
  'trigger',
  'missed',
  'overlap',
  'jitter_seconds',
  'quiet',
  'last_task_id',
  'version',
] as const satisfies (keyof ScheduleRow & keyof Schedule)[];

/** A schedule as every answer has it, its secrets masked. */
export function toSchedule(
  row: ScheduleRow,
  { command_name, webhook }: { command_name: string | null; webhook: Webhook | null },
  recent: readonly TickRow[],
): Schedule {
  return {
    ...pick(row, SAME),
    target: { command_id: row.command_id },
    input: masked(row.input),
    start_at: isoOrNull(row.start_at),
    end_at: isoOrNull(row.end_at),
    next_run_at: isoOrNull(row.next_run_at),
    words: wordsOf(row.trigger),
    command_name,
    webhook,
    recent: recent.map(toTick),
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
  };
}
