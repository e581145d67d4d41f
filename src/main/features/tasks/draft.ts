/** The columns of a task that is about to be made. */
import { commandKinds } from '../../../contract/automation/kinds/index.ts';
import type { TaskCreate } from '../../../contract/automation/tasks.ts';
import { invalidField } from '../../../contract/kernel/errors.ts';
import type { ProfileId, ProxyId } from '../../../contract/kernel/scalars.ts';
import type { PreparedRun } from '../commands/index.ts';
import type { TaskDeps } from './deps.ts';
import type { TaskSnapshot } from './schema.ts';
import type { NewTask } from './store/queue-store.ts';

/** A row without what depends on the moment of the commit. */
export type Draft = Omit<NewTask, 'status' | 'due_at' | 'rank'>;

/** What a request sets itself. What it leaves out is said by the command and the profile, anew each time the task runs again. */
export type Overrides = Pick<TaskCreate, 'timeout_seconds' | 'max_attempts' | 'proxy_id'>;

/** What a request chooses for its tasks, and what a task that runs again takes over from the earlier one. */
export interface Choice extends Pick<TaskSnapshot, 'priority' | 'labels'> {
  overrides: Overrides;
}

/** Owner of a task's secrets. */
export const ownerOf = (taskId: string) => `task:${taskId}`;

/** The columns that are the same for every task of a request. */
export function columnsOf(
  run: PreparedRun,
  { priority, labels, overrides }: Choice,
): Omit<TaskSnapshot, 'input' | 'profile_id' | 'profile' | 'proxy_id'> {
  return {
    kind: run.kind,
    command_id: run.command_id,
    command_version: run.command_version,
    command_name: run.command_name,
    spec: JSON.stringify(run.spec),
    input_schema: JSON.stringify(run.input_schema),
    concurrency_key: run.concurrency_key,
    retry: JSON.stringify(run.retry),
    timeout_seconds: overrides.timeout_seconds ?? run.timeout_seconds,
    max_attempts: overrides.max_attempts ?? run.retry.max + 1,
    overrides: JSON.stringify(overrides),
    priority,
    labels,
  };
}

/**
 * Makes the columns of each profile: as it is now, with the proxy that the request names in place of its own.
 * @throws AppError `not-found`, `validation-error` when the run needs a profile and has none, or a proxy would be used by nothing
 */
export function profileColumns(run: PreparedRun, profiles: TaskDeps['profiles'], proxy_id: ProxyId | undefined) {
  if (proxy_id !== undefined && !commandKinds[run.kind].needsBrowser)
    throw invalidField('proxy_id', 'only a command that opens a browser can have a proxy');
  const chosen = proxy_id === undefined ? {} : { proxy_id, proxy: profiles.proxyRoute(proxy_id), pool_id: null };
  return (profile_id: ProfileId | null): Pick<TaskSnapshot, 'profile_id' | 'profile' | 'proxy_id'> => {
    if (profile_id !== null) {
      const profile = { ...profiles.snapshot(profile_id), ...chosen };
      return { profile_id, profile: JSON.stringify(profile), proxy_id: profile.proxy_id };
    }
    if (run.needs_profile) throw invalidField('profile_id', 'profile_id is required');
    return { profile_id, profile: null, proxy_id: proxy_id ?? null };
  };
}
