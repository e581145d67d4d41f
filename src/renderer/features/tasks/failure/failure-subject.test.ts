import { expect, test } from 'vitest';
import type { Attempt, Step } from '../../../../contract/automation/tasks.ts';
import type { Problem } from '../../../../contract/kernel/errors.ts';
import { failureSubject } from './failure-subject.ts';

const problem = (detail: string, more: object = {}): Problem => ({
  type: '',
  title: '',
  status: 500,
  code: 'script_error',
  detail,
  ...more,
});
const AT = '2026-01-01T00:00:00.000Z';
const attempt = (number: number, error: Problem | null, evidence: Attempt['evidence'] = null): Attempt => ({
  number,
  status: error === null ? 'succeeded' : 'failed',
  started_at: AT,
  finished_at: AT,
  duration_ms: 0,
  error,
  exit_code: null,
  log_lines: 0,
  log_bytes: 0,
  log_dropped: 0,
  evidence,
});
const step = (seq: number, parent: number | null, error: Problem | null, evidence: Step['evidence'] = null): Step => ({
  seq,
  attempt: 1,
  parent,
  name: `s${seq}`,
  status: error === null ? 'succeeded' : 'failed',
  started_at: AT,
  finished_at: AT,
  output: null,
  error,
  evidence,
});

// Would catch: the failure of an older attempt under the newest one's name, or a chosen attempt that shows another's.
test('the last attempt that failed, unless another is chosen', () => {
  const attempts = [attempt(1, problem('first'), { page_url: 'a' }), attempt(2, problem('second'))];
  const task = { attempts, steps: [], error: problem('second'), attempt: 2 };
  expect(failureSubject(task, null)).toMatchObject({ attempt: 2, error: { detail: 'second' }, evidence: {} });
  expect(failureSubject(task, { step: null, attempt: attempts[0] ?? null })).toMatchObject({
    attempt: 1,
    evidence: { page_url: 'a' },
  });
});

// Would catch: an outer step that failed and shows nothing, because only the inner one was witnessed.
test('a step around the one that failed shows the same', () => {
  const error = problem('inner', { step_seq: 2 });
  const steps = [step(1, null, error), step(2, 1, error, { stderr: 'seen' })];
  const task = { attempts: [attempt(1, null)], steps, error: null, attempt: 1 };
  expect(failureSubject(task, { step: steps[0] ?? null, attempt: null })).toMatchObject({
    step: 's1',
    evidence: { stderr: 'seen' },
  });
});

// Would catch: a tab Failure on a task that was cancelled or went well.
test('a cancelled task and one that went well did not fail', () => {
  const cancelled = problem('The task was cancelled.', { code: 'cancelled' });
  expect(
    failureSubject({ attempts: [attempt(1, cancelled)], steps: [], error: cancelled, attempt: 1 }, null),
  ).toBeNull();
  expect(failureSubject({ attempts: [attempt(1, null)], steps: [], error: null, attempt: 1 }, null)).toBeNull();
});
