/** An attempt that runs on an inference engine instead of an executor, with the same log, limits and outcomes. */
import type { EngineSpec } from '../../../../contract/automation/kinds/index.ts';
import { keptProblem } from '../../../../contract/automation/report/kept-report.ts';
import { AppError, type ErrorSlug, problemOf } from '../../../../contract/kernel/errors.ts';
import type { TaskDeps } from '../deps.ts';
import type { LogWriter } from '../log/log-writer.ts';
import { createTextLines } from '../log/text-lines.ts';
import type { Happened } from '../model/attempt-outcome.ts';
import type { Claimed } from '../store/claim-store.ts';
import { stoppedAs } from './execute.ts';
import type { Intake } from './intake.ts';
import type { StopSwitch } from './stop-switch.ts';

/** What an attempt works with. */
export interface EngineExecution {
  task: Claimed;
  /** With its variables filled in. */
  spec: EngineSpec;
  writer: LogWriter;
  intake: Intake;
  stop: StopSwitch;
}

/** Faults of the host or the engine, which may pass by themselves; any other error is a mistake in the command. */
const RETRYABLE = new Set<ErrorSlug>([
  'resource-limit-exceeded',
  'out-of-memory',
  'service-unavailable',
  'generation-timeout',
  'internal-server-error',
  'storage-full',
]);

/** The outcome of an error that is not due to a stop. */
function failed(deps: TaskDeps, task: Claimed, thrown: unknown): Happened {
  // No stop was requested, so the model was unloaded, which cancels what runs on it.
  const wasUnloaded = thrown instanceof AppError && thrown.slug === 'cancelled';
  const error = wasUnloaded
    ? new AppError('service-unavailable', 'The model was unloaded while it computed this.')
    : deps.storage.typed(thrown);
  if (!(thrown instanceof AppError))
    deps.log.error('tasks', 'an attempt failed in the host', { task_id: task.id, error: thrown });
  const retryable = RETRYABLE.has(error.slug) && error.extra.reason !== 'engine_missing';
  return { t: 'failed', error: keptProblem(problemOf(error), deps.redactor), retryable, exitCode: null };
}

/** Runs the attempt to its end and says what happened. */
export async function runOnEngine(
  deps: TaskDeps,
  { task, spec, writer, intake, stop }: EngineExecution,
): Promise<Happened> {
  const { clock, redactor } = deps;
  const controller = new AbortController();
  stop.listen(() => controller.abort());
  const cancelTimeout = clock.schedule(() => stop.request('timed_out', 0), task.timeout_seconds * 1000);
  const lines = createTextLines(redactor, (message) => writer.write({ level: 'info', source: 'stdout', message }));
  try {
    const output = await deps.runOnEngine(spec, {
      taskId: task.id,
      signal: controller.signal,
      mask: (text) => redactor.text(text),
      log: (level, message) => void writer.write({ level, source: 'host', message }),
      text: lines.push,
      progress: (message, percent = null) => intake.note({ t: 'progress', percent, message }),
    });
    return { t: 'succeeded', output, exitCode: null };
  } catch (error) {
    const reason = stop.reason();
    return reason === null ? failed(deps, task, error) : stoppedAs(reason);
  } finally {
    cancelTimeout();
    await lines.end();
  }
}
