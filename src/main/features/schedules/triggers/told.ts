/** What schedules are told of a change of the event table. */
import type { ProductEvent } from '../../../../contract/automation/schedule/product-events.ts';
import { PRODUCT_EVENTS } from '../../../../contract/automation/schedule/product-events.ts';
import type { Task } from '../../../../contract/automation/tasks.ts';
import type { Change } from '../../../../contract/host/telemetry.ts';
import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';

/** Longest output of a task that is passed on, characters of JSON. */
const MOST_OUTPUT = 65_536;

/** What is looked up beside the change. */
export interface Lookup {
  /** Null when it is gone. */
  task(id: string): Task | null;
  /** Tasks in a row that led to a task. */
  depthOf(taskId: string): number;
}

/** An event as its listeners get it. */
export interface Told {
  event: JsonObject;
  /** Tasks in a row that led to it. */
  depth: number;
}

export const isProductEvent = (type: string): type is ProductEvent => Object.hasOwn(PRODUCT_EVENTS, type);

/** @returns null when what it speaks of is gone */
export function toldOf(change: Change, lookup: Lookup): Told | null {
  const { type, entity, at } = change;
  const data: JsonObject = isJsonObject(change.data) ? change.data : {};
  if (entity !== 'task') {
    const { task_id = null } = data;
    const depth = typeof task_id === 'string' ? lookup.depthOf(task_id) + 1 : 1;
    return {
      event: { event: type, at, [entity]: { ...(entity === 'host' ? {} : { id: change.id }), ...data } },
      depth,
    };
  }
  const task = lookup.task(change.id);
  if (task === null) return null;
  return {
    event: { event: type, at, task: factsOf(task, data.status ?? task.status) },
    depth: lookup.depthOf(task.id) + 1,
  };
}

/** @param status as it was when the task ended */
function factsOf(task: Task, status: Json): JsonObject {
  const { id, command_id, command_name, profile_id, profile_name, schedule_id, batch_id, labels, duration_ms } = task;
  const isLong = JSON.stringify(task.output).length > MOST_OUTPUT;
  return {
    ...{ id, status, command_id, command_name, profile_id, profile_name, schedule_id, batch_id, labels, duration_ms },
    error_code: task.error?.code ?? null,
    error: task.error?.detail ?? null,
    output: isLong ? null : task.output,
  };
}
