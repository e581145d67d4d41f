/** Runs Playwright scripts. */
import type { BrowserContext, Page } from 'playwright';
import type { BrowserSpec } from '../../../contract/automation/kinds/browser.ts';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { Cancelled, Failure } from '../failure.ts';
import type { ArtifactInfo } from '../output/artifacts.ts';
import { toStrictJson } from '../output/json.ts';
import { type Run, type Runner, whenAborted, within } from '../run.ts';
import type { ScriptApi } from '../script-api.ts';
import { type Capture, currentPage, startCapture } from './capture.ts';
import { evidenceOf, since } from './evidence.ts';
import { launchBrowser } from './launch.ts';
import { fullText, isBrowserGone, scriptFailure } from './script-error.ts';
import { scriptLog } from './script-log.ts';
import { loadScript, scriptLabel } from './script-module.ts';
import { type Watch, watchContext } from './watch.ts';

/** Everything that lives as long as the browser. */
interface Session {
  context: BrowserContext;
  page: Page;
  capture: Capture;
  watch: Watch;
  /** Whether the browser ended unexpectedly. */
  gone(): boolean;
}

async function openSession(run: Run, spec: BrowserSpec): Promise<Session> {
  const context = await launchBrowser(run, spec);
  let closed = false;
  context.on('close', () => {
    closed = true;
  });
  const watch = watchContext(context, run);
  const capture = await startCapture(context, run, spec);
  const page = context.pages()[0] ?? (await context.newPage());
  return { context, page, capture, watch, gone: () => closed };
}

/** Longest that the parts of an end may take, ms; a cancelled task must be gone within a second. */
const PATIENCE = {
  normal: { screenshot: 6000, trace: 60_000, downloads: 600_000, close: 10_000 },
  timed_out: { screenshot: 1000, trace: 2000, downloads: 0, close: 1500 },
  cancelled: { screenshot: 0, trace: 300, downloads: 0, close: 500 },
} as const;

function patience(signal: AbortSignal) {
  if (!(signal.reason instanceof Cancelled)) return PATIENCE.normal;
  return signal.reason.reason === 'timed_out' ? PATIENCE.timed_out : PATIENCE.cancelled;
}

/** Takes the last pictures and closes the browser, which writes its cookies on the way. */
async function closeSession({ context, capture, watch, gone }: Session, run: Run, failed: boolean): Promise<void> {
  /** A cancel that comes meanwhile ends the waiting. */
  async function bounded(part: keyof typeof PATIENCE.normal, work: () => Promise<unknown>): Promise<void> {
    const limit = patience(run.signal)[part];
    if (limit === 0) return;
    await within(limit, run.signal.aborted ? work() : Promise.race([work(), whenAborted(run.signal)]));
  }
  if (!gone()) {
    await bounded('screenshot', async () => {
      // The step that failed may have taken it.
      if (run.evidence.screenshot !== undefined) return;
      const name = await capture.last(failed);
      if (failed && name !== undefined) run.evidence.screenshot = name;
    });
    await bounded('trace', () => capture.trace.stop());
    await bounded('downloads', () => watch.downloads());
  }
  const reason = run.signal.reason instanceof Cancelled ? run.signal.reason.message : 'The script has ended.';
  await within(patience(run.signal).close, context.close({ reason }));
  await capture.trace.store(failed);
}

function apiOf(run: Run, session: Session): ScriptApi {
  // Scripts are not checked: anything can come as a type.
  const info = (name: string, mime: unknown): ArtifactInfo => ({
    kind: 'output',
    name: String(name),
    ...(typeof mime === 'string' ? { mime } : {}),
  });
  const artifact: ScriptApi['artifact'] = Object.assign(
    (name: string, content: string | Uint8Array | { path: string }, options: { mime?: string } = {}) =>
      typeof content === 'string' || content instanceof Uint8Array
        ? run.artifacts.add(info(name, options.mime), content)
        : run.artifacts.addFile(info(name, options.mime), content.path),
    { screenshot: (page?: Page, name = 'screenshot.png') => session.capture.screenshot(page, name) },
  );
  return {
    page: session.page,
    context: session.context,
    input: run.job.input,
    log: scriptLog(run.log),
    progress: (percent, message) => run.report.progress(percent, message === undefined ? null : String(message)),
    step: (name, action) => run.steps.run(name, action),
    artifact,
    signal: run.signal,
    profile: run.job.profile,
  };
}

/** Logs a failure: its message at error, all details at debug. */
function logFailure(run: Run, failure: Failure): void {
  const { line, column } = failure.problem;
  run.log.write('error', 'script', failure.message, line === undefined ? undefined : { line, column });
  if (failure.cause !== undefined) run.log.write('debug', 'script', fullText(failure.cause));
}

/** @see BrowserSpec */
export const runBrowser: Runner<BrowserSpec> = async (run, spec) => {
  const aborted = whenAborted(run.signal);
  const { run: script, file } = await Promise.race([loadScript(spec, run), aborted]).catch((error) => {
    if (error instanceof Failure)
      Object.assign(run.evidence, evidenceOf(error.cause, error.problem, spec.script, scriptLabel(spec)));
    throw error;
  });
  const session = await Promise.race([openSession(run, spec), aborted]);

  const { steps } = run;
  const failureOf = (error: unknown) =>
    scriptFailure(error, file, steps.whereFailed(error), session.gone(), run.redactor);
  const about = (error: unknown) => evidenceOf(error, failureOf(error).problem, spec.script, file.label);
  /** Pictures of steps that failed. */
  const pictures = new Map<number | undefined, { screenshot: string }>();
  steps.attach({
    ...session.capture,
    describe: (error) => failureOf(error).problem,
    async witness({ seq, startedAt }, error) {
      const place = pagePlace(session);
      const screenshot = await session.capture.failed();
      const picture = screenshot === undefined ? {} : { screenshot };
      if (screenshot !== undefined) pictures.set(seq, { screenshot });
      return { ...about(error), ...picture, ...place, ...since(startedAt, run.evidence) };
    },
  });

  let output: Json = null;
  let failure: unknown;
  try {
    output = await Promise.race([callScript(script, apiOf(run, session)), uncaught(run), aborted]);
  } catch (error) {
    failure = run.signal.aborted ? run.signal.reason : await settle(error, session, failureOf);
  }
  // What the script left running fails now because its browser closes; that is expected.
  run.onFault = (error) => run.log.write('debug', 'script', fullText(error));
  if (failure !== undefined) Object.assign(run.evidence, pagePlace(session));
  if (failure instanceof Failure) {
    Object.assign(run.evidence, about(failure.cause), pictures.get(steps.whereFailed(failure.cause)?.seq));
    logFailure(run, failure);
  }
  steps.close(run.signal.aborted || failure === undefined ? 'cancelled' : 'failed');
  await closeSession(session, run, failure !== undefined);
  if (failure !== undefined) throw failure;
  return output;
};

/** Address of the page in front. */
function pagePlace({ context, gone }: Session): { page_url?: string } {
  const page = gone() ? undefined : currentPage(context);
  return page === undefined ? {} : { page_url: page.url() };
}

/** Rejects with the first uncaught error, such as that of an action without its `await`. */
function uncaught(run: Run): Promise<never> {
  return new Promise((_resolve, reject) => {
    run.onFault = reject;
  });
}

async function callScript(script: (api: object) => unknown, api: ScriptApi): Promise<Json> {
  return toStrictJson(await script(api), 'output');
}

/** An action may fail an instant before the browser's end is known. */
async function settle(error: unknown, session: Session, describe: (error: unknown) => Failure): Promise<Failure> {
  if (isBrowserGone(error) && !session.gone()) {
    await within(500, new Promise((resolve) => session.context.once('close', resolve)));
  }
  return describe(error);
}
