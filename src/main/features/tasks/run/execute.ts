/** The process of one attempt: started with its job, watched until neither it nor any of its descendants is left. */
import {
  type ExecutorJob,
  type ExecutorResult,
  FromExecutor,
  ToExecutor,
} from '../../../../contract/automation/executor.ts';
import { keptResult } from '../../../../contract/automation/report/kept-report.ts';
import { AppError, problemOf } from '../../../../contract/kernel/errors.ts';
import { startWorkerProcess, type WorkerExit } from '../../../core/process/worker/process.ts';
import type { TaskDeps } from '../deps.ts';
import type { LogWriter } from '../log/log-writer.ts';
import type { Happened } from '../model/attempt-outcome.ts';
import { crashedProblem } from '../model/problems.ts';
import type { Claimed } from '../store/claim-store.ts';
import type { TaskStore } from '../store/store.ts';
import type { Intake } from './intake.ts';
import { runEnv } from './run-env.ts';
import type { StopReason, StopSwitch } from './stop-switch.ts';

/** How long an executor may take to be ready, and to end after its result, ms. */
const READY_MS = 30_000;
const LEAVE_MS = 10_000;
/** How long leftover processes are searched for and killed, ms. */
const REAP_MS = 5_000;

/** What an attempt works with once its job is prepared. */
export interface Execution {
  task: Claimed;
  job: ExecutorJob;
  writer: LogWriter;
  intake: Intake;
  stop: StopSwitch;
}

/** Runs the executor to its end and says what happened. */
export async function execute(
  deps: TaskDeps,
  store: TaskStore,
  { task, job, writer, intake, stop }: Execution,
): Promise<Happened> {
  const token = task.attempt_token;
  const runId = deps.installation.runIdOf(token);
  const said: { result: ExecutorResult | null; refused: string | null } = { result: null, refused: null };
  const worker = startWorkerProcess(deps, {
    module: deps.executorModule,
    name: 'tabagent-executor',
    env: runEnv(process.env, runId, job.temp_dir),
    cwd: job.run_dir,
    runId,
    to: ToExecutor,
    from: FromExecutor,
    readyMs: READY_MS,
    onReady: () => worker.send({ t: 'run', job }),
    onMessage(message) {
      if (message.t !== 'result') return intake.note(message);
      said.result ??= message.ok ? message : keptResult(message, deps.redactor);
      worker.expectExit(LEAVE_MS);
    },
    onRefused: (reason) => {
      said.refused ??= reason;
    },
  });
  if (worker.pid !== undefined) store.setPid(token, worker.pid);
  writer.read(worker.stdout, 'stdout');
  writer.read(worker.stderr, 'stderr');
  stop.listen((reason, graceMs) => worker.stop({ t: 'cancel', reason }, graceMs));
  const cancelTimeout = deps.clock.schedule(
    () => stop.request('timed_out', deps.settings.get('executor.grace_seconds') * 1000),
    task.timeout_seconds * 1000,
  );
  const exit = await worker.exited;
  cancelTimeout();
  // Messages sent just before the exit can arrive after it; they do so while the leftovers are looked for.
  const left = await worker.reap(REAP_MS);
  if (left > 0) deps.log.error('tasks', 'processes of a task could not be ended', { task_id: task.id, left });
  return happened(said.result ?? unreadable(said.refused, exit), stop.reason(), exit);
}

/** The result of a process that ended by itself after it had said something that could not be taken: most likely its result. */
function unreadable(refused: string | null, { code }: WorkerExit): ExecutorResult | null {
  if (refused === null || code !== 0) return null;
  const error = problemOf(new AppError('unprocessable-entity', `The task reported something invalid: ${refused}.`));
  return { t: 'result', ok: false, outcome: 'failed', error, retryable: false, exit_code: code };
}

/** A success stands even when a stop was requested meanwhile; every other answer after a stop is only its consequence. */
function happened(result: ExecutorResult | null, stopped: StopReason | null, exit: WorkerExit): Happened {
  if (result?.ok) return { t: 'succeeded', output: result.output, exitCode: exit.code };
  if (stopped !== null) return stoppedAs(stopped);
  if (result === null) return { t: 'crashed', error: crashedProblem(exit.code, exit.signal), exitCode: exit.code };
  return { t: 'failed', error: result.error, retryable: result.retryable, exitCode: result.exit_code };
}

/** What an attempt that was stopped without a result comes to. */
export function stoppedAs(reason: StopReason): Happened {
  return { t: reason === 'shutdown' ? 'interrupted' : reason };
}
