/** Schedules: editing, previews, the ledger, and runs by hand. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Schedule } from '../../../contract/automation/schedule/schedules.ts';
import type { Trigger } from '../../../contract/automation/schedule/triggers.ts';
import { isEventTrigger } from '../../../contract/automation/schedule/triggers.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { CommandId, JsonObject, ScheduleId } from '../../../contract/kernel/scalars.ts';
import { type Clock, iso } from '../../core/clock.ts';
import { type Db, recordOf, recordsOf } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import { newRequestId } from '../../core/ids.ts';
import type { IdempotencyClaim } from '../../core/operation/operation.ts';
import { notFound } from '../../core/operation/versioned.ts';
import type { Secrets } from '../../core/secrets/secrets.ts';
import type { PrepareRun } from '../commands/index.ts';
import type { TaskService } from '../tasks/index.ts';
import { createEditing, ownerOf } from './editing.ts';
import { toSchedule, toTick } from './fields.ts';
import { requestOf } from './request.ts';
import type { ScheduleRow, TickRow } from './schema.ts';
import type { ScheduleFilter, ScheduleListInput, ScheduleStore } from './store.ts';
import { clockWarnings, wordsOf } from './time/describe.ts';
import { timesOf } from './time/trigger.ts';
import { exampleOf } from './triggers/example.ts';

/** What {@link createScheduleService} needs. */
export interface ScheduleServiceDeps {
  db: Db;
  store: ScheduleStore;
  secrets: Secrets;
  clock: Clock;
  commands: { prepareRun: PrepareRun; name(id: CommandId): string | null };
  profiles: { snapshot: Parameters<typeof createEditing>[0]['requireProfile'] };
  tasks: Pick<TaskService, 'createFor'>;
  /** Number of the last change. */
  events: Pick<Events, 'head'>;
}

/** Creates the service. */
export function createScheduleService(deps: ScheduleServiceDeps) {
  const { db, store, secrets, clock, commands, profiles, tasks, events } = deps;

  const require = (id: ScheduleId): ScheduleRow => {
    const row = store.get(id);
    if (!row) throw notFound('schedule', id);
    return row;
  };
  const shown = (row: ScheduleRow, recent: readonly TickRow[]) =>
    toSchedule(row, commands.name(row.command_id), recent);
  const view = (row: ScheduleRow): Schedule =>
    recordOf(Schedule, () => shown(row, store.recent([row.id]).get(row.id) ?? []));
  const editing = createEditing({
    ...{ db, store, secrets, clock, require, view, head: events.head },
    prepareRun: commands.prepareRun,
    requireProfile: profiles.snapshot,
  });

  return {
    ...editing,
    get: (id: ScheduleId) => view(require(id)),
    list(input: ScheduleListInput) {
      const page = store.list(input);
      const recent = store.recent(page.items.map(({ id }) => id));
      return {
        ...page,
        items: recordsOf(db, 'schedule', Schedule, page.items, (row) => shown(row, recent.get(row.id) ?? [])),
      };
    },
    /** Ids of all schedules that match, oldest first; of the deleted ones or of the others. */
    matching: (filter: ScheduleFilter, deleted: boolean) => store.matching(filter, deleted),
    /** @throws AppError `validation-error` for a pattern that cannot be read */
    async preview({ trigger, count, from }: { trigger: Trigger; count: number; from?: string | undefined }) {
      const start = from === undefined ? clock.now() : Date.parse(from);
      const next = timesOf({ trigger, anchor: start, start_at: null, end_at: null });
      const items: string[] = [];
      for (let at = next(start); at !== null && items.length < count; at = next(at)) {
        items.push(iso(at));
        // Between two of them may lie years, which are gone through day by day.
        await nextTurn();
      }
      return { items, words: wordsOf(trigger), warnings: clockWarnings(trigger, start) };
    },
    ticks(id: ScheduleId, query: { limit: number; cursor?: string | undefined }) {
      require(id);
      const page = store.ticks(id, query);
      return { ...page, items: page.items.map(toTick) };
    },
    /** Makes its tasks now, beside its times. @throws AppError as tasks_create does */
    async run(id: ScheduleId, claim?: IdempotencyClaim) {
      const { request, origin } = requestOf(require(id));
      const made = await tasks.createFor(request, origin, claim);
      const first = 'items' in made ? made.items[0] : made;
      if (first) db.transaction(() => store.noteRun(id, first.id));
      return made;
    },
    /** Lets an event come, as an example unless one is given. @throws AppError `invalid-state` when it waits for none now */
    test(id: ScheduleId, given?: JsonObject) {
      const row = require(id);
      if (!isEventTrigger(row.trigger)) throw new AppError('invalid-state', 'This schedule runs at times; run it now.');
      if (!row.enabled) throw new AppError('invalid-state', 'This schedule is switched off; switch it on first.');
      const now = clock.now();
      const event = given ?? { ...exampleOf(row.trigger), at: iso(now) };
      const event_id = `test:${newRequestId()}`;
      const pending = { event_id, at: now, depth: 1, data: JSON.stringify(event) };
      if (db.transaction(() => store.takeIn(row, pending, now)) === 'full')
        throw new AppError('invalid-state', 'Too many events wait already.');
      return { event_id, event };
    },
    /** Deletes for good what was deleted before a time (unix ms). */
    purge(before: number): void {
      for (const id of store.purge(before)) secrets.removeOwner(ownerOf(id));
    },
  };
}
export type ScheduleService = ReturnType<typeof createScheduleService>;
