/** An event of a task in words. */
import { commandKinds } from '../../../../contract/automation/kinds/index.ts';
import type { TaskEvent } from '../../../../contract/automation/tasks.ts';
import { bytes, clock, duration, words } from '../../../lib/format.ts';
import { lookOf } from '../../../ui/display/status.tsx';

/** Ids of what the page is about, or that nobody looks for here. */
const LEFT_OUT = new Set(['id', 'command_id', 'task_id']);
/** Members whose name is not their label. */
const LABELS: Readonly<Record<string, string>> = {
  seq: 'Number',
  mime: 'Type',
  bytes: 'Size',
  duration_ms: 'Duration',
  command_name: 'Command',
  wait_reason: 'Reason',
  started_at: 'Started',
  finished_at: 'Finished',
  created_at: 'Created',
};
const MOMENT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

function shownValue(name: string, value: unknown): string {
  if (typeof value === 'number') {
    if (name.endsWith('_ms')) return duration(value);
    return name === 'bytes' ? bytes(value) : String(value);
  }
  if (typeof value !== 'string') return String(value);
  if (MOMENT.test(value)) return clock(value);
  if (name === 'status') return lookOf(value).word;
  if (name === 'kind')
    return Object.hasOwn(commandKinds, value) ? commandKinds[value as keyof typeof commandKinds].title : words(value);
  return name === 'priority' || name === 'wait_reason' ? words(value) : value;
}

/** What an event says, in one line. */
export function eventText({ data }: TaskEvent): string {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
    ? Object.entries(data)
        .filter(([name, value]) => value !== null && typeof value !== 'object' && !LEFT_OUT.has(name))
        .map(([name, value]) => `${LABELS[name] ?? words(name)}: ${shownValue(name, value)}`)
        .join(' · ')
    : JSON.stringify(data);
}
