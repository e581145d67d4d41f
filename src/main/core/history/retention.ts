/** How long changes are kept. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Events } from '../events.ts';
import type { Chore } from '../maintenance.ts';
import type { SettingsReader } from '../settings.ts';

const DAY_MS = 86_400_000;
const MAX_EVENTS = 1_000_000;
const PRUNE_BATCH = 1000;

/** Prunes the event table by age and size. */
export function eventChore(events: Events, settings: SettingsReader, clock: Clock): Chore {
  return {
    name: 'pruning the change history',
    async run(signal) {
      const before = clock.now() - settings.get('retention.events_days') * DAY_MS;
      while (!signal.aborted && events.prune(before, MAX_EVENTS, PRUNE_BATCH) === PRUNE_BATCH) await yieldToEventLoop();
    },
  };
}
