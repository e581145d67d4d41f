/** What is common to all programs that a task starts: their output goes to the log, they end with the task. */
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Level } from '../output/log.ts';
import { type Run, within } from '../run.ts';
import type { Tail } from './tail.ts';

/** Longest log line, characters; longer ones are cut into several. */
const MAX_LINE = 16_384;
/** Between SIGTERM and SIGKILL after a cancel, ms. */
const TERM_GRACE = 400;
/** Silence after the program's end that counts as the end of its output, ms; a daemonised descendant may keep the pipe open. */
const DRAIN_SILENCE = 250;
/** More than pipes can hold, bytes: what comes beyond it after the program's end was written by a daemonised descendant. */
const DRAIN_BYTES = 4 * 1024 * 1024;

/** A program whose output is read. */
type Program = ChildProcess & { stdout: Readable; stderr: Readable };

/**
 * Writes a stream to the log, line by line. Log writes wait for the host, so a program that floods its output is slowed
 * down by its own full pipe.
 * @returns ends the log, and answers what is kept
 */
export function follow(
  run: Run,
  stream: Readable,
  source: 'stdout' | 'stderr',
  level: Level,
  keep: Tail,
): () => string {
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

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/**
 * Waits for the end of a program that has its own process group, and ends it with its group when the task is cancelled.
 * @param stop signal that asks it to end
 * @throws what the system says of a program that cannot be started
 */
export async function untilEnded(
  { signal }: Pick<Run, 'signal'>,
  child: Program,
  stop: 'SIGTERM' | 'SIGINT' = 'SIGTERM',
): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  child.once('error', reject);
  child.once('exit', (code, by) => resolve({ code, signal: by }));

  let killer: NodeJS.Timeout | undefined;
  const cancel = () => {
    signalGroup(child, stop);
    killer = setTimeout(() => signalGroup(child, 'SIGKILL'), TERM_GRACE);
  };
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  try {
    const ended = await promise;
    // What is left in its process group must not outlive the task.
    signalGroup(child, 'SIGKILL');
    await drained(child);
    return ended;
  } finally {
    clearTimeout(killer);
    signal.removeEventListener('abort', cancel);
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
