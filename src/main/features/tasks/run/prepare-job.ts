/** What the executor is told to do: the snapshot of a task with its secrets and variables filled in. */
import fs from 'node:fs/promises';
import { CommandSpec } from '../../../../contract/automation/commands.ts';
import type { ExecutorJob } from '../../../../contract/automation/executor.ts';
import { commandKinds } from '../../../../contract/automation/kinds/index.ts';
import { ProfileSnapshot } from '../../../../contract/automation/profiles.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { replaceSecrets, secretIds } from '../../../core/secrets/secret-refs.ts';
import type { TaskDeps } from '../deps.ts';
import type { Claimed } from '../store/queue-store.ts';
import { artifactsDir } from './artifacts.ts';

/** Folders of one attempt; `userDataDir` is null without a profile. */
export interface AttemptDirs {
  taskDir: string;
  runDir: string;
  tempDir: string;
  userDataDir: string | null;
}

/**
 * Resolves the job of a claimed task and makes its folders.
 * @throws AppError `validation-error` when a variable of the command has no value; what the browser search throws
 */
export async function prepareJob(deps: TaskDeps, task: Claimed, dirs: AttemptDirs): Promise<ExecutorJob> {
  const profile = task.profile === null ? null : ProfileSnapshot.parse(JSON.parse(task.profile));
  const stored = JSON.parse(task.input) as JsonObject;
  const ids = secretIds(stored);
  const values = new Map(await Promise.all(ids.map(async (id) => [id, await deps.secrets.get(id)] as const)));
  const input = await replaceSecrets(stored, async (id) => values.get(id) ?? null);
  const { spec, missing } = deps.commands.resolve(CommandSpec.parse(JSON.parse(task.spec)), {
    input,
    profile: profile === null ? null : { id: profile.id, name: profile.name },
    task: { id: task.id, attempt: task.attempt },
    host: { platform: process.platform, ...(deps.nodePath === null ? {} : { node: deps.nodePath }) },
  });
  if (missing.length > 0) {
    throw new AppError('validation-error', `The command has no value for ${missing.join(', ')}; give it in input.`, {
      errors: Object.fromEntries(missing.map((name) => [`input.${name}`, 'has no value'])),
    });
  }
  await fs.mkdir(artifactsDir(dirs.taskDir, task.attempt), { recursive: true, mode: 0o700 });
  await fs.mkdir(dirs.tempDir, { recursive: true, mode: 0o700 });
  return {
    task_id: task.id,
    attempt: task.attempt,
    spec,
    input,
    secrets: [...values.values()],
    run_dir: dirs.runDir,
    temp_dir: dirs.tempDir,
    profile,
    user_data_dir: dirs.userDataDir,
    executable_path: commandKinds[spec.kind].needsBrowser ? await deps.executableFor(profile) : null,
    browser_args: [...deps.browserArgs],
    proxy: null,
  };
}
