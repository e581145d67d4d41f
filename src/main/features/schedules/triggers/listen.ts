/** Takes what happens in the product in for the schedules that wait for it. */
import type { Change } from '../../../../contract/host/telemetry.ts';
import type { ScheduleId } from '../../../../contract/kernel/scalars.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Db } from '../../../core/db/index.ts';
import type { Events } from '../../../core/events.ts';
import type { Logger } from '../../../core/log/logger.ts';
import type { ScheduleRow } from '../schema.ts';
import type { ScheduleStore } from '../store.ts';
import { matches } from './decide.ts';
import { isProductEvent, type Lookup, type Told, toldOf } from './told.ts';

/** Changes that are read at once at the start. */
const PAGE = 500;
/** Changes after which it is noted that they have been looked at, also when none of them was waited for. */
const NOTED_AFTER = 1000;

export interface ListenDeps {
  db: Db;
  store: Pick<ScheduleStore, 'listeners' | 'takeIn' | 'addTicks' | 'saw'>;
  events: Pick<Events, 'list' | 'subscribe'>;
  clock: Clock;
  log: Pick<Logger, 'warn'>;
  lookup: Lookup;
}

/** Takes changes in from the moment in which it is started, those that were missed before included. */
export function createListening({ db, store, events, clock, log, lookup }: ListenDeps) {
  let listeners: ScheduleRow[] = [];
  let at = 0;
  let noted = 0;
  let unsubscribe: () => void = () => undefined;

  const ids = (): ScheduleId[] => listeners.map(({ id }) => id);
  function note(): void {
    noted = at;
    if (listeners.length > 0) store.saw(ids(), at);
  }
  /** Schedules have changed: who waits for what is read again. */
  function reload(): void {
    note();
    listeners = store.listeners();
  }

  function takeIn(row: ScheduleRow, change: Change, { event, depth }: Told): void {
    const pending = { event_id: String(change.seq), at: Date.parse(change.at), depth, data: JSON.stringify(event) };
    if (store.takeIn(row, pending, clock.now()) !== 'full') return;
    const { event_id } = pending;
    const reason = 'Too many events wait already';
    store.addTicks(row.id, [{ at: pending.at, event_id, outcome: 'skipped', reason, task_id: null }]);
    log.warn('schedules', `${row.name} has too many events waiting`, { schedule_id: row.id });
  }

  /** Stores what is waited for, together with the note that it has been looked at. */
  function look(changes: readonly Change[]): void {
    const found: [ScheduleRow, Change, Told][] = [];
    for (const change of changes) {
      at = Math.max(at, change.seq);
      if (!isProductEvent(change.type)) continue;
      const waiting = listeners.filter(
        ({ trigger, seen }) => trigger.kind === 'event' && trigger.on === change.type && seen < change.seq,
      );
      const told = waiting.length === 0 ? null : toldOf(change, lookup);
      for (const row of waiting)
        if (told !== null && row.trigger.kind === 'event' && matches(row.trigger.where, told.event))
          found.push([row, change, told]);
    }
    if (found.length === 0 && at - noted < NOTED_AFTER) return;
    db.transaction(() => {
      for (const one of found) takeIn(...one);
      note();
    });
  }

  /** What has happened since it was last looked at, such as what was stored right before the program was killed. */
  function catchUp(): void {
    listeners = store.listeners();
    if (listeners.length === 0) return;
    at = Math.min(...listeners.map(({ seen }) => seen));
    for (let page = events.list(at, PAGE); page.length > 0; page = events.list(at, PAGE)) look(page);
    note();
  }

  return {
    start(): void {
      catchUp();
      unsubscribe = events.subscribe((changes) => {
        if (changes.some(({ entity, type }) => entity === 'schedule' && type !== 'schedule.ticked')) reload();
        look(changes);
      });
    },
    stop(): void {
      unsubscribe();
    },
  };
}
