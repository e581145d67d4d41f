/** Creating, changing, deleting and restoring schedules. */
import type { Schedule, ScheduleCreate } from '../../../contract/automation/schedule/schedules.ts';
import { isEventTrigger, type Trigger } from '../../../contract/automation/schedule/triggers.ts';
import { invalidField } from '../../../contract/kernel/errors.ts';
import type { CommandId, JsonObject, ProfileId, ScheduleId } from '../../../contract/kernel/scalars.ts';
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import { newId } from '../../core/ids.ts';
import { checkVersion, notFound } from '../../core/operation/versioned.ts';
import type { SealedSecret, Secrets } from '../../core/secrets/secrets.ts';
import type { PrepareRun } from '../commands/index.ts';
import { anchorOf, columnsOf, firstTime, patched, retimed, type SchedulePatch } from './columns.ts';
import type { ScheduleRow } from './schema.ts';
import type { ScheduleStore } from './store.ts';
import { exampleInput } from './triggers/example.ts';
import { webhookOwnerOf } from './webhooks/webhooks.ts';

interface EditingDeps {
  db: Db;
  store: ScheduleStore;
  secrets: Pick<Secrets, 'store' | 'removeOwner'>;
  clock: Clock;
  prepareRun: PrepareRun;
  /** @throws AppError `not-found` */
  requireProfile(id: ProfileId): unknown;
  /** @throws AppError `not-found` */
  require(id: ScheduleId): ScheduleRow;
  view(row: ScheduleRow): Schedule;
  /** Number of the last change. */
  head(): number;
}

/** Members of a patch after which the input is checked again. */
const RUN_MEMBERS = ['input', 'target', 'profile_ids', 'trigger'] as const;

/** Owner of a schedule's secrets. */
export const ownerOf = (id: ScheduleId) => `schedule:${id}`;

/** What every edit comes to: the input is checked, its secrets are sealed, and all of it is written at once. */
function createSaving({ db, store, secrets, prepareRun, requireProfile }: EditingDeps) {
  /** Checks what a schedule runs, and seals the secrets of its input. @throws AppError `validation-error`, `not-found`, `invalid-state` */
  async function sealed(
    id: ScheduleId,
    what: { command_id: CommandId; profile_ids: readonly ProfileId[]; trigger: Trigger },
    input: { given: JsonObject; earlier?: JsonObject },
  ) {
    const source = { t: 'command', id: what.command_id } as const;
    const run = await prepareRun(source, input);
    if (isEventTrigger(what.trigger)) {
      const example = exampleInput(what.trigger, run.input_schema);
      await prepareRun(source, { ...input, given: { ...input.given, ...example } });
    }
    for (const profile of what.profile_ids) requireProfile(profile);
    if (run.needs_profile && what.profile_ids.length === 0)
      throw invalidField('profile_ids', 'must name a profile: this command needs one');
    return run.seal(ownerOf(id));
  }

  function save(
    row: ScheduleRow,
    type: Parameters<ScheduleStore['save']>[1],
    own?: readonly SealedSecret[],
    dropped?: string,
  ): ScheduleRow {
    db.transaction(() => {
      if (dropped !== undefined) store.dropPending(row.id, dropped);
      if (own) {
        secrets.removeOwner(ownerOf(row.id));
        secrets.store(own);
      }
      // What waits for no webhook any more has no use for a secret.
      if (row.trigger.kind !== 'webhook' && store.removeHook(row.id)) secrets.removeOwner(webhookOwnerOf(row.id));
      store.save(row, type);
    });
    return row;
  }

  return { sealed, save };
}

/** Creates the part of the service that edits. */
export function createEditing(deps: EditingDeps) {
  const { store, clock, require, view, head } = deps;

  const { sealed, save } = createSaving(deps);

  return {
    /** @throws AppError `validation-error`, `not-found`, `invalid-state` when the command is switched off */
    async create({ input: given, ...fields }: ScheduleCreate): Promise<Schedule> {
      const id = newId('schedule');
      const columns = columnsOf(fields);
      const now = clock.now();
      const next_run_at = firstTime({ ...columns, anchor: now }, now, true);
      const { input, secrets: own } = await sealed(id, columns, { given });
      const times = { anchor: anchorOf(columns, now), next_run_at, last_task_id: null, seen: head() };
      const row = { ...columns, ...times, id, input, created_at: now, updated_at: now, version: 1, deleted_at: null };
      return view(save(row, 'schedule.created', own));
    },
    /** @throws AppError `not-found`, `version-conflict`, `validation-error`, `invalid-state` when the command is switched off */
    async update(
      id: ScheduleId,
      patch: SchedulePatch,
      expected: { body?: number | undefined; ifMatch?: number | undefined },
    ): Promise<Schedule> {
      const row = require(id);
      checkVersion(row.version, expected.body, expected.ifMatch);
      const { input: _input, ...shown } = view(row);
      const fields = patched(shown, patch);
      const columns = columnsOf(fields);
      const now = clock.now();
      const timing = retimed(row, columns, patch, now);
      const sameCommand = columns.command_id === row.command_id;
      const touched = RUN_MEMBERS.some((name) => patch[name] !== undefined);
      const kept = sameCommand ? { earlier: row.input } : {};
      const run = touched ? await sealed(id, columns, { given: patch.input ?? {}, ...kept }) : null;
      // It may have changed while its input was checked.
      const present = require(id);
      checkVersion(present.version, row.version, undefined);
      const next: ScheduleRow = {
        ...present,
        ...columns,
        ...(timing === null ? {} : { ...timing, seen: head() }),
        ...(run === null ? {} : { input: run.input }),
        updated_at: now,
        version: row.version + 1,
      };
      const dropped = timing === null ? [] : ['The schedule was changed or switched off before this started anything'];
      return view(save(next, 'schedule.updated', run?.secrets, ...dropped));
    },
    /** @throws AppError `not-found` */
    remove(id: ScheduleId): void {
      const row = require(id);
      const now = clock.now();
      const gone = { ...row, deleted_at: now, updated_at: now, version: row.version + 1 };
      save(gone, 'schedule.deleted', undefined, 'The schedule was deleted before this started anything');
    },
    /** Comes back as it was; times that passed meanwhile are no missed ones. @throws AppError `not-found` */
    restore(id: ScheduleId): Schedule {
      const row = store.getDeleted(id);
      if (!row) throw notFound('deleted schedule', id);
      const now = clock.now();
      const next_run_at = firstTime(row, now, false);
      return view(
        save(
          { ...row, next_run_at, seen: head(), deleted_at: null, updated_at: now, version: row.version + 1 },
          'schedule.created',
        ),
      );
    },
  };
}
