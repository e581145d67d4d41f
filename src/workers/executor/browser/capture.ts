/** Screenshots and the trace of a task. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright';
import type { BrowserSpec } from '../../../contract/automation/kinds/browser.ts';
import type { Step, StepHooks } from '../output/steps.ts';
import type { Run } from '../run.ts';
import { detailOf } from './script-error.ts';
import { redactTrace } from './trace.ts';

/** Shortest time between two screenshots that are taken by themselves, ms. */
const SHOT_INTERVAL = 1000;
/** Pictures of steps that failed, of one attempt. */
const MAX_FAILURE_SHOTS = 20;

/** Pictures of one run. */
interface Pictures extends Pick<StepHooks, 'end'> {
  /** A PNG of a page. */
  screenshot(page: Page | undefined, name: string): Promise<string>;
  /** The picture of a failure that has just happened, if the spec wants one. @returns its name */
  failed(): Promise<string | undefined>;
  /** The picture at the end, if the spec wants one for this outcome. @returns its name */
  last(failed: boolean): Promise<string | undefined>;
}

/** The recording of one run. */
interface TraceRecording extends Pick<StepHooks, 'begin' | 'end'> {
  /** Ends the recording; the file is stored by {@link TraceRecording.store} once the browser has closed. */
  stop(): Promise<void>;
  store(failed: boolean): Promise<void>;
}

/** Pictures and the trace of one run. */
export interface Capture extends Pick<Pictures, 'screenshot' | 'failed' | 'last'>, Pick<StepHooks, 'begin' | 'end'> {
  readonly trace: Pick<TraceRecording, 'stop' | 'store'>;
}

/** Starts recording as the spec says. */
export async function startCapture(context: BrowserContext, run: Run, spec: BrowserSpec): Promise<Capture> {
  const pictures = createPictures(context, run, spec);
  const trace = await startTrace(context, run, spec);
  return {
    screenshot: pictures.screenshot,
    failed: pictures.failed,
    last: pictures.last,
    begin: trace.begin,
    async end(step) {
      await pictures.end(step);
      await trace.end(step);
    },
    trace,
  };
}

/** Runs something that must not fail the script. */
async function quietly<T>(run: Run, what: string, action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (!run.signal.aborted) run.log.write('debug', 'host', `${what}: ${detailOf(error, run.redactor)}`);
    return undefined;
  }
}

/** The page in front: the youngest one that is open. */
export function currentPage(context: BrowserContext): Page | undefined {
  return context.pages().findLast((page) => !page.isClosed());
}

function createPictures(context: BrowserContext, run: Run, spec: BrowserSpec): Pictures {
  let lastShot = 0;
  let failureShots = 0;

  async function shot(page: Page, name: string, type: 'png' | 'jpeg', timeout: number): Promise<string> {
    const bytes = await page.screenshot({ type, timeout, ...(type === 'jpeg' ? { quality: 60, scale: 'css' } : {}) });
    return run.artifacts.add({ kind: 'screenshot', name, mime: `image/${type}` }, bytes);
  }

  return {
    async screenshot(page, name) {
      const target = page ?? currentPage(context);
      if (target === undefined) throw new Error('artifact.screenshot: no page is open');
      return shot(target, name, 'png', 30_000);
    },
    async end(step) {
      if (spec.screenshot !== 'on' || step.parent !== null || run.signal.aborted) return;
      if (Date.now() - lastShot < SHOT_INTERVAL) return;
      lastShot = Date.now();
      const page = currentPage(context);
      if (page !== undefined) await quietly(run, 'screenshot', () => shot(page, `step-${step.seq}.jpg`, 'jpeg', 2000));
    },
    async failed() {
      if (spec.screenshot === 'off' || run.signal.aborted || failureShots >= MAX_FAILURE_SHOTS) return undefined;
      const page = currentPage(context);
      if (page === undefined) return undefined;
      failureShots += 1;
      const name = await quietly(run, 'screenshot', () => shot(page, 'failure.png', 'png', 2000));
      if (name !== undefined) lastShot = Date.now();
      return name;
    },
    async last(failed) {
      if (spec.screenshot === 'off' || (spec.screenshot === 'on_failure' && !failed)) return undefined;
      const page = currentPage(context);
      if (page === undefined) return undefined;
      return quietly(run, 'screenshot', () => shot(page, failed ? 'failure.png' : 'final.png', 'png', 5000));
    },
  };
}

const NO_TRACE: TraceRecording = {
  async begin() {},
  async end() {},
  async stop() {},
  async store() {},
};

async function startTrace({ tracing }: BrowserContext, run: Run, spec: BrowserSpec): Promise<TraceRecording> {
  if (spec.trace === 'off') return NO_TRACE;
  const { temp_dir, task_id, attempt } = run.job;
  const file = join(temp_dir, 'trace.zip');
  /** Steps whose groups are open, the innermost last. */
  const groups: number[] = [];
  let complete = false;
  await mkdir(join(temp_dir, 'traces'), { recursive: true });
  await tracing.start({ screenshots: true, snapshots: true, sources: true, title: `${task_id} #${attempt}` });

  return {
    async begin(step: Step) {
      // Groups of a trace form a stack: concurrent steps cannot be separate groups.
      if (groups.at(-1) !== step.parent?.seq) return;
      groups.push(step.seq);
      await quietly(run, 'trace', () => tracing.group(step.name));
    },
    async end(step: Step) {
      if (groups.at(-1) !== step.seq) return;
      groups.pop();
      await quietly(run, 'trace', () => tracing.groupEnd());
    },
    async stop() {
      await quietly(run, 'trace', async () => {
        await tracing.stop({ path: file });
        complete = true;
      });
    },
    async store(failed) {
      if (!complete || (spec.trace === 'on_failure' && !failed)) return;
      // A trace that cannot be redacted is not kept.
      await quietly(run, 'trace', async () => {
        await redactTrace(file, run.redactor);
        await run.artifacts.move({ kind: 'trace', name: 'trace.zip', mime: 'application/zip' }, file);
      });
    },
  };
}
