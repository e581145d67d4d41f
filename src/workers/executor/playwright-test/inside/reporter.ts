/** Playwright loads this reporter into its runner; it tells the executor of each test over the channel of the process. */
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type {
  FullConfig,
  FullResult,
  Reporter,
  Suite,
  TestCase,
  TestError,
  TestResult,
  TestStep,
} from 'playwright/types/testReporter';
import type { TestEvent, Attachment as Told, TestError as ToldError } from '../events.ts';

/** Lines before and after the one that failed. */
const AROUND = 2;
/** Steps of one test that are told, and how deep they may be nested. */
const MAX_STEPS = 100;
const MAX_DEPTH = 6;
const MAX_TEXT = 60_000;
const MAX_NAME = 1000;
const MAX_MIME = 200;
const MAX_BODY = 1_000_000;
const MAX_SOURCE = 2_000_000;
/** What tests wrote; hooks and fixtures count only as far as these are in them. */
const CATEGORIES = new Set(['test.step', 'expect', 'pw:api']);

const OUTCOMES = { expected: 'passed', unexpected: 'failed', flaky: 'flaky', skipped: 'skipped' } as const;
/** A text of bounded length. Nothing is cut: secrets are not known here, and one that a cut went through would not be found any more. */
function whole(text: string, most = MAX_TEXT): string {
  const plain = stripVTControlCharacters(text);
  return plain.length <= most ? plain : `(a text of ${plain.length} characters)`;
}

/** Title of a step with what it is about, as in `Navigate to "/cart"`. */
function titleOf(step: TestStep & { subtitle?: string }): string {
  return step.subtitle ? `${step.title} ${step.subtitle}` : step.title;
}

/** Messages are sent at once and in order; the runner ends when the last one is out. */
function tell(event: TestEvent): void {
  process.send?.(event);
}

// biome-ignore lint/style/noDefaultExport: Playwright looks for the default export of a reporter.
export default class TaskReporter implements Reporter {
  #root = '';
  #last = 0;
  readonly #groups = new Map<Suite, { id: number; left: number; ok: boolean }>();
  readonly #tests = new Map<TestResult, { id: number; told: number }>();
  readonly #steps = new Map<TestStep, number>();

  printsToStdio(): boolean {
    // Without a reporter that prints, Playwright adds one of its own.
    return true;
  }

  onBegin(config: FullConfig, suite: Suite): void {
    this.#root = config.rootDir;
    tell({ t: 'begin', total: suite.allTests().length });
  }

  onStdOut(chunk: string | Buffer): void {
    // Playwright tells its workers to write in colour when it is started from a terminal.
    process.stdout.write(stripVTControlCharacters(String(chunk)));
  }

  onStdErr(chunk: string | Buffer): void {
    process.stderr.write(stripVTControlCharacters(String(chunk)));
  }

  /** The step of a suite, begun with its first test; null for the root, and for a project without a name. */
  #groupOf(suite: Suite | undefined): number | null {
    if (suite === undefined || suite.type === 'root') return null;
    const known = this.#groups.get(suite);
    if (known !== undefined) return known.id;
    const parent = this.#groupOf(suite.parent);
    if (suite.title === '') return parent;
    const id = ++this.#last;
    this.#groups.set(suite, { id, left: suite.allTests().length, ok: true });
    tell({ t: 'group', id, parent, title: whole(suite.title), at: Date.now() });
    return id;
  }

  onTestBegin(test: TestCase, result: TestResult): void {
    const parent = this.#groupOf(test.parent) ?? 0;
    const id = ++this.#last;
    this.#tests.set(result, { id, told: 0 });
    const skipped = test.expectedStatus === 'skipped';
    tell({ t: 'test', id, parent, title: whole(test.title), retry: result.retry, skipped, at: Date.now() });
  }

  onStepBegin(_test: TestCase, result: TestResult, step: TestStep): void {
    const test = this.#tests.get(result);
    if (test === undefined || !CATEGORIES.has(step.category) || test.told >= MAX_STEPS) return;
    let depth = 0;
    let parent = test.id;
    for (let above = step.parent; above !== undefined; above = above.parent) {
      depth += 1;
      // Starting the browser and the like is nobody's test.
      if (above.category === 'fixture') return;
      const id = this.#steps.get(above);
      if (id !== undefined && parent === test.id) parent = id;
    }
    if (depth > MAX_DEPTH) return;
    test.told += 1;
    const id = ++this.#last;
    this.#steps.set(step, id);
    tell({ t: 'step', id, parent, title: whole(titleOf(step)), at: step.startTime.getTime() });
  }

  onStepEnd(_test: TestCase, _result: TestResult, step: TestStep): void {
    const id = this.#steps.get(step);
    if (id === undefined) return;
    this.#steps.delete(step);
    const at = step.startTime.getTime() + Math.max(0, step.duration);
    tell({ t: 'step_end', id, error: step.error === undefined ? null : this.#error(step.error), at: Math.round(at) });
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    const { id } = this.#tests.get(result) ?? { id: 0 };
    this.#tests.delete(result);
    const unexpected = result.status !== 'skipped' && result.status !== test.expectedStatus;
    const isLast = !unexpected || result.retry >= test.retries || result.status === 'interrupted';
    const [, project = '', , ...titles] = test.titlePath();
    tell({
      t: 'test_end',
      id,
      path: [this.#name(test.location.file), ...titles].slice(0, 50).map((title) => whole(title)),
      project: whole(project, MAX_NAME),
      place: { ...test.location, file: this.#name(test.location.file) },
      status: result.status,
      outcome: isLast ? OUTCOMES[test.outcome()] : null,
      retry: result.retry,
      duration_ms: result.duration,
      errors: result.errors.slice(0, 5).map((error) => this.#error(error)),
      attachments: result.attachments.slice(0, 50).flatMap(({ name, contentType, path, body }): Told[] => {
        // Playwright's own notes; what they say is in the error, the excerpt and the trace.
        if (name.startsWith('_') || name === 'error-context') return [];
        const about = { name: whole(name, MAX_NAME), mime: whole(contentType, MAX_MIME) };
        if (path !== undefined) return [{ ...about, path, body: null }];
        const kept = body !== undefined && body.length <= MAX_BODY;
        return kept ? [{ ...about, path: null, body: body.toString('base64') }] : [];
      }),
      at: Date.now(),
    });
    if (isLast) this.#leave(test.parent, !unexpected);
  }

  /** A test of a suite has come to its end. */
  #leave(suite: Suite | undefined, ok: boolean): void {
    for (let at = suite; at !== undefined; at = at.parent) {
      const group = this.#groups.get(at);
      if (group === undefined) continue;
      group.left -= 1;
      group.ok &&= ok;
      if (group.left === 0) tell({ t: 'group_end', id: group.id, ok: group.ok, at: Date.now() });
    }
  }

  onError(error: TestError): void {
    tell({ t: 'error', error: this.#error(error) });
  }

  onEnd({ status, duration }: FullResult): void {
    tell({ t: 'end', status, duration_ms: duration });
  }

  #name(file: string): string {
    const name = relative(this.#root, file);
    return name.startsWith('..') || isAbsolute(name) ? file : name.replaceAll('\\', '/');
  }

  #error({ message, value, location, cause }: TestError): ToldError {
    const text = whole(message ?? value ?? cause?.message ?? 'An error without a message.');
    // A syntax error names its place in the text only.
    const found = placeIn(text);
    const place = location ?? found;
    if (place === null) return { message: text, place: null, excerpt: null };
    const { file, line, column } = place;
    return { message: text, place: { file: this.#name(file), line, column }, excerpt: excerptOf(file, line) };
  }
}

/** Place in the text of a syntax error: `SyntaxError: file: message (line:column)`, and below it an excerpt. */
function placeIn(text: string): ToldError['place'] {
  const [, file, message = ''] = /^SyntaxError: ((?:[^\n:]|:(?! ))+): ([^\n]*)/.exec(text) ?? [];
  const place = [...message.matchAll(/\((\d{1,9}):(\d{1,9})\)/g)].at(-1);
  if (file === undefined || place === undefined) return null;
  return { file, line: Number(place[1]), column: Number(place[2]) };
}

/** Lines of a test file; null for one that cannot be read. */
function excerptOf(file: string, line: number): ToldError['excerpt'] {
  try {
    if (statSync(file).size > MAX_SOURCE) return null;
    const all = readFileSync(file, 'utf8').split(/\r?\n/);
    const first = Math.max(1, line - AROUND);
    const lines = all.slice(first - 1, line + AROUND).map((text) => whole(text, MAX_NAME));
    return lines.length === 0 ? null : { first_line: first, lines };
  } catch {
    return null;
  }
}
