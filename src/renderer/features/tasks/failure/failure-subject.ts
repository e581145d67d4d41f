/** Which failure of a task is shown: that of the chosen row, or the last one. */
import type { FailureEvidence } from '../../../../contract/automation/report/evidence.ts';
import type { TaskDetail } from '../../../../contract/automation/tasks.ts';
import type { Problem } from '../../../../contract/kernel/errors.ts';
import type { TreeRow } from '../timeline/step-tree.ts';

/** One failure with what surrounds it. */
export interface FailureSubject {
  error: Problem;
  evidence: FailureEvidence;
  attempt: number;
  exitCode: number | null;
  /** Name of the step that it came out of. */
  step: string | null;
}

type FailedTask = Pick<TaskDetail, 'attempts' | 'steps' | 'error' | 'attempt'>;

/** The evidence of a step; steps around the one that failed share its own. */
function evidenceOfStep(task: FailedTask, step: TaskDetail['steps'][number]): FailureEvidence {
  if (step.evidence !== null) return step.evidence;
  const inner = step.error?.step_seq;
  return task.steps.find(({ attempt, seq }) => attempt === step.attempt && seq === inner)?.evidence ?? {};
}

/** A cancelled task did not fail. */
const isFailure = (error: Problem | null): error is Problem => error !== null && error.code !== 'cancelled';

/** @returns null when nothing failed, neither what was chosen nor an attempt or the task */
export function failureSubject(task: FailedTask, row: Pick<TreeRow, 'step' | 'attempt'> | null): FailureSubject | null {
  const step = row?.step ?? null;
  if (step !== null && isFailure(step.error)) {
    const evidence = evidenceOfStep(task, step);
    return { error: step.error, evidence, attempt: step.attempt, exitCode: null, step: step.name };
  }
  const chosen = row?.attempt ?? null;
  const attempt =
    chosen !== null && isFailure(chosen.error) ? chosen : task.attempts.findLast(({ error }) => isFailure(error));
  if (attempt !== undefined && isFailure(attempt.error)) {
    const { error, evidence, number, exit_code } = attempt;
    const name = typeof error.step === 'string' ? error.step : null;
    return { error, evidence: evidence ?? {}, attempt: number, exitCode: exit_code, step: name };
  }
  if (!isFailure(task.error)) return null;
  return { error: task.error, evidence: {}, attempt: task.attempt, exitCode: null, step: null };
}
