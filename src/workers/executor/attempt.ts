/** Runs one attempt from its job to its result. */
import { mkdirSync } from 'node:fs';
import type { ExecutorJob, ExecutorResult } from '../../contract/automation/executor.ts';
import { fitsTask, OUTPUT_FILE, type OutputReference } from '../../contract/automation/report/report-limits.ts';
import { createRedactor } from '../../contract/kernel/redact/redact.ts';
import type { Json } from '../../contract/kernel/scalars.ts';
import type { Port } from '../shared/port.ts';
import { fullText } from './browser/script-error.ts';
import { Cancelled, type CancelReason, cancelledResult, Failure, failedResult } from './failure.ts';
import { loadRunner, runSpec } from './kinds.ts';
import { markProcess } from './mark.ts';
import { createArtifacts } from './output/artifacts.ts';
import { createLog, forwardConsole, type Log } from './output/log.ts';
import { createReport } from './output/report.ts';
import { createSteps } from './output/steps.ts';
import type { Run } from './run.ts';

/** One attempt that has begun. */
export interface Attempt {
  cancel(reason: CancelReason): void;
  /** Takes an uncaught error. */
  fault(error: unknown): void;
  /** Called while the process exits: sends the result if it has not been sent, without waiting. */
  exiting(code: number): void;
  /** Resolves once the result is on its way. */
  readonly done: Promise<void>;
}

/** Sets the place for temporary files of this process and of everything that it starts. */
function prepareFolders({ run_dir, temp_dir }: ExecutorJob): void {
  mkdirSync(run_dir, { recursive: true });
  mkdirSync(temp_dir, { recursive: true });
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = temp_dir;
}

function forwardWarnings(log: Log): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    // Experimental features are used by the executor, not by the script.
    if (warning.name !== 'ExperimentalWarning') log.write('debug', 'host', `${warning.name}: ${warning.message}`);
  });
}

const exitFailure = (code: number) =>
  new Failure('process-failed', `The script ended its process with exit code ${code}.`, {
    retryable: true,
    exitCode: code,
    extra: { exit_code: code },
  });

/** Starts an attempt. From here on all output of the process is the task's log. */
export function startAttempt(job: ExecutorJob, port: Port): Attempt {
  const redactor = createRedactor(job.secrets);
  const report = createReport(port, redactor);
  const steps = createSteps(report, redactor);
  const log = createLog(redactor, () => steps.current()?.seq ?? null);
  const artifacts = createArtifacts(job.run_dir, redactor, report);
  const controller = new AbortController();
  const { signal } = controller;
  const run: Run = { job, redactor, log, report, artifacts, steps, evidence: {}, signal, onFault: null };
  const { promise: done, resolve: finish } = Promise.withResolvers<void>();
  let told = false;
  forwardConsole(log);
  forwardWarnings(log);

  function tell(result: ExecutorResult): void {
    if (told) return;
    told = true;
    report.flush();
    log.flush();
    const isFailure = !result.ok && result.outcome !== 'cancelled';
    if (isFailure && Object.keys(run.evidence).length > 0)
      report.send({ t: 'evidence', seq: null, evidence: run.evidence });
    report.send(result);
    finish();
  }

  /** Stores an output that is too large for a message, and answers what stands in its place. */
  async function keep(output: Json): Promise<Json> {
    const text = JSON.stringify(redactor.json(output));
    if (fitsTask(output, text)) return output;
    const artifact = await artifacts.add({ kind: 'output', name: OUTPUT_FILE }, text);
    return { artifact, bytes: Buffer.byteLength(text) } satisfies OutputReference;
  }

  function resultOf(error: unknown): ExecutorResult {
    if (controller.signal.aborted && controller.signal.reason instanceof Cancelled) {
      return cancelledResult(controller.signal.reason.reason);
    }
    if (!(error instanceof Failure)) log.write('error', 'host', fullText(error));
    return failedResult(error);
  }

  async function work(): Promise<void> {
    try {
      prepareFolders(job);
      const loading = loadRunner(job.spec.kind);
      // A runner that cannot be loaded fails below.
      loading.catch(() => undefined);
      const unmarked = await markProcess(job.cgroup);
      if (unmarked !== null) log.write('debug', 'host', `Daemons without an environment cannot be found: ${unmarked}`);
      tell({ t: 'result', ok: true, output: await keep(await runSpec(run, job.spec.kind, job.spec)) });
    } catch (error) {
      tell(resultOf(error));
    }
  }

  void work();
  return {
    cancel(reason) {
      controller.abort(new Cancelled(reason));
    },
    fault(error) {
      if (run.onFault !== null) run.onFault(error);
      else tell(resultOf(error));
    },
    exiting(code) {
      if (told) return;
      steps.close('failed');
      tell(resultOf(exitFailure(code)));
    },
    done,
  };
}
