/** Triggers that wait for something to happen, in words. */
import { PRODUCT_EVENTS } from '../../../../contract/automation/schedule/product-events.ts';
import type { EventTrigger } from '../../../../contract/automation/schedule/triggers.ts';

/** Names that a sentence has room for. */
const NAMED = 3;

/** Sentence without a full stop: "When a task ends (status: failed, timed_out)". */
export function eventWords(trigger: EventTrigger): string {
  const conditions = Object.entries(trigger.where).map(([pointer, values]) => {
    const more = values.length > NAMED ? ', …' : '';
    return `${pointer.split('/').at(-1)}: ${values.slice(0, NAMED).join(', ')}${more}`;
  });
  const only = conditions.length === 0 ? '' : ` (${conditions.join('; ')})`;
  const what = trigger.kind === 'webhook' ? 'a webhook comes' : PRODUCT_EVENTS[trigger.on].words;
  return `When ${what}${only}`;
}
