/** Schedules: editing, previews, the ledger, and runs by hand. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Schedule } from '../../../contract/automation/schedule/schedules.ts';
import type { Trigger } from '../../../contract/automation/schedule/triggers.ts';
import type { CommandId, ScheduleId } from '../../../contract/kernel/scalars.ts';
import { type Clock, iso } from '../../core/clock.ts';
import { type Db, recordOf, recordsOf } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
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
import { createTrial } from './triggers/trial.ts';
import { type Webhooks, webhookOwnerOf } from './webhooks/webhooks.ts';

/** What {@link createScheduleService} needs. */
export interface ScheduleServiceDeps {
  db: Db;
  store: ScheduleStore;
  secrets: Secrets;
  clock: Clock;
  commands: { prepareRun: PrepareRun; name(id: CommandId): string | null };
  profiles: { snapshot: Parameters<typeof createEditing>[0]['requireProfile'] };
  tasks: Pick<TaskService, 'createFor'>;
  webhooks: Pick<Webhooks, 'webhookOf' | 'trial'>;
  /** Number of the last change. */
  events: Pick<Events, 'head'>;
}

/** Creates the service. */
export function createScheduleService(deps: ScheduleServiceDeps) {
  const { db, store, secrets, clock, commands, profiles, tasks, events, webhooks } = deps;

  const require = (id: ScheduleId): ScheduleRow => {
    const row = store.get(id);
    if (!row) throw notFound('schedule', id);
    return row;
  };
  const shown = (row: ScheduleRow, recent: readonly TickRow[]) =>
    toSchedule(row, { command_name: commands.name(row.command_id), webhook: webhooks.webhookOf(row) }, recent);
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
    test: createTrial({ db, store, clock, webhooks, require }),
    /** Deletes for good what was deleted before a time (unix ms). */
    purge(before: number): void {
      for (const id of store.purge(before))
        for (const owner of [ownerOf(id), webhookOwnerOf(id)]) secrets.removeOwner(owner);
    },
  };
}
export type ScheduleService = ReturnType<typeof createScheduleService>;
