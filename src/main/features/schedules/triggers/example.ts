/** Events as examples: what a trigger may ask of one, and what the input of a command becomes with it. */
import { canHave } from '../../../../contract/automation/schedule/pointer.ts';
import { PRODUCT_EVENTS } from '../../../../contract/automation/schedule/product-events.ts';
import type { EventTrigger } from '../../../../contract/automation/schedule/triggers.ts';
import { WEBHOOK_EXAMPLE } from '../../../../contract/automation/schedule/webhooks.ts';
import { invalidField } from '../../../../contract/kernel/errors.ts';
import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { inputFrom } from './decide.ts';

/** An event as one of this trigger may be. */
export const exampleOf = (trigger: EventTrigger): JsonObject => ({
  event: trigger.kind === 'webhook' ? trigger.kind : trigger.on,
  at: '2026-01-01T00:00:00.000Z',
  ...exampleFor(trigger),
});

const exampleFor = (trigger: EventTrigger): JsonObject =>
  trigger.kind === 'webhook' ? WEBHOOK_EXAMPLE : PRODUCT_EVENTS[trigger.on].example;

/**
 * What an example gives of the input of a command. What an event may hold freely is not known before one comes.
 * @throws AppError `validation-error` where the trigger asks for what no such event has, or gives what the command does not take
 */
export function exampleInput(trigger: EventTrigger, schema: JsonObject): JsonObject {
  const example = exampleOf(trigger);
  const { properties } = schema;
  for (const [name, pointer] of Object.entries(trigger.map)) {
    const field = `trigger.map.${name}`;
    if (!canHave(example, pointer)) throw invalidField(field, `names ${pointer}, which no such event has`);
    if (isJsonObject(properties) && !Object.hasOwn(properties, name))
      throw invalidField(field, 'is no input of this command');
  }
  for (const pointer of Object.keys(trigger.where))
    if (!canHave(example, pointer)) throw invalidField('trigger.where', `names ${pointer}, which no such event has`);
  const known = inputFrom(trigger.map, example);
  return Object.fromEntries(Object.entries(known).filter(([, value]) => !isOpen(value)));
}

const isOpen = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;
