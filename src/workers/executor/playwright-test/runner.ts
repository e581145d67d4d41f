/** Runs Playwright Test. */
import { type ChildProcess, fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { type PlaywrightTestSpec, testArguments } from '../../../contract/automation/kinds/playwright-test.ts';
import type { FailureEvidence } from '../../../contract/automation/report/evidence.ts';
import { clip } from '../../../contract/kernel/redact/clip.ts';
import { Failure } from '../failure.ts';
import { follow, untilEnded } from '../process/child.ts';
import { Tail } from '../process/tail.ts';
import type { Run, Runner } from '../run.ts';
import { createAttachments } from './attachments.ts';
import { TestEvent } from './events.ts';
import { findNode, insideFile, playwrightProgram } from './node.ts';
import { type Place, preparePlace } from './place.ts';
import { storeReport } from './report.ts';
import { createTally, readMessage, type Tally } from './tally.ts';
import { createTree, evidenceOfTest } from './tree.ts';

/** End of standard error that is kept, and of it what a problem shows; characters. */
const STDERR_TAIL = 8192;
const LAST_WORDS = 500;
const NO_TESTS = /No tests found/i;

/** Takes the events of a run in their order. */
function createReader(run: Run, place: Place, tally: Tally) {
  const attachments = createAttachments(run, place.output);
  const tree = createTree(run, attachments.store);
  const seen: { end: Extract<TestEvent, { t: 'end' }> | null; evidence: FailureEvidence | null; bad: boolean } = {
    end: null,
    evidence: null,
    bad: false,
  };
  let work: Promise<void> = Promise.resolve();
  let done = 0;

  async function take(event: TestEvent): Promise<void> {
    const evidence = await tree.take(event);
    if (evidence !== undefined) seen.evidence ??= evidence;
    if (event.t === 'begin') tally.begin(event.total);
    if (event.t === 'end') seen.end = event;
    if (event.t === 'error') {
      tally.errors.push(event.error);
      run.log.write('error', 'playwright', readMessage(run.redactor, event.error.message).detail);
    }
    if (event.t === 'test_end') {
      tally.test(event);
      if (event.outcome !== null) done += 1;
      const total = tally.total();
      run.report.progress(total === 0 ? null : (100 * done) / total, `${done} of ${total} tests`);
      const about = `${event.path.join(' › ')}${event.retry > 0 ? ` (retry ${event.retry})` : ''}`;
      run.log.write(event.errors.length === 0 ? 'info' : 'error', 'playwright', `${event.status}: ${about}`);
    }
  }

  return {
    seen,
    message(raw: unknown): void {
      const event = TestEvent.safeParse(raw);
      if (!event.success) {
        if (!seen.bad)
          run.log.write('warn', 'host', 'A message of the test runner is of no known form; it is left out.');
        seen.bad = true;
        return;
      }
      work = work.then(() => take(event.data));
    },
    settled: () => work,
  };
}

/** Where a file that does not compile, or an error outside of tests, is told. */
function errorOutside(run: Run, tally: Tally, spec: PlaywrightTestSpec): Failure | null {
  const [error] = tally.errors;
  if (error === undefined) return null;
  const { detail } = readMessage(run.redactor, error.message);
  if (NO_TESTS.test(detail)) {
    const why = spec.grep === null ? '' : ` whose title fits ${spec.grep}`;
    const where = spec.folder === null ? 'The file has no test' : `The folder ${spec.folder} has no test`;
    return new Failure(
      'script-invalid',
      `${where}${why}. Write one with test('…', async ({ page }) => { … }), or correct the filter.`,
      {
        retryable: false,
        extra: { reason: 'no_tests' },
      },
    );
  }
  Object.assign(run.evidence, evidenceOfTest(run.redactor, error));
  const { file, line, column } = error.place ?? {};
  return new Failure('script-invalid', `${file === undefined ? '' : `${file}:${line}:${column}: `}${detail}`, {
    retryable: false,
    extra: line === undefined ? {} : { file, line, column },
  });
}

function crash(run: Run, { code, signal }: { code: number | null; signal: string | null }, stderr: string): Failure {
  const end = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`;
  const words = clip(run.redactor, stderr.trim().split('\n').at(-1) ?? '', LAST_WORDS);
  return new Failure(
    'process-failed',
    `The test runner ${end} before its tests were done${words === '' ? '.' : `: ${words}`}`,
    {
      retryable: true,
      ...(code === null ? {} : { exitCode: code }),
      extra: { exit_code: code, signal },
    },
  );
}

async function start(spec: PlaywrightTestSpec, run: Run, place: Place) {
  const program = playwrightProgram();
  const args = testArguments(spec, run.job.profile !== null, place);
  run.log.write(
    'debug',
    'host',
    `Starting playwright ${args.map((arg) => JSON.stringify(arg)).join(' ')} in ${place.cwd}`,
  );
  return fork(program, args, {
    cwd: place.cwd,
    env: place.env,
    execPath: await findNode(),
    // Playwright starts its workers with the same options.
    execArgv: ['--disable-warning=ExperimentalWarning', '--import', pathToFileURL(insideFile('hooks')).href],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: process.platform !== 'win32',
  }) as ChildProcess & { stdout: Readable; stderr: Readable };
}

/** @see PlaywrightTestSpec */
export const runPlaywrightTest: Runner<PlaywrightTestSpec> = async (run, spec) => {
  const { redactor } = run;
  const place = await preparePlace(run, spec);
  const tally = createTally(run.redactor);
  const reader = createReader(run, place, tally);
  run.signal.throwIfAborted();
  const started = performance.now();
  const child = await start(spec, run, place);
  child.on('message', reader.message);
  const endOutput = follow(run, child.stdout, 'stdout', 'info', new Tail(redactor, STDERR_TAIL));
  const endErrors = follow(run, child.stderr, 'stderr', 'warn', new Tail(redactor, STDERR_TAIL));
  const ended = await untilEnded(run, child);
  child.stdout.destroy();
  child.stderr.destroy();
  const [, stderr] = [endOutput(), endErrors()];
  run.signal.throwIfAborted();
  await reader.settled();
  await storeReport(run, place.report);

  const { end, evidence } = reader.seen;
  const duration = end?.duration_ms ?? performance.now() - started;
  if (stderr !== '' && end === null) run.evidence.stderr = stderr;
  run.steps.close('failed');
  if (tally.counts.failed > 0) {
    Object.assign(run.evidence, evidence);
    throw tally.failed(duration);
  }
  const outside = errorOutside(run, tally, spec);
  if (outside !== null) throw outside;
  if (end === null || end.status !== 'passed') throw crash(run, ended, stderr);
  return tally.output(duration);
};
