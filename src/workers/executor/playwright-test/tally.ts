/** What a run of tests comes to: counts, a list of bounded length, and the problem of a run that has failed. */
import { clip, type TextRedactor } from '../../../contract/kernel/redact/clip.ts';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { Failure } from '../failure.ts';
import type { TestError, TestEvent } from './events.ts';

type TestEnd = Extract<TestEvent, { t: 'test_end' }>;
type Outcome = NonNullable<TestEnd['outcome']>;

/** Tests that are named in the output, and failures in a problem. */
const MAX_TESTS = 500;
const MAX_FAILURES = 20;
const MAX_TITLE = 300;
const MAX_MESSAGE = 2000;
/** Calls that are kept of a log. */
const MAX_CALLS = 50;

/** Playwright appends its log of calls to messages. */
const CALL_LOG = /\n[ \t]*Call log:\n([\s\S]*?)(?:\n[ \t]*\n|$)/;

/** A message without its secrets, and what Playwright did until then. */
export function readMessage(redactor: TextRedactor, text: string): { detail: string; calls: string[] } {
  const message = redactor.text(text);
  const log = CALL_LOG.exec(message)?.[1] ?? '';
  const calls = log.split('\n').map((line) => line.replace(/^\s*- /, '').trimEnd());
  const detail = message
    .replace(CALL_LOG, '')
    .replace(/^Error: /, '')
    .trim();
  return {
    detail: clip(redactor, detail, MAX_MESSAGE),
    calls: calls.filter((line) => line.trim() !== '').slice(0, MAX_CALLS),
  };
}

/** Counts the tests of a run. */
export function createTally(redactor: TextRedactor) {
  const counts: Record<Outcome, number> = { passed: 0, failed: 0, flaky: 0, skipped: 0 };
  const tests: Json[] = [];
  const failures: { title: string; error: TestError | undefined }[] = [];
  const errors: TestError[] = [];
  let total = 0;

  const titleOf = ({ path, project }: TestEnd) =>
    clip(redactor, `${project === '' ? '' : `[${project}] `}${path.join(' › ')}`, MAX_TITLE);
  const firstLine = (message: string) =>
    clip(redactor, /^[^\n]*/.exec(readMessage(redactor, message).detail)?.[0] ?? '', MAX_TITLE);
  const placeOf = (error: TestError | undefined) =>
    error?.place ? `${error.place.file}:${error.place.line}` : undefined;

  /** What failed, for a list. */
  const failureList = () =>
    failures.slice(0, MAX_FAILURES).map(({ title, error }) => ({
      title,
      message: firstLine(error?.message ?? ''),
      at: placeOf(error) ?? null,
    }));

  return {
    errors,
    counts,
    begin(count: number) {
      total = count;
    },
    total: () => total,
    test(end: TestEnd): void {
      if (end.outcome === null) return;
      counts[end.outcome] += 1;
      if (end.outcome === 'failed') failures.push({ title: titleOf(end), error: end.errors[0] });
      if (tests.length >= MAX_TESTS) return;
      const { line, column } = end.place;
      const title = titleOf(end);
      tests.push({
        title,
        line,
        column,
        outcome: end.outcome,
        retries: end.retry,
        duration_ms: Math.round(end.duration_ms),
      });
    },
    output(durationMs: number): Json {
      const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
      return { ...counts, duration_ms: Math.round(durationMs), tests, tests_left_out: all - tests.length };
    },
    /** The problem of tests that failed. */
    failed(durationMs: number): Failure {
      const [first] = failures;
      const why = firstLine(first?.error?.message ?? 'The test failed.');
      const others = failures.length - 1;
      const more = others > 0 ? ` (and ${others} more failed test${others === 1 ? '' : 's'})` : '';
      const { line, column, file } = first?.error?.place ?? {};
      return new Failure('script-error', `${first?.title ?? 'A test'}: ${why}${more}`, {
        retryable: true,
        extra: {
          ...(line === undefined ? {} : { line, column, file }),
          ...{ ...counts, duration_ms: Math.round(durationMs), failures: failureList() },
        },
      });
    },
  };
}
export type Tally = ReturnType<typeof createTally>;
