/** Maps between triggers that wait for an event and the values of the form. */
import { z } from 'zod';
import { Pointer, pointersOf } from '../../../../contract/automation/schedule/pointer.ts';
import { PRODUCT_EVENTS, ProductEvent } from '../../../../contract/automation/schedule/product-events.ts';
import { type EventTrigger, isEventTrigger, type Trigger } from '../../../../contract/automation/schedule/triggers.ts';
import { WEBHOOK_EXAMPLE } from '../../../../contract/automation/schedule/webhooks.ts';
import type { Shape } from '../../../lib/drafts/fitting.ts';

/** One path that the event must have, with one of these values there. */
export type Condition = { path: string; values: string[] };
/** One member of the input and the path that it is taken from. */
export type Mapped = { name: string; path: string };

export type EventValues = {
  on: ProductEvent;
  where: Condition[];
  map: Mapped[];
  pause: number | '';
};

export const EVENT_SHAPE: Shape<EventValues> = {
  on: ProductEvent,
  where: z.array(z.object({ path: z.string(), values: z.array(z.string()) })),
  map: z.array(z.object({ name: z.string(), path: z.string() })),
  pause: z.custom<number | ''>((value) => typeof value === 'number' || value === ''),
};

/** Whether a trigger of this kind waits for something to happen. */
export const isEventKind = (kind: Trigger['kind']): kind is EventTrigger['kind'] =>
  kind === 'event' || kind === 'webhook';

/** Paths that an event has. What a webhook brings only its sender knows. */
export const pathsOf = (kind: Trigger['kind'], on: ProductEvent): string[] =>
  pointersOf(kind === 'webhook' ? WEBHOOK_EXAMPLE : PRODUCT_EVENTS[on].example);

export function eventValuesOf(trigger: Trigger | undefined): EventValues {
  const event = trigger !== undefined && isEventTrigger(trigger) ? trigger : null;
  return {
    on: event?.kind === 'event' ? event.on : 'task.ended',
    where: Object.entries(event?.where ?? {}).map(([path, values]) => ({ path, values: values.map(String) })),
    map: Object.entries(event?.map ?? {}).map(([name, path]) => ({ name, path })),
    pause: event?.min_interval_seconds ?? 0,
  };
}

/** The trigger that the values say; rows that say nothing yet are left out. */
export function eventTriggerOf(kind: EventTrigger['kind'], { on, where, map, pause }: EventValues): EventTrigger {
  const conditions = where.filter(({ path, values }) => path !== '' && values.length > 0);
  const mapped = map.filter(({ name, path }) => name !== '' && path !== '');
  const rest = {
    min_interval_seconds: Number(pause),
    where: Object.fromEntries(conditions.map(({ path, values }) => [path, values])),
    map: Object.fromEntries(mapped.map(({ name, path }) => [name, path])),
  };
  return kind === 'webhook' ? { kind, ...rest } : { kind, on, ...rest };
}

/** Messages by field. */
export function eventProblems({ where, map }: EventValues): Record<string, string> {
  const isWrong = (path: string) => path !== '' && !Pointer.safeParse(path).success;
  const problem = 'A path begins with a slash, like /task/status';
  return {
    ...(where.some(({ path }) => isWrong(path)) ? { where: problem } : {}),
    ...(map.some(({ path }) => isWrong(path)) ? { map: problem } : {}),
  };
}
