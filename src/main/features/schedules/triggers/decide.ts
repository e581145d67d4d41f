/** What becomes of events that have come: which of them start something, and why the others do not. */
import { at } from '../../../../contract/automation/schedule/pointer.ts';
import type { Conditions, EventTrigger, FieldMap } from '../../../../contract/automation/schedule/triggers.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { isQuiet } from '../policy.ts';
import type { PendingRow, ScheduleRow } from '../schema.ts';

/** Tasks in a row that may start one another: a chain that is meant is shorter, and one that bites its own tail ends. */
export const MOST_IN_A_ROW = 8;

/** Null for an event that starts something, or why it does not. */
export type Refusal = string | null;

type Rules = Pick<ScheduleRow, 'overlap' | 'quiet' | 'start_at' | 'end_at'> & { trigger: EventTrigger };

/** Decides about each of these, which came in this order. @param busy whether a task of an earlier one has not ended */
export function decideEvents(
  events: readonly Pick<PendingRow, 'at' | 'depth'>[],
  rules: Rules,
  busy: boolean,
): Refusal[] {
  const { trigger, overlap } = rules;
  const reasons = events.map((event) => unwanted(event, rules));
  const last = reasons.lastIndexOf(null);
  let runs = busy;
  return reasons.map((reason, i) => {
    if (reason !== null) return reason;
    if (trigger.min_interval_seconds > 0 && i !== last)
      return `A later event takes its place: one start in ${trigger.min_interval_seconds} seconds at most`;
    if (overlap === 'skip' && runs) return 'The task of the event before it had not ended';
    if (overlap === 'cancel_previous' && i !== last) return 'A later event takes its place';
    runs = true;
    return null;
  });
}

function unwanted({ at: when, depth }: Pick<PendingRow, 'at' | 'depth'>, { quiet, start_at, end_at }: Rules): Refusal {
  if (depth > MOST_IN_A_ROW) return `Stopped: ${MOST_IN_A_ROW} tasks in a row have started one another`;
  if (start_at !== null && when < start_at) return 'It came before the span in which the schedule counts';
  if (end_at !== null && when > end_at) return 'It came after the span in which the schedule counts';
  if (quiet && isQuiet(quiet, when)) return `Quiet hours (${quiet.from}–${quiet.to})`;
  return null;
}

/** Whether an event has what a schedule asks for. */
export function matches(where: Conditions, event: JsonObject): boolean {
  return Object.entries(where).every(([pointer, wanted]) => {
    const found: Json = at(event, pointer) ?? null;
    // What is typed in a field is text, whatever the event has.
    const has = (value: Json) => wanted.some((one) => one === value || (value !== null && one === String(value)));
    return Array.isArray(found) ? found.some(has) : has(found);
  });
}

/** The members of the input that an event gives. */
export function inputFrom(map: FieldMap, event: JsonObject): JsonObject {
  const found = Object.entries(map).map(([name, pointer]) => [name, at(event, pointer)] as const);
  return Object.fromEntries(found.filter((pair): pair is [string, Json] => pair[1] !== undefined));
}
