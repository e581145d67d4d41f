/** Makes tasks in two steps: what may take time and may fail first, then one transaction in which all of them exist or none. */
import type { TaskCreate } from '../../../contract/automation/tasks.ts';
import { invalidField } from '../../../contract/kernel/errors.ts';
import type { JsonObject, ProfileId, ScheduleId } from '../../../contract/kernel/scalars.ts';
import { newId } from '../../core/ids.ts';
import type { SealedSecret } from '../../core/secrets/secrets.ts';
import type { RunSource } from '../commands/index.ts';
import type { TaskDeps } from './deps.ts';
import { columnsOf, type Draft, ownerOf, profileColumns } from './draft.ts';
import { laneOf, rankOf } from './model/lanes.ts';
import type { TaskRow } from './schema.ts';
import type { TaskStore } from './store/store.ts';
import { freshAgain, sameAgain } from './task-again.ts';

/** Tasks to make; the caller's rights have been checked. */
export type TaskRequest = Omit<TaskCreate, 'wait'>;

/** What a request of another feature has beside what callers may ask for. */
export interface TaskOrigin {
  schedule_id: ScheduleId;
  /** Input with sealed secrets that `input` of the request changes, in place of the defaults of the command. */
  earlier: JsonObject;
  /** Of tasks with the same key one runs at a time; a key of the command comes first. */
  keyOf(profileId: ProfileId | null): string | null;
}

/** Tasks that are ready to be committed. Nothing of them is stored: to drop it is enough to forget it. */
export interface PreparedBatch {
  /** In the order of the profiles. */
  readonly ids: readonly string[];
  /** Null for a single task. */
  readonly batchId: string | null;
  readonly rows: readonly Draft[];
  readonly secrets: readonly SealedSecret[];
  /** Unix ms; null means at once. */
  readonly runAt: number | null;
}

/** Makes tasks for every source of them. */
export interface TaskFactory {
  /** @throws AppError `validation-error`, `not-found`, `invalid-state` */
  prepare(request: TaskRequest, origin?: TaskOrigin): Promise<PreparedBatch>;
  /**
   * A task like another one: with `as_then` exactly its snapshot, else with the command and the profile as they are now.
   * @param options.input members that replace those of the old input; not with `as_then`
   * @throws AppError as {@link prepare}
   */
  prepareAgain(row: TaskRow, options: { input?: JsonObject | undefined; as_then: boolean }): Promise<PreparedBatch>;
  /** Writes the tasks, their secrets and events; a savepoint when a transaction is open, else a transaction of its own. */
  commit(batch: PreparedBatch): void;
}

/** Tasks that are sealed in one turn of the event loop. */
const SEALED_PER_TURN = 100;

/** Creates the factory. */
export function createTaskFactory(deps: TaskDeps, store: TaskStore): TaskFactory {
  const { clock, commands, db, secrets } = deps;

  return {
    async prepare(request, origin) {
      const earlier = origin === undefined ? {} : { earlier: origin.earlier };
      const run = await commands.prepareRun(sourceOf(request), { given: request.input, ...earlier });
      const schedule_id = origin?.schedule_id ?? null;
      const profileIds: (ProfileId | null)[] = request.profile_ids ?? [request.profile_id ?? null];
      const batchId = request.profile_ids === undefined ? null : newId('batch');
      const { timeout_seconds, max_attempts, proxy_id } = request;
      const shared = columnsOf(run, {
        priority: laneOf(request.priority),
        labels: JSON.stringify(request.labels),
        overrides: { timeout_seconds, max_attempts, proxy_id },
      });
      const columnsWith = profileColumns(run, deps.profiles, proxy_id);
      const rows: Draft[] = [];
      const sealed: SealedSecret[] = [];
      for (const [i, profileId] of profileIds.entries()) {
        if (i > 0 && i % SEALED_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
        const id = newId('task');
        const profile = columnsWith(profileId);
        const own = await run.seal(ownerOf(id));
        sealed.push(...own.secrets);
        const concurrency_key = shared.concurrency_key ?? origin?.keyOf(profileId) ?? null;
        const made = { id, input: JSON.stringify(own.input), batch_id: batchId, schedule_id, retry_of: null };
        rows.push({ ...shared, ...profile, ...made, concurrency_key });
      }
      const runAt = request.run_at === undefined ? null : Date.parse(request.run_at);
      return { ids: rows.map((row) => row.id), batchId, rows, secrets: sealed, runAt };
    },

    async prepareAgain(row, { input, as_then }) {
      if (as_then && input !== undefined) {
        throw invalidField('input', 'cannot be changed when the task runs exactly as it did');
      }
      const { draft, sealed } = as_then ? await sameAgain(deps, row) : await freshAgain(deps, row, input ?? {});
      return { ids: [draft.id], batchId: null, rows: [draft], secrets: sealed, runAt: null };
    },

    commit({ rows, secrets: sealed, runAt }) {
      const now = clock.now();
      const scheduled = runAt !== null && runAt > now;
      const due_at = scheduled ? runAt : now;
      const status = scheduled ? 'scheduled' : 'queued';
      db.transaction(() => {
        secrets.store(sealed);
        store.insert(rows.map((row) => ({ ...row, status, due_at, rank: rankOf(row.priority, due_at) })));
      });
    },
  };
}

/** What a request runs. @throws AppError `validation-error` when it names both or neither of two members */
function sourceOf(request: TaskRequest): RunSource {
  const { command_id, command_version, spec, name, input_schema } = request;
  if (request.profile_id !== undefined && request.profile_ids !== undefined) {
    throw invalidField('profile_ids', 'give either profile_id or profile_ids');
  }
  if (command_id !== undefined && spec === undefined) return { t: 'command', id: command_id, version: command_version };
  if (command_id === undefined && spec !== undefined) return { t: 'inline', spec, name, input_schema };
  throw invalidField('command_id', 'give either command_id or spec');
}
