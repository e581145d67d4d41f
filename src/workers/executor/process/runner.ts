/** Runs programs. */
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { FILES_FOLDER, inheritedEnvironment, RUN_ID_ENV } from '../../../contract/automation/executor.ts';
import type { ProcessSpec } from '../../../contract/automation/kinds/process.ts';
import { OUTPUT_BOUNDS, parseBounded } from '../../../contract/kernel/bounds.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import { clip, clipEnd } from '../../../contract/kernel/redact/clip.ts';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { Failure } from '../failure.ts';
import type { Run, Runner } from '../run.ts';
import { follow, untilEnded } from './child.ts';
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
  // A program that does not read its input may close the pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(spec.stdin ?? '');
  const { code, signal } = await untilEnded(run, child).catch((error) => {
    throw startFailure(error, program, env);
  });
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
