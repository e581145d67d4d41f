/** Named steps of a script, nested by the call that made them. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { FailureEvidence } from '../../../contract/automation/report/evidence.ts';
import { MAX_STEP_NAME } from '../../../contract/automation/report/kept-report.ts';
import { keptStepOutput } from '../../../contract/automation/report/report-limits.ts';
import type { Problem } from '../../../contract/kernel/errors.ts';
import { clip, type TextRedactor } from '../../../contract/kernel/redact/clip.ts';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { toStrictJson } from './json.ts';
import type { Report } from './report.ts';

/** One step that has begun. */
export interface Step {
  readonly seq: number;
  /** Without secrets. */
  readonly name: string;
  readonly parent: Step | null;
  /** Unix ms. */
  readonly startedAt: number;
}

/** What happens around a step; a failure of `begin` or `end` must not be the script's. */
export interface StepHooks {
  begin(step: Step): Promise<void>;
  end(step: Step): Promise<void>;
  /** Turns what a step threw into the problem that is shown with it. */
  describe(error: unknown): Problem;
  /** Collects what surrounds an error, once, for the innermost step that it came out of. */
  witness(step: Step, error: unknown): Promise<FailureEvidence | null>;
}

/** How a step ended. */
export interface StepEnd {
  error?: Problem | null;
  evidence?: FailureEvidence | null;
  /** Unix ms. */
  at?: number;
}

function outputOf(value: unknown): Json {
  if (value === undefined) return null;
  try {
    return keptStepOutput(toStrictJson(value, 'output'));
  } catch {
    // A step may hand a page or an element on to the script; only what can be shown is shown.
    return null;
  }
}

/** The steps of one attempt. */
export interface Steps {
  /** Begins a step that something else than a call of a script is made of; ended by {@link Steps.end}. */
  begin(name: string, parent: Step | null, at?: number): Step;
  /** Ends a step; does nothing for one that has ended. */
  end(step: Step, status: 'succeeded' | 'failed' | 'cancelled', how?: StepEnd): void;
  run<T>(name: string, action: () => T | Promise<T>): Promise<T>;
  current(): Step | null;
  /** The innermost step that an error came out of. */
  whereFailed(error: unknown): Step | undefined;
  /** Ends the steps that are still open. */
  close(status: 'cancelled' | 'failed'): void;
  attach(hooks: StepHooks): void;
}

/** Steps are reported to the host as they begin and end. */
export function createSteps(report: Report, redactor: TextRedactor): Steps {
  const storage = new AsyncLocalStorage<Step>();
  const open = new Map<number, Step>();
  const failures = new WeakMap<object, Step>();
  let hooks: StepHooks | null = null;
  let last = 0;

  function finish(
    step: Step,
    status: 'succeeded' | 'failed' | 'cancelled',
    output: Json,
    error: Problem | null,
    at = Date.now(),
  ): void {
    if (!open.delete(step.seq)) return;
    report.send({ t: 'step_end', seq: step.seq, status, output, error, at });
  }

  /** Ends a step with an error. The picture takes a moment, which is not counted as time of the step. */
  async function fail(step: Step, error: unknown): Promise<void> {
    const at = Date.now();
    const isObject = typeof error === 'object' && error !== null;
    const isInnermost = !isObject || !failures.has(error);
    if (isObject && isInnermost) failures.set(error, step);
    const problem = hooks?.describe(error) ?? null;
    const evidence = isInnermost ? ((await hooks?.witness(step, error)) ?? null) : null;
    if (evidence !== null && open.has(step.seq)) report.send({ t: 'evidence', seq: step.seq, evidence });
    finish(step, 'failed', null, problem, at);
  }

  function begin(name: string, parent: Step | null, at = Date.now()): Step {
    const step: Step = { seq: ++last, name: clip(redactor, name, MAX_STEP_NAME), parent, startedAt: at };
    open.set(step.seq, step);
    report.send({ t: 'step_start', seq: step.seq, parent: parent?.seq ?? null, name: step.name, at });
    return step;
  }

  return {
    begin,
    end(step, status, { error = null, evidence = null, at } = {}) {
      if (evidence !== null && open.has(step.seq)) report.send({ t: 'evidence', seq: step.seq, evidence });
      finish(step, status, null, error, at);
    },
    attach(given) {
      hooks = given;
    },
    current: () => storage.getStore() ?? null,
    whereFailed: (error) => (typeof error === 'object' && error !== null ? failures.get(error) : undefined),
    async run(name, action) {
      const step = begin(String(name), storage.getStore() ?? null);
      return storage.run(step, async () => {
        await hooks?.begin(step);
        try {
          const result = await action();
          finish(step, 'succeeded', outputOf(result), null);
          return result;
        } catch (error) {
          await fail(step, error);
          throw error;
        } finally {
          await hooks?.end(step);
        }
      });
    },
    close(status) {
      // Inner steps first.
      for (const step of [...open.values()].reverse()) finish(step, status, null, null);
    },
  };
}
