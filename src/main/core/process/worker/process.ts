/** One child process that speaks messages: fork, ready handshake, cancel, kill of the whole process tree. */
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { excessOf, MESSAGE_BOUNDS } from '../../../../contract/kernel/bounds.ts';
import { parseSafely } from '../../../../contract/kernel/parse.ts';
import type { ChildExit, Platform } from '../../../platform/platform.ts';
import type { Clock } from '../../clock.ts';
import { guarded } from '../../listeners.ts';
import type { Logger } from '../../log/logger.ts';
import { createSnapshot, killTree, reapRun, snapshotTree } from '../process-tree.ts';

/** What a worker sends first, once it can take messages. */
interface Ready {
  t: 'ready';
}

/** A process is killed after this many invalid messages: each costs the host time and a line in its log. */
const MAX_REFUSED = 20;

/** What every worker process needs from the host. */
export interface WorkerDeps {
  platform: Pick<Platform, 'fork'>;
  clock: Clock;
  log: Logger;
}

/** How to start a process, and which messages it may send. */
export interface WorkerOptions<To extends z.ZodType, From extends z.ZodType<{ t: string }>> {
  module: string;
  /** Name shown in process lists. */
  name: string;
  /** The whole environment. It carries `runId` as `RUN_ID_ENV`, by which descendants are found. */
  env: Record<string, string>;
  cwd?: string;
  runId: string;
  /** Messages in both directions; `from` includes `{ t: 'ready' }`. */
  to: To;
  from: From;
  /** How long the process may take to be ready before it is killed, ms. */
  readyMs: number;
  onReady(): void;
  onMessage(message: Exclude<z.output<From>, Ready>): void;
  /** Called for each message that was dropped, with the reason. */
  onRefused?(reason: string): void;
}

/** How a process ended. */
export interface WorkerExit extends ChildExit {
  /** False when the process never completed the handshake. */
  ready: boolean;
}

/** A running process; see {@link startWorkerProcess}. */
export interface WorkerProcess<To> {
  readonly pid: number | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves once; it never rejects. */
  readonly exited: Promise<WorkerExit>;
  /** Ignored once the process has gone. */
  send(message: To): void;
  /** Asks the process to end with `farewell` and kills its tree after `graceMs`; 0 kills at once. */
  stop(farewell: To, graceMs: number): void;
  /** Kills the tree unless the process ends by itself within `ms`. */
  expectExit(ms: number): void;
  kill(): void;
  /** Kills what the process left behind, for at most `deadlineMs`. @returns how many processes could not be ended */
  reap(deadlineMs: number): Promise<number>;
}

/**
 * Starts a process. Messages that exceed the bounds or do not fit the schema are logged and dropped: a child is not trusted.
 */
export function startWorkerProcess<To extends z.ZodType, From extends z.ZodType<{ t: string }>>(
  { platform, clock, log }: WorkerDeps,
  options: WorkerOptions<To, From>,
): WorkerProcess<z.input<To>> {
  const { module, name, env, cwd, runId, from } = options;
  const child = platform.fork(module, { env, name, ...(cwd === undefined ? {} : { cwd }) });
  const tree = createSnapshot(runId, child.pid);
  const timers: (() => void)[] = [];
  let gone = false;
  let ready = false;
  let refused = 0;

  const after = (ms: number, work: () => void) => {
    if (!gone) timers.push(clock.schedule(work, ms));
  };

  function kill(): void {
    // Once the process has gone its pid may belong to another one: descendants are then found by `reap`.
    if (gone || child.pid === undefined) return;
    killTree(child.pid, runId, 'SIGKILL', tree).catch((error: unknown) => {
      log.error('workers', 'process tree not killed', { worker: name, run_id: runId, error });
      if (!gone) child.kill('SIGKILL');
    });
  }

  function onMessage(message: unknown): void {
    const excess = message instanceof Error ? `no message: ${message.message}` : excessOf(message, MESSAGE_BOUNDS);
    const parsed = excess === null ? parseSafely(from, message) : null;
    if (!parsed?.success) {
      refused += 1;
      if (refused > MAX_REFUSED) return;
      const reason = (excess ?? parsed?.error?.issues[0]?.message ?? '').slice(0, 200);
      log.warn('workers', 'message of a worker dropped', { worker: name, run_id: runId, reason });
      options.onRefused?.(reason);
      if (refused === MAX_REFUSED) kill();
      return;
    }
    if (parsed.data.t !== 'ready') options.onMessage(parsed.data as Exclude<z.output<From>, Ready>);
    else if (!ready) {
      ready = true;
      options.onReady();
    }
  }

  const exited = child.exited.then((exit): WorkerExit => {
    gone = true;
    for (const cancel of timers) cancel();
    return { ...exit, ready };
  });
  child.onMessage(
    guarded(onMessage, (error) => {
      log.error('workers', 'a message of a worker could not be handled', { worker: name, run_id: runId, error });
    }),
  );
  after(options.readyMs, () => {
    if (!ready) kill();
  });

  return {
    pid: child.pid,
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    send: (message) => child.send(message),
    stop(farewell, graceMs) {
      if (gone) return;
      child.send(farewell);
      if (graceMs <= 0) return kill();
      // Which process belongs to which can be seen only while both live.
      if (child.pid !== undefined) void snapshotTree(child.pid, tree).catch(() => undefined);
      after(graceMs, kill);
    },
    expectExit: (ms) => after(ms, kill),
    kill,
    reap: (deadlineMs) => reapRun(runId, { deadlineMs, known: tree }),
  };
}
