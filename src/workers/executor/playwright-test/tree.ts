/** The tests of a run as steps of the task: project › file › group › test › step. */
import type { FailureEvidence } from '../../../contract/automation/report/evidence.ts';
import { AppError, type Problem, problemOf } from '../../../contract/kernel/errors.ts';
import type { TextRedactor } from '../../../contract/kernel/redact/clip.ts';
import type { Step } from '../output/steps.ts';
import type { Run } from '../run.ts';
import type { Attachment, TestError, TestEvent } from './events.ts';
import { readMessage } from './tally.ts';

/** Steps inside of tests that a task keeps; tests themselves always become steps. */
const MAX_INNER = 5000;

type TestEnd = Extract<TestEvent, { t: 'test_end' }>;

const problemOfTest = (redactor: TextRedactor, { message, place }: TestError): Problem => ({
  ...problemOf(new AppError('script-error', readMessage(redactor, message).detail)),
  ...(place === null ? {} : { file: place.file, line: place.line, column: place.column }),
});

/** What surrounds an error of a test. */
export function evidenceOfTest(
  redactor: TextRedactor,
  { message, place, excerpt }: TestError,
  screenshot?: string,
): FailureEvidence {
  const { calls } = readMessage(redactor, message);
  return {
    ...(screenshot === undefined ? {} : { screenshot }),
    ...(calls.length === 0 ? {} : { call_log: calls }),
    ...(place === null || excerpt === null ? {} : { source: { file: place.file, line: place.line, ...excerpt } }),
  };
}

/** Makes the steps; `store` keeps a file and answers its name. */
export function createTree(run: Run, store: (attachment: Attachment) => Promise<string | undefined>) {
  const { steps, redactor } = run;
  const open = new Map<number, Step>();
  let inner = 0;

  function begin(id: number, parent: number | null, name: string, at: number): void {
    // An id that comes twice is forged: the first one counts.
    if (!open.has(id)) open.set(id, steps.begin(name, parent === null ? null : (open.get(parent) ?? null), at));
  }

  function end(id: number, ok: boolean, at: number, error: TestError | null = null, evidence?: FailureEvidence): void {
    const step = open.get(id);
    if (step === undefined) return;
    open.delete(id);
    steps.end(step, ok ? 'succeeded' : 'failed', {
      at,
      error: error === null ? null : problemOfTest(redactor, error),
      evidence: evidence ?? null,
    });
  }

  async function endTest(event: TestEnd): Promise<FailureEvidence | undefined> {
    let screenshot: string | undefined;
    for (const attachment of event.attachments) {
      const name = await store(attachment);
      if (attachment.name === 'screenshot') screenshot ??= name;
    }
    const [error = null] = event.errors;
    const evidence = error === null ? undefined : evidenceOfTest(redactor, error, screenshot);
    const ok = event.outcome === null ? false : event.outcome !== 'failed';
    end(event.id, ok, event.at, error, evidence);
    return ok ? undefined : evidence;
  }

  return {
    /** @returns what surrounds the failure of a test that has just failed */
    async take(event: TestEvent): Promise<FailureEvidence | undefined> {
      switch (event.t) {
        case 'group':
          begin(event.id, event.parent, event.title, event.at);
          return undefined;
        case 'group_end':
          end(event.id, event.ok, event.at);
          return undefined;
        case 'test': {
          const note = event.skipped ? ' (skipped)' : event.retry > 0 ? ` (retry ${event.retry})` : '';
          begin(event.id, event.parent, event.title + note, event.at);
          return undefined;
        }
        case 'step':
          if (open.has(event.parent) && inner++ < MAX_INNER) begin(event.id, event.parent, event.title, event.at);
          return undefined;
        case 'step_end':
          end(event.id, event.error === null, event.at, event.error);
          return undefined;
        case 'test_end':
          return endTest(event);
        case 'begin':
        case 'error':
        case 'end':
          return undefined;
      }
    },
  };
}
