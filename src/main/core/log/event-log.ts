/** What the log says of changes: each feature words those of its own entities, so that an operator reads what happened in one place. */
import type { EntityName } from '../../../contract/entities.ts';
import type { Change } from '../../../contract/host/telemetry.ts';
import type { Events } from '../events.ts';
import type { Part } from '../lifecycle.ts';
import type { Logger } from './logger.ts';

/** One line; its level says what it means to an operator: `error` for work that failed, `warn` for what goes on by itself. */
export interface Told {
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
  data?: Record<string, unknown>;
}

/** Words a change; null for one that is no news. */
export type Teller = (change: Change) => Told | null;

/** Tellers by entity. */
export type Tellers = Partial<Record<EntityName, Teller>>;

/** Writes lines from the start of the host to its end. Changes of before are in the log already. */
export function createEventLog(events: Pick<Events, 'subscribe'>, log: Logger, all: readonly Tellers[]): Part {
  const tellers = new Map<string, Teller[]>();
  for (const [entity, teller] of all.flatMap((some) => Object.entries(some))) {
    tellers.set(entity, [...(tellers.get(entity) ?? []), teller]);
  }
  let stop: () => void = () => undefined;
  return {
    name: 'event log',
    start() {
      stop = events.subscribe((changes) => {
        for (const change of changes) {
          for (const teller of tellers.get(change.entity) ?? []) {
            const told = teller(change);
            if (told !== null) log[told.level](change.entity, told.message, told.data);
          }
        }
      });
    },
    stop: () => stop(),
  };
}
