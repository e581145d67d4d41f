/** Runs programs. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { FILES_FOLDER, inheritedEnvironment, RUN_ID_ENV } from '../../../contract/automation/executor.ts';
import type { ProcessSpec } from '../../../contract/automation/kinds/process.ts';
import { OUTPUT_BOUNDS, parseBounded } from '../../../contract/kernel/bounds.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import { clip, clipEnd } from '../../../contract/kernel/redact/clip.ts';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { Failure } from '../failure.ts';
import type { Level } from '../output/log.ts';
import { type Run, type Runner, within } from '../run.ts';
import { Tail } from './tail.ts';

/** Text kept as the output, characters from the end. */
const OUTPUT_TAIL = 65_536;
/** End of standard error that is kept for a failure, characters. */
const STDERR_TAIL = 8192;
/** Of it, what a problem has in its detail, from the start of the last line, and as a member, from the end; characters. */
const LAST_WORDS = 500;
const STDERR_SHOWN = 2000;
/** Largest JSON output, characters. */
const OUTPUT_JSON = 32 * 1024 * 1024;
/** Longest log line, characters; longer ones are cut into several. */
const MAX_LINE = 16_384;
/** Between SIGTERM and SIGKILL after a cancel, ms. */
const TERM_GRACE = 400;
/** Silence after the program's end that counts as the end of its output, ms; a daemonised descendant may keep the pipe open. */
const DRAIN_SILENCE = 250;
/** More than pipes can hold, bytes: what comes beyond it after the program's end was written by a daemonised descendant. */
const DRAIN_BYTES = 4 * 1024 * 1024;

type Program = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Writes a stream to the log, line by line. Log writes wait for the host, so a program that floods its output is slowed
 * down by its own full pipe.
 * @returns ends the log, and answers what is kept
 */
function follow(run: Run, stream: Readable, source: 'stdout' | 'stderr', level: Level, keep: Tail): () => string {
  const decoder = new StringDecoder('utf8');
  let rest = '';

  function lines(text: string): void {
    rest += text;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      write(rest.slice(0, rest[end - 1] === '\r' ? end - 1 : end));
      rest = rest.slice(end + 1);
    }
    // A bar that redraws itself with carriage returns, or binary output, has no line ends.
    if (rest.length > MAX_LINE) {
      write(rest);
      rest = '';
    }
  }
  function write(line: string): void {
    for (let at = 0; at === 0 || at < line.length; at += MAX_LINE)
      run.log.write(level, source, line.slice(at, at + MAX_LINE));
  }

  // Redacted before it is cut, so that no cut goes through a secret.
  const redact = run.redactor.stream();
  function take(text: string): void {
    keep.push(text);
    lines(redact.push(text));
  }
  stream.on('data', (chunk: Buffer) => take(decoder.write(chunk)));
  return () => {
    take(decoder.end());
    lines(redact.flush());
    if (rest !== '') write(rest);
    return keep.end();
  };
}

function startFailure(error: unknown, program: string, env: NodeJS.ProcessEnv): Failure {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const named = /[\\/]/.test(program);
  const detail =
    code === 'ENOENT'
      ? named
        ? `There is no program at ${program}.`
        : `The program ${program} is in none of the folders of PATH (${(env.PATH ?? '').split(delimiter).join(', ') || 'empty'}).`
      : code === 'EACCES'
        ? `${program} is not a program that may be executed.`
        : `${program} could not be started: ${error instanceof Error ? error.message : String(error)}`;
  return new Failure('process-failed', detail, { retryable: false, extra: { reason: code ?? 'spawn' }, cause: error });
}

/** Signals the program with everything in its group. */
function signalGroup(child: Program, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // The group is empty.
  }
}

async function folderOf(run: Run, spec: ProcessSpec): Promise<string> {
  if (spec.cwd === null) {
    const folder = join(run.job.run_dir, 'work');
    await mkdir(folder, { recursive: true });
    return folder;
  }
  // A missing folder would otherwise be reported as a missing program.
  if (existsSync(spec.cwd) && statSync(spec.cwd).isDirectory()) return spec.cwd;
  throw new Failure('process-failed', `The working folder ${spec.cwd} does not exist.`, {
    retryable: false,
    extra: { reason: 'cwd' },
  });
}

function environmentOf(spec: ProcessSpec): Record<string, string> {
  const marker = process.env[RUN_ID_ENV];
  return {
    ...inheritedEnvironment(process.env),
    // In the desktop app {{host.node}} is Electron's binary, which runs as Node.js only with this variable.
    ...(process.versions.electron !== undefined && spec.argv[0] === process.execPath
      ? { ELECTRON_RUN_AS_NODE: '1' }
      : {}),
    ...spec.env,
    ...(marker === undefined ? {} : { [RUN_ID_ENV]: marker }),
  };
}

/** Writes the private files of the attempt into its temporary folder, which the host removes with it. */
async function writeFiles({ job }: Run, files: ProcessSpec['files']): Promise<void> {
  const folder = join(job.temp_dir, FILES_FOLDER);
  const all = Object.entries(files);
  if (all.length > 0) await mkdir(folder, { recursive: true, mode: 0o700 });
  await Promise.all(all.map(([name, text]) => writeFile(join(folder, name), text, { flag: 'wx', mode: 0o600 })));
}

function warnOfSecrets({ log, redactor }: Run, { argv, env }: ProcessSpec): void {
  const shown = [...argv, ...Object.values(env)].some((text) => redactor.text(text) !== text);
  if (shown)
    log.write('warn', 'host', 'Other programs on this machine can read a secret in the arguments or environment.');
}

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Starts the program and waits for its end; rejects when it cannot be started. */
async function execute(run: Run, child: Program, spec: ProcessSpec, env: NodeJS.ProcessEnv): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  child.once('error', (error) => reject(startFailure(error, spec.argv[0] ?? '', env)));
  child.once('exit', (code, signal) => resolve({ code, signal }));
  // A program that does not read its input may close the pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(spec.stdin ?? '');

  let killer: NodeJS.Timeout | undefined;
  const cancel = () => {
    signalGroup(child, 'SIGTERM');
    killer = setTimeout(() => signalGroup(child, 'SIGKILL'), TERM_GRACE);
  };
  if (run.signal.aborted) cancel();
  else run.signal.addEventListener('abort', cancel, { once: true });
  try {
    const ended = await promise;
    // What is left in its process group must not outlive the task.
    signalGroup(child, 'SIGKILL');
    await drained(child);
    return ended;
  } finally {
    clearTimeout(killer);
    run.signal.removeEventListener('abort', cancel);
  }
}

/**
 * Waits for what the pipes still hold. The log is written synchronously, so a host that is busy stops this process for longer
 * than any deadline: only silence while it really listens counts.
 */
async function drained(child: Program): Promise<void> {
  let heardAt = performance.now();
  let bytes = 0;
  const heard = (chunk: Buffer) => {
    heardAt = performance.now();
    bytes += chunk.length;
  };
  child.stdout.on('data', heard);
  child.stderr.on('data', heard);
  let over = false;
  const end = Promise.all([done(child.stdout), done(child.stderr)]).then(() => {
    over = true;
  });
  while (!over && bytes < DRAIN_BYTES && performance.now() - heardAt < DRAIN_SILENCE) {
    await within(DRAIN_SILENCE, end);
    // Timers come before input in a turn of the event loop: let the input have its turn.
    await nextTurn();
  }
}

const done = (stream: Readable) =>
  new Promise<void>((resolve) => (stream.readableEnded ? resolve() : stream.once('close', () => resolve())));

function parseOutput(text: string): Json {
  try {
    // A JSON text gives nothing but JSON.
    return parseBounded(text, OUTPUT_BOUNDS) as Json;
  } catch (error) {
    throw new Failure(
      'process-failed',
      error instanceof AppError
        ? `The output cannot be used: ${error.message}`
        : `The output is not JSON: ${String(error)}`,
      {
        retryable: false,
        extra: { reason: 'output' },
        cause: error,
      },
    );
  }
}

/** @see ProcessSpec */
export const runProcess: Runner<ProcessSpec> = async (run, spec) => {
  const [program = '', ...args] = spec.argv;
  const cwd = await folderOf(run, spec);
  const env = environmentOf(spec);
  await writeFiles(run, spec.files);
  warnOfSecrets(run, spec);
  run.log.write(
    'debug',
    'host',
    `Starting ${[program, ...args].map((arg) => JSON.stringify(arg)).join(' ')} in ${cwd}`,
  );
  const started = performance.now();
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const { redactor } = run;
  const output = new Tail(redactor, spec.output === 'json' ? OUTPUT_JSON : OUTPUT_TAIL);
  const endOutput = follow(run, child.stdout, 'stdout', 'info', output);
  const endErrors = follow(run, child.stderr, 'stderr', 'warn', new Tail(redactor, STDERR_TAIL));
  const { code, signal } = await execute(run, child, spec, env);
  child.stdout.destroy();
  child.stderr.destroy();
  const [stdout, stderr] = [endOutput(), endErrors()];
  if (stderr !== '') run.evidence.stderr = stderr;
  run.signal.throwIfAborted();

  const duration = Math.round(performance.now() - started);
  const end = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`;
  run.log.write('debug', 'host', `${program} ${end} after ${duration} ms`);
  if (code === null || !spec.success_codes.includes(code)) {
    const lastWords = clip(redactor, stderr.trim().split('\n').at(-1) ?? '', LAST_WORDS);
    // The reason first: a list shows no more than the beginning, and the command tells the program.
    const why = code === null ? `Ended by ${signal}` : `Exit code ${code}`;
    throw new Failure('process-failed', lastWords === '' ? `${program} ${end}.` : `${why}: ${lastWords}`, {
      retryable: true,
      ...(code === null ? {} : { exitCode: code }),
      extra: { exit_code: code, signal, stderr: clipEnd(redactor, stderr, STDERR_SHOWN) },
    });
  }
  if (spec.output === 'none') return null;
  return spec.output === 'json' ? parseOutput(stdout) : stdout;
};
