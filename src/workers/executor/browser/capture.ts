/** Screenshots and the trace of a task. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright';
import type { BrowserSpec } from '../../../contract/automation/kinds/browser.ts';
import type { Step, StepHooks } from '../output/steps.ts';
import type { Run } from '../run.ts';
import { textsOf } from './script-error.ts';
import { redactTrace } from './trace.ts';

/** Shortest time between two screenshots that are taken by themselves, ms. */
const SHOT_INTERVAL = 1000;

/** Pictures and the trace of one run. */
export interface Capture extends Pick<StepHooks, 'begin' | 'end'> {
  /** A PNG of a page. */
  screenshot(page: Page | undefined, name: string): Promise<string>;
  /** The picture at the end, if the spec wants one for this outcome. */
  last(failed: boolean): Promise<void>;
  /** Ends the recording; the file is stored by {@link Capture.store} once the browser has closed. */
  stopTrace(): Promise<void>;
  store(failed: boolean): Promise<void>;
}

/** The page that people would look at: the youngest one that is open. */
function currentPage(context: BrowserContext): Page | undefined {
  return context.pages().findLast((page) => !page.isClosed());
}

/** Starts recording as the spec says. */
export async function startCapture(context: BrowserContext, run: Run, spec: BrowserSpec): Promise<Capture> {
  const tracing = spec.trace !== 'off';
  const traceFile = join(run.job.temp_dir, 'trace.zip');
  const groups: number[] = [];
  let lastShot = 0;
  let traceReady = false;

  if (tracing) {
    await mkdir(join(run.job.temp_dir, 'traces'), { recursive: true });
    await context.tracing.start({
      screenshots: true,
      snapshots: true,
      sources: true,
      title: `${run.job.task_id} #${run.job.attempt}`,
    });
  }

  /** Runs something that must not fail the script. */
  async function quietly(what: string, action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!run.signal.aborted) run.log.write('debug', 'host', `${what}: ${textsOf(error).detail}`);
    }
  }

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
    async begin(step: Step) {
      // Groups of a trace form a stack: only steps that do not run side by side can be told apart in it.
      if (!tracing || groups.at(-1) !== step.parent?.seq) return;
      groups.push(step.seq);
      await quietly('trace', () => context.tracing.group(step.name));
    },
    async end(step: Step) {
      if (
        spec.screenshot === 'on' &&
        step.parent === null &&
        Date.now() - lastShot >= SHOT_INTERVAL &&
        !run.signal.aborted
      ) {
        const page = currentPage(context);
        lastShot = Date.now();
        if (page !== undefined) await quietly('screenshot', () => shot(page, `step-${step.seq}.jpg`, 'jpeg', 2000));
      }
      if (groups.at(-1) !== step.seq) return;
      groups.pop();
      await quietly('trace', () => context.tracing.groupEnd());
    },
    async last(failed) {
      if (spec.screenshot === 'off' || (spec.screenshot === 'on_failure' && !failed)) return;
      const page = currentPage(context);
      if (page !== undefined)
        await quietly('screenshot', () => shot(page, failed ? 'failure.png' : 'final.png', 'png', 5000));
    },
    async stopTrace() {
      if (!tracing) return;
      await quietly('trace', async () => {
        await context.tracing.stop({ path: traceFile });
        traceReady = true;
      });
    },
    async store(failed) {
      if (!traceReady || (spec.trace === 'on_failure' && !failed)) return;
      // A trace that cannot be redacted is not kept.
      await quietly('trace', async () => {
        await redactTrace(traceFile, run.redactor);
        await run.artifacts.move({ kind: 'trace', name: 'trace.zip', mime: 'application/zip' }, traceFile);
      });
    },
  };
}
