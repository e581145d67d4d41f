/** What the executor is told to do: the snapshot of a task with its lease, secrets and variables. */
import path from 'node:path';
import { CommandSpec } from '../../../../contract/automation/commands.ts';
import type { ExecutorJob } from '../../../../contract/automation/executor.ts';
import { commandKinds } from '../../../../contract/automation/kinds/index.ts';
import { ProfileSnapshot } from '../../../../contract/automation/profiles.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { JsonObject, ProfileId, ProxyId } from '../../../../contract/kernel/scalars.ts';
import { parseStored } from '../../../core/db/index.ts';
import { makeOwnedFolder } from '../../../core/disk/owned-files.ts';
import { groupFolder } from '../../../core/process/cgroup.ts';
import { replaceSecrets, secretIds } from '../../../core/secrets/secret-refs.ts';
import type { LaunchPlan, ProfileLease } from '../../profiles/index.ts';
import type { TaskDeps } from '../deps.ts';
import type { Claimed } from '../store/claim-store.ts';
import { artifactsDir } from './artifacts.ts';
import { runEnv } from './run-env.ts';

/** Folders of one attempt. */
export interface AttemptDirs {
  taskDir: string;
  runDir: string;
  tempDir: string;
}

const profileOf = (task: Claimed) => (task.profile === null ? null : ProfileSnapshot.parse(parseStored(task.profile)));

/** What an attempt holds: the profile, and the plan of its browser. */
export interface AttemptLease {
  browser: LaunchPlan | null;
  release(): Promise<void>;
}

/**
 * Takes the profile of a claimed task and plans its browser, or one with a temporary profile.
 * @throws AppError `conflict` when the profile is in use, `profile-locked`, `browser-not-found`
 */
export async function leaseFor(deps: TaskDeps, task: Claimed, tempDir: string): Promise<AttemptLease> {
  const spec = CommandSpec.parse(parseStored(task.spec));
  const holder = { kind: 'task', id: task.id } as const;
  const id = task.profile_id as ProfileId | null;
  if (commandKinds[spec.kind].needsBrowser) {
    const headless = 'headless' in spec ? spec.headless : true;
    const proxyId = task.proxy_id as ProxyId | null;
    const plan = await deps.profiles.plan(id, holder, {
      headless,
      settings: profileOf(task),
      proxyId,
      tempDir,
      attempt: task.attempt,
    });
    return { browser: plan, release: plan.release };
  }
  const lease: Pick<ProfileLease, 'release'> =
    id === null ? { release: async () => undefined } : deps.profiles.hold(id, holder);
  return { browser: null, release: lease.release };
}

/** A job whatever its kind; only a command that runs in a process of its own has an executor that takes it. */
export type Job = Omit<ExecutorJob, 'spec'> & { spec: CommandSpec };

/**
 * Resolves the job of a claimed task and makes its folders. The host's redactor holds its secrets under the attempt's token.
 * @throws AppError `validation-error` when a variable of the command has no value
 */
export async function prepareJob(
  deps: TaskDeps,
  task: Claimed,
  dirs: AttemptDirs,
  plan: LaunchPlan | null,
): Promise<Job> {
  const profile = profileOf(task);
  const runId = deps.installation.runIdOf(task.attempt_token);
  const stored = parseStored<JsonObject>(task.input);
  const ids = secretIds(stored);
  const values = new Map(await Promise.all(ids.map(async (id) => [id, await deps.secrets.get(id)] as const)));
  deps.redactor.hold(task.attempt_token, values.values());
  const input = await replaceSecrets(stored, async (id) => values.get(id) ?? null);
  const { spec, missing, secretParts } = deps.commands.resolve(
    CommandSpec.parse(parseStored(task.spec)),
    {
      input,
      temp_dir: dirs.tempDir,
      profile: profile === null ? null : { id: profile.id, name: profile.name },
      task: { id: task.id, attempt: task.attempt },
      host: { platform: process.platform, ...(deps.nodePath === null ? {} : { node: deps.nodePath }) },
    },
    stored,
  );
  if (missing.length > 0) {
    throw new AppError('validation-error', `The command has no value for ${missing.join(', ')}; give it in input.`, {
      errors: Object.fromEntries(missing.map((name) => [`input.${name}`, 'has no value'])),
    });
  }
  makeOwnedFolder(path.dirname(deps.paths.tasks), artifactsDir(dirs.taskDir, task.attempt));
  makeOwnedFolder(path.dirname(deps.paths.temp), dirs.tempDir);
  return {
    task_id: task.id,
    attempt: task.attempt,
    spec,
    input,
    // The executor cuts texts and writes files, in which the host could not find these words any more.
    secrets: [...values.values(), ...deps.settings.get('redaction.extra')],
    secret_parts: secretParts,
    run_dir: dirs.runDir,
    temp_dir: dirs.tempDir,
    cgroup: await groupFolder(runId),
    profile,
    browser: plan && {
      executable: plan.executable,
      user_data_dir: plan.userDataDir,
      args: plan.args,
      env: runEnv(plan.env, runId, dirs.tempDir),
    },
  };
}
