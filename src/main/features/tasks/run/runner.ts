/** One attempt of one task: from the claim to the end of its last process. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { type ExecutorJob, FromExecutor, type ToExecutor } from '../../../../contract/automation/executor.ts';
import type { TaskStatus } from '../../../../contract/automation/tasks.ts';
import { AppError, type Problem, problemOf, toAppError } from '../../../../contract/kernel/errors.ts';
import type { Json, ProfileId } from '../../../../contract/kernel/scalars.ts';
import { createSnapshot, killTree, reapRun, snapshotTree } from '../../../core/process/process-tree.ts';
import type { Child } from '../../../platform/platform.ts';
import type { TaskDeps } from '../deps.ts';
import type { LogWriter } from '../log/log-writer.ts';
import type { Logs } from '../log/logs.ts';
import { endOf, type Happened } from '../model/attempt-outcome.ts';
import { crashedProblem, redactProblem } from '../model/problems.ts';
import type { Claimed } from '../store/queue-store.ts';
import type { TaskStore } from '../store/store.ts';
import { artifactsDir, takeArtifact } from './artifacts.ts';
import { createDetails } from './details.ts';
import { prepareJob } from './prepare-job.ts';
import { runEnv, tempDirOf } from './run-env.ts';

/** Why a running attempt is to stop. */
export type StopReason = Extract<ToExecutor, { t: 'cancel' }>['reason'];

/** A running attempt. */
export interface Run {
  readonly taskId: string;
  readonly token: string;
  readonly profileId: string | null;
  /** Asks the attempt to stop; its processes have `graceMs` to do so, then they are killed. The first reason stays. */
  stop(reason: StopReason, graceMs: number): void;
  /** The lease is lost: everything is killed, and nothing is written that could hurt the new owner. */
  abandon(): void;
  /** Settles when no process, folder lock or timer of the attempt is left; `released` when it never began. */
  readonly done: Promise<TaskStatus | 'released' | 'fenced'>;
}

/** How long an executor may take to be ready, and to end after its result, ms. */
const READY_MS = 30_000;
const LEAVE_MS = 10_000;
/** How long leftover processes are hunted, and streams of dead processes are read, ms. */
const REAP_MS = 5_000;
const STREAMS_MS = 1_000;
/** Larger outputs become a file, bytes of JSON. */
const MAX_OUTPUT = 1_048_576;
const MAX_ARTIFACTS = 1_000;

type Result = Extract<FromExecutor, { t: 'result' }>;

/** Starts the attempt of a claimed task. */
export function startAttempt(deps: TaskDeps, store: TaskStore, logs: Logs, task: Claimed): Run {
  const { clock, redactor, log } = deps;
  const token = task.attempt_token;
  const taskDir = path.join(deps.paths.tasks, task.id);
  const runDir = path.join(taskDir, String(task.attempt));
  const tempDir = tempDirOf(deps.paths.temp, token);
  const tree = createSnapshot(token);
  const details = createDetails(store, token, clock);
  const artifacts: Promise<void>[] = [];
  let writer: LogWriter | null = null;
  let child: Child | null = null;
  let stopped: { reason: StopReason; graceMs: number } | null = null;
  let result: Result | null = null;
  const timers = new Set<() => void>();

  const after = (ms: number, fn: () => void) => void timers.add(clock.schedule(fn, ms));

  /** Ends the whole tree now; the exit of the executor, which follows, ends the attempt. */
  function kill(): void {
    const pid = child?.pid;
    if (pid === undefined) return;
    killTree(pid, token, 'SIGKILL', tree).catch((error: unknown) => {
      log.error('tasks', 'process tree not killed', { task_id: task.id, error });
      child?.kill('SIGKILL');
    });
  }

  function endChild(reason: StopReason, graceMs: number): void {
    if (child === null) return;
    child.send({ t: 'cancel', reason } satisfies ToExecutor);
    if (graceMs <= 0) return kill();
    // Relations between processes can be seen only while they live.
    if (child.pid !== undefined) void snapshotTree(child.pid, tree).catch(() => undefined);
    after(graceMs, kill);
  }

  function stop(reason: StopReason, graceMs: number): void {
    if (stopped !== null && graceMs >= stopped.graceMs) return;
    stopped = { reason: stopped?.reason ?? reason, graceMs };
    endChild(stopped.reason, graceMs);
  }

  function noteArtifact(note: Extract<FromExecutor, { t: 'artifact' }>): void {
    if (artifacts.length >= MAX_ARTIFACTS) return;
    artifacts.push(
      takeArtifact(
        { taskId: task.id, taskDir, attempt: task.attempt, clock },
        { ...note, name: redactor.text(note.name) },
      )
        .then((row) => void store.addArtifact(token, row))
        .catch((error: unknown) => writer?.say('warn', toAppError(error).message)),
    );
  }

  function onMessage(job: ExecutorJob, message: unknown): void {
    const parsed = FromExecutor.safeParse(message);
    if (!parsed.success) {
      log.warn('tasks', 'unreadable message of an executor', { task_id: task.id });
      return;
    }
    const note = parsed.data;
    switch (note.t) {
      case 'ready':
        child?.send({ t: 'run', job } satisfies ToExecutor);
        break;
      case 'progress':
        details.progress({
          percent: note.percent,
          message: note.message === null ? null : redactor.text(note.message),
        });
        break;
      case 'step_start':
        details.step({ ...note, t: 'start', name: redactor.text(note.name).slice(0, 500) });
        break;
      case 'step_end':
        details.step({
          ...note,
          t: 'end',
          output: redactor.json(note.output),
          error: note.error === null ? null : redactProblem(note.error, redactor),
        });
        break;
      case 'artifact':
        noteArtifact(note);
        break;
      case 'result':
        result ??= note;
        after(LEAVE_MS, kill);
        break;
    }
  }

  /** Runs the process to its end. */
  function execute(job: ExecutorJob, output: LogWriter): Promise<{ code: number | null; signal: string | null }> {
    return new Promise((resolve) => {
      const process_ = deps.platform.fork(deps.executorModule, {
        env: runEnv(process.env, token, tempDir),
        cwd: runDir,
        name: 'tabagent-executor',
      });
      child = process_;
      if (process_.pid !== undefined) store.setPid(token, process_.pid);
      output.read(process_.stdout, 'stdout');
      output.read(process_.stderr, 'stderr');
      let ready = false;
      process_.onMessage((message) => {
        ready = true;
        onMessage(job, message);
      });
      process_.onExit((code, signal) => {
        // Its pid may be given out again: from here on leftovers are found by the marks of the run alone.
        child = null;
        resolve({ code, signal });
      });
      after(READY_MS, () => {
        if (!ready) kill();
      });
      after(task.timeout_seconds * 1000, () => stop('timed_out', deps.settings.get('executor.grace_seconds') * 1000));
      if (stopped !== null) endChild(stopped.reason, stopped.graceMs);
    });
  }

  function happened(exit: { code: number | null; signal: string | null }): Happened {
    if (result?.ok) return { t: 'succeeded', output: redactor.json(result.output), exitCode: exit.code };
    if (stopped !== null) return stoppedAs(stopped.reason);
    if (result === null) return { t: 'crashed', error: crashedProblem(exit.code, exit.signal), exitCode: exit.code };
    const error = redactProblem(result.error, redactor);
    return { t: 'failed', error, retryable: result.retryable, exitCode: result.exit_code };
  }

  async function attempt(lease: { userDataDir: string } | null): Promise<Happened> {
    let job: ExecutorJob;
    try {
      writer = await logs.write(task.id, task.attempt, deps.settings.get('retention.task_log_mb') * 1_048_576);
      job = await prepareJob(deps, task, { taskDir, runDir, tempDir, userDataDir: lease?.userDataDir ?? null });
    } catch (error) {
      return refused(error);
    }
    if (stopped !== null) return stoppedAs(stopped.reason);
    const exit = await execute(job, writer);
    // Messages sent just before the exit can arrive after it; they have while the leftovers are looked for.
    const left = await reapRun(token, { deadlineMs: REAP_MS, known: tree });
    if (left > 0) log.error('tasks', 'processes of a task could not be ended', { task_id: task.id, left });
    return happened(exit);
  }

  /** The attempt could not even begin. */
  function refused(cause: unknown): Happened {
    const error = toAppError(cause);
    if (!(cause instanceof AppError)) log.error('tasks', 'attempt not started', { task_id: task.id, error: cause });
    return { t: 'failed', error: problemOf(error), retryable: !(cause instanceof AppError), exitCode: null };
  }

  /** An output that is too large for a row becomes an artifact. */
  async function fitOutput(output: Json): Promise<Json> {
    const text = JSON.stringify(output);
    if (text.length <= MAX_OUTPUT) return output;
    await fs.writeFile(path.join(artifactsDir(taskDir, task.attempt), 'output.json'), text, { mode: 0o600 });
    noteArtifact({ t: 'artifact', kind: 'output', name: 'output.json', mime: 'application/json', file: 'output.json' });
    writer?.say(
      'info',
      `The output is ${(text.length / 1_048_576).toFixed(1)} MiB and was kept as the artifact output.json.`,
    );
    return null;
  }

  async function run(): Promise<TaskStatus | 'released' | 'fenced'> {
    let lease: { userDataDir: string; release(): Promise<void> } | null = null;
    let outcome: Happened;
    try {
      lease =
        task.profile_id === null
          ? null
          : deps.profiles.acquire(task.profile_id as ProfileId, { kind: 'task', id: task.id });
      outcome = await attempt(lease);
    } catch (error) {
      if (lease === null && error instanceof AppError && error.slug === 'conflict') {
        store.release(token);
        return 'released';
      }
      outcome = refused(error);
    }
    for (const cancel of timers) cancel();
    if (outcome.t === 'succeeded') outcome = { ...outcome, output: await fitOutput(outcome.output) };
    const droppedSteps = details.close();
    if (droppedSteps > 0) writer?.say('warn', `${droppedSteps} more steps were not kept.`);
    await Promise.all(artifacts);
    const end = endOf(task, outcome, clock.now(), Math.random());
    if (end.error !== null)
      writer?.say(end.name === 'cancel' ? 'info' : 'error', sentence(end.error, end.next, clock.now()));
    const figures = (await writer?.close(STREAMS_MS)) ?? { lines: 0, bytes: 0, dropped: 0 };
    await fs.rm(tempDir, { recursive: true, force: true, maxRetries: 3 }).catch((error: unknown) => {
      log.warn('tasks', 'temporary folder not removed', { task_id: task.id, error });
    });
    // Before the end is written: whoever is claimed next may need this profile.
    await lease?.release();
    return store.finish(token, { ...end, log: figures }) ?? 'fenced';
  }

  return {
    taskId: task.id,
    token,
    profileId: task.profile_id,
    stop,
    abandon() {
      stopped = { reason: 'shutdown', graceMs: 0 };
      kill();
    },
    done: run(),
  };
}

function stoppedAs(reason: StopReason): Happened {
  return { t: reason === 'shutdown' ? 'interrupted' : reason };
}

function sentence(error: Problem, next: { dueAt: number } | null, now: number): string {
  if (next === null) return error.detail;
  return `${error.detail} The next attempt starts in ${Math.max(0, Math.round((next.dueAt - now) / 1000))} s.`;
}
