import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { FromExecutor } from '../../../contract/automation/executor.ts';
import { PROGRESS_MS } from '../../../contract/automation/report/report-limits.ts';
import { AppError, problemOf } from '../../../contract/kernel/errors.ts';
import { createRedactor, REDACTED } from '../../../contract/kernel/redact/redact.ts';
import { createReport, type Report } from './report.ts';

let sent: FromExecutor[];
let report: Report;
beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  report = createReport(
    {
      send: (message) => void sent.push(message as FromExecutor),
      onMessage: () => undefined,
      onClose: () => undefined,
      flush: async () => {},
    },
    createRedactor(['hunter22', '1700']),
  );
});
afterEach(() => vi.useRealTimers());
const percents = () => sent.flatMap((message) => (message.t === 'progress' ? [message.percent] : []));

// Catches a script in a tight loop that floods the host with progress.
it('sends the first progress at once and then the latest of each quarter of a second', () => {
  for (let n = 0; n <= 10; n += 1) report.progress(n, null);
  expect(percents()).toEqual([0]);
  vi.advanceTimersByTime(PROGRESS_MS - 1);
  expect(percents()).toEqual([0]);
  vi.advanceTimersByTime(1);
  expect(percents()).toEqual([0, 10]);
  report.progress(11, null);
  vi.advanceTimersByTime(PROGRESS_MS);
  expect(percents()).toEqual([0, 10, 11]);
  vi.advanceTimersByTime(10 * PROGRESS_MS);
  report.progress(12, null);
  expect(percents()).toEqual([0, 10, 11, 12]);
});

it('sends what waits when the attempt ends, once', () => {
  report.progress(1, 'one');
  report.progress(99, 'nearly');
  report.flush();
  report.flush();
  vi.advanceTimersByTime(10 * PROGRESS_MS);
  expect(percents()).toEqual([1, 99]);
});

it.each([
  [-5, 0],
  [250, 100],
  [33.3, 33.3],
  [Number.NaN, null],
  [Number.POSITIVE_INFINITY, null],
  [null, null],
])('a percentage of %s is sent as %s', (given, expected) => {
  report.progress(given, null);
  expect(percents()).toEqual([expected]);
});

// Catches a secret in a member that was added later, and a redaction that breaks the protocol's own numbers.
it('hides secrets in texts, outputs and problems, and leaves the protocol’s own members alone', () => {
  const problem = { type: 't', title: 'hunter22', status: 1700, detail: 'got hunter22', code: 'c', field: 'hunter22' };
  report.send({ t: 'step_start', seq: 1700, parent: null, name: 'type hunter22', at: 1700 });
  report.send({ t: 'step_end', seq: 1700, status: 'failed', output: { hunter22: 1700 }, error: problem, at: 1700 });
  report.send({ t: 'result', ok: true, output: ['hunter22', 1700] });
  report.send({ t: 'result', ok: false, outcome: 'failed', error: problem, retryable: true, exit_code: 1700 });
  report.progress(50, 'sent hunter22');
  // Of the catalogue, which has no such code.
  const own = problemOf(new AppError('internal-server-error', `got ${REDACTED}`));
  const clean = { ...own, field: REDACTED };
  expect(sent).toEqual([
    { t: 'step_start', seq: 1700, parent: null, name: `type ${REDACTED}`, at: 1700 },
    { t: 'step_end', seq: 1700, status: 'failed', output: { [REDACTED]: REDACTED }, error: clean, at: 1700 },
    { t: 'result', ok: true, output: [REDACTED, REDACTED] },
    { t: 'result', ok: false, outcome: 'failed', error: clean, retryable: true, exit_code: 1700 },
    { t: 'progress', percent: 50, message: `sent ${REDACTED}` },
  ]);
});
