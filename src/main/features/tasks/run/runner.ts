/** One attempt of one task: from the claim to the end of its last process. */
import path from 'node:path';
import { isEngineSpec } from '../../../../contract/automation/kinds/index.ts';
import type { TaskStatus } from '../../../../contract/automation/tasks.ts';
import { AppError, type Problem, problemOf } from '../../../../contract/kernel/errors.ts';
import { entryOf, removeOwned } from '../../../core/disk/owned-trees.ts';
import type { TaskDeps } from '../deps.ts';
import type { LogWriter } from '../log/log-writer.ts';
import type { Logs } from '../log/logs.ts';
import { attemptOutcome, type Happened } from '../model/attempt-outcome.ts';
import type { Claimed } from '../store/claim-store.ts';
import type { TaskStore } from '../store/store.ts';
import type { EndWindow } from './end-window.ts';
import { execute, stoppedAs } from './execute.ts';
import { createIntake, type Intake } from './intake.ts';
import { type AttemptDirs, type AttemptLease, type Job, leaseFor, prepareJob } from './prepare-job.ts';
import { tempDirOf } from './run-env.ts';
import { runOnEngine } from './run-on-engine.ts';
import { createStopSwitch, type StopReason, type StopSwitch } from './stop-switch.ts';

/** How an attempt left the runner: the state of its task, given back without having begun, or its lease was lost. */
export type RunEnd = TaskStatus | 'released' | 'fenced';

/** A running attempt. */
export interface Run {
  readonly taskId: string;
  readonly token: string;
  readonly profileId: string | null;
  /** Asks the attempt to stop; its processes have `graceMs` to do so, then they are killed. The first reason stays. */
  stop(reason: StopReason, graceMs: number): void;
  /** Settles when no process, folder lock or timer of the attempt is left. */
  readonly done: Promise<RunEnd>;
}

/** How long the streams of dead processes are read, ms. */
const STREAMS_MS = 1_000;

/** The parts that every step of an attempt needs. */
interface Scope {
  deps: TaskDeps;
  store: TaskStore;
  logs: Logs;
  task: Claimed;
  stop: StopSwitch;
  finish: EndWindow['finish'];
}

/** What an attempt opened before it began; both are null when it could not even do that. */
interface Opened {
  writer: LogWriter | null;
  intake: Intake | null;
}

/** Starts the attempt of a claimed task. */
export function startAttempt(
  deps: TaskDeps,
  store: TaskStore,
  logs: Logs,
  task: Claimed,
  finish: EndWindow['finish'],
): Run {
  const stop = createStopSwitch();
  return {
    taskId: task.id,
    token: task.attempt_token,
    profileId: task.profile_id,
    stop: stop.request,
    // Nothing of the attempt is written after this.
    done: run({ deps, store, logs, task, stop, finish }).finally(() => deps.redactor.release(task.attempt_token)),
  };
}

async function run(scope: Scope): Promise<RunEnd> {
  const { deps, store, task } = scope;
  const opened: Opened = { writer: null, intake: null };
  let lease: AttemptLease | null = null;
  let outcome: Happened;
  try {
    lease = await leaseFor(deps, task, tempDirOf(deps.paths.temp, deps.installation.runIdOf(task.attempt_token)));
    outcome = await whileUncut(scope, lease, attempt(scope, opened, lease));
  } catch (error) {
    if (lease === null && error instanceof AppError && error.slug === 'conflict') {
      store.release(task.attempt_token);
      return 'released';
    }
    outcome = refused(scope, error);
    // The log of an attempt that got no browser says why.
    opened.writer ??= await openLog(scope).catch(() => null);
  }
  return conclude(scope, opened, lease, outcome);
}

/** Stops the attempt when its browser may send nothing more: then that is why it failed, and another attempt would not come further. */
async function whileUncut({ deps, stop }: Scope, lease: AttemptLease, work: Promise<Happened>): Promise<Happened> {
  const cut = lease.browser?.cut ?? null;
  if (cut === null) return work;
  let isCause = false;
  const onCut = () => {
    isCause = stop.reason() === null;
    stop.request('cancelled', deps.settings.get('executor.grace_seconds') * 1000);
  };
  cut.addEventListener('abort', onCut, { once: true });
  if (cut.aborted) onCut();
  const outcome = await work.finally(() => cut.removeEventListener('abort', onCut));
  if (!isCause || outcome.t === 'succeeded') return outcome;
  return { t: 'failed', error: problemOf(deps.storage.typed(cut.reason)), retryable: false, exitCode: null };
}

/** Prepares and runs the attempt. */
async function attempt(scope: Scope, opened: Opened, lease: AttemptLease): Promise<Happened> {
  const { deps, store, task, stop } = scope;
  const taskDir = entryOf(deps.paths.tasks, task.id);
  const dirs: AttemptDirs = {
    taskDir,
    runDir: path.join(taskDir, String(task.attempt)),
    tempDir: tempDirOf(deps.paths.temp, deps.installation.runIdOf(task.attempt_token)),
  };
  const writer = await openLog(scope);
  opened.writer = writer;
  const job = await prepareJob(deps, task, dirs, lease.browser);
  const stopped = stop.reason();
  if (stopped !== null) return stoppedAs(stopped);
  const intake = createIntake(deps, store, writer, task, taskDir);
  opened.intake = intake;
  const outcome = await compute(scope, job, writer, intake);
  return outcome.t === 'succeeded' ? { ...outcome, output: await intake.output(outcome.output) } : outcome;
}

function compute({ deps, store, task, stop }: Scope, job: Job, writer: LogWriter, intake: Intake): Promise<Happened> {
  const { spec } = job;
  if (isEngineSpec(spec)) return runOnEngine(deps, { task, spec, writer, intake, stop });
  return execute(deps, store, { task, job: { ...job, spec }, writer, intake, stop });
}

function openLog({ deps, logs, task }: Scope): Promise<LogWriter> {
  return logs.write(task.id, task.attempt, deps.settings.get('retention.task_log_mb') * 1_048_576);
}

/** The attempt could not even begin. */
function refused({ deps, task }: Scope, cause: unknown): Happened {
  const error = deps.storage.typed(cause);
  const unexpected = !(cause instanceof AppError);
  if (unexpected) deps.log.error('tasks', 'attempt not started', { task_id: task.id, error: cause });
  return { t: 'failed', error: problemOf(error), retryable: unexpected, exitCode: null };
}

/** Closes what the attempt opened and writes its end. */
async function conclude(
  { deps, task, finish }: Scope,
  { writer, intake }: Opened,
  lease: AttemptLease | null,
  outcome: Happened,
): Promise<RunEnd> {
  const { clock, log } = deps;
  await intake?.close();
  const end = attemptOutcome(task, outcome, clock.now(), Math.random());
  if (end.error !== null)
    writer?.say(end.name === 'cancel' ? 'info' : 'error', sentence(end.error, end.next, clock.now()));
  const figures = (await writer?.close(STREAMS_MS)) ?? { lines: 0, bytes: 0, dropped: 0 };
  const tempDir = tempDirOf(deps.paths.temp, deps.installation.runIdOf(task.attempt_token));
  await removeOwned(path.dirname(deps.paths.temp), tempDir).catch((error: unknown) => {
    log.warn('tasks', 'temporary folder not removed', { task_id: task.id, error });
  });
  // Before the end is written: the task that is claimed next may need this profile.
  await lease?.release();
  return (await finish(task.attempt_token, { ...end, log: figures })) ?? 'fenced';
}

function sentence(error: Problem, next: { dueAt: number } | null, now: number): string {
  if (next === null) return error.detail;
  return `${error.detail} The next attempt starts in ${Math.max(0, Math.round((next.dueAt - now) / 1000))} s.`;
}
