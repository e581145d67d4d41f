/** Creating, changing, deleting and restoring schedules. */
import { type Schedule, ScheduleCreate } from '../../../contract/automation/schedules.ts';
import { invalidField } from '../../../contract/kernel/errors.ts';
import type { CommandId, JsonObject, ProfileId, ScheduleId } from '../../../contract/kernel/scalars.ts';
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import { newId } from '../../core/ids.ts';
import { checkVersion, notFound } from '../../core/operation/versioned.ts';
import type { SealedSecret, Secrets } from '../../core/secrets/secrets.ts';
import type { PrepareRun } from '../commands/index.ts';
import type { ScheduleRow } from './schema.ts';
import type { ScheduleStore } from './store.ts';
import { type Timing, timesOf } from './time/trigger.ts';

/** Members that an update may change; null sets a member back to what a new schedule has. */
export type SchedulePatch = Partial<{ [K in keyof ScheduleCreate]: ScheduleCreate[K] | null }>;

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
}

/** Owner of a schedule's secrets. */
export const ownerOf = (id: ScheduleId) => `schedule:${id}`;

const instant = (at: string | null) => (at === null ? null : Date.parse(at));

/** The first time of a schedule that is switched on now. One time that has passed already is its first all the same. */
function firstTime(timing: Timing & { enabled: boolean }, now: number): number | null {
  if (!timing.enabled) return null;
  return timesOf(timing)(timing.trigger.kind === 'once' ? Number.MIN_SAFE_INTEGER : now);
}

/** The members of a row that follow from what was given. @throws AppError `validation-error` */
function columnsOf(given: Omit<ScheduleCreate, 'input'>) {
  const { target, start_at, end_at, ...rest } = given;
  const span = { start_at: instant(start_at), end_at: instant(end_at) };
  if (span.start_at !== null && span.end_at !== null && span.end_at <= span.start_at)
    throw invalidField('end_at', 'must be later than start_at');
  return { ...rest, ...span, command_id: target.command_id };
}

/** Creates the part of the service that edits. */
export function createEditing(deps: EditingDeps) {
  const { db, store, secrets, clock, prepareRun, requireProfile, require, view } = deps;

  /** Checks what a schedule runs, and seals the secrets of its input. @throws AppError `validation-error`, `not-found`, `invalid-state` */
  async function sealed(
    id: ScheduleId,
    what: { command_id: CommandId; profile_ids: readonly ProfileId[] },
    input: { given: JsonObject; earlier?: JsonObject },
  ) {
    const run = await prepareRun({ t: 'command', id: what.command_id }, input);
    for (const profile of what.profile_ids) requireProfile(profile);
    if (run.needs_profile && what.profile_ids.length === 0)
      throw invalidField('profile_ids', 'must name a profile: this command needs one');
    return run.seal(ownerOf(id));
  }

  function save(
    row: ScheduleRow,
    type: Parameters<ScheduleStore['save']>[1],
    own?: readonly SealedSecret[],
  ): ScheduleRow {
    db.transaction(() => {
      if (own) {
        secrets.removeOwner(ownerOf(row.id));
        secrets.store(own);
      }
      store.save(row, type);
    });
    return row;
  }

  return {
    /** @throws AppError `validation-error`, `not-found`, `invalid-state` when the command is switched off */
    async create({ input: given, ...fields }: ScheduleCreate): Promise<Schedule> {
      const id = newId('schedule');
      const columns = columnsOf(fields);
      const now = clock.now();
      const next_run_at = firstTime({ ...columns, anchor: now }, now);
      const { input, secrets: own } = await sealed(id, columns, { given });
      const times = { anchor: now, next_run_at, last_task_id: null };
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
      const touched = patch.input !== undefined || patch.target !== undefined || patch.profile_ids !== undefined;
      const kept = sameCommand ? { earlier: row.input } : {};
      const run = touched ? await sealed(id, columns, { given: patch.input ?? {}, ...kept }) : null;
      // It may have changed while its input was checked.
      const present = require(id);
      checkVersion(present.version, row.version, undefined);
      const next: ScheduleRow = {
        ...present,
        ...columns,
        ...(timing ?? {}),
        ...(run === null ? {} : { input: run.input }),
        updated_at: now,
        version: row.version + 1,
      };
      return view(save(next, 'schedule.updated', run?.secrets));
    },
    /** @throws AppError `not-found` */
    remove(id: ScheduleId): void {
      const row = require(id);
      const now = clock.now();
      save({ ...row, deleted_at: now, updated_at: now, version: row.version + 1 }, 'schedule.deleted');
    },
    /** Comes back as it was; times that passed meanwhile are no missed ones. @throws AppError `not-found` */
    restore(id: ScheduleId): Schedule {
      const row = store.getDeleted(id);
      if (!row) throw notFound('deleted schedule', id);
      const now = clock.now();
      const next_run_at = firstTime(row, now);
      return view(
        save({ ...row, next_run_at, deleted_at: null, updated_at: now, version: row.version + 1 }, 'schedule.created'),
      );
    },
  };
}

/** The editable members after a patch; a member that no new schedule has by itself stays when the patch clears it. */
function patched(shown: Omit<Schedule, 'input'>, patch: SchedulePatch): Omit<ScheduleCreate, 'input'> {
  const names = Object.keys(ScheduleCreate.shape).filter((name) => name !== 'input') as (keyof typeof fresh)[];
  const fresh = {} as Omit<ScheduleCreate, 'input'>;
  const next = (name: keyof typeof fresh) => {
    const value = patch[name];
    if (value !== undefined && value !== null) return value;
    const cleared = value === null ? ScheduleCreate.shape[name].safeParse(undefined) : null;
    return cleared?.success ? cleared.data : shown[name];
  };
  return Object.fromEntries(names.map((name) => [name, next(name)])) as typeof fresh;
}

/** Anchor and next time where a patch changes when it runs; null where it does not, so that no time is lost or comes twice. */
function retimed(
  row: ScheduleRow,
  columns: ReturnType<typeof columnsOf>,
  patch: SchedulePatch,
  now: number,
): { anchor: number; next_run_at: number | null } | null {
  const members = ['trigger', 'start_at', 'end_at', 'enabled'] as const;
  const changes = members.some(
    (name) => patch[name] !== undefined && JSON.stringify(columns[name]) !== JSON.stringify(row[name]),
  );
  return changes ? { anchor: now, next_run_at: firstTime({ ...columns, anchor: now }, now) } : null;
}
