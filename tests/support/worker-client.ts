/** The client of a real worker process. */
import path from 'node:path';
import { afterEach } from 'vitest';
import { z } from 'zod';
import { type Clock, systemClock } from '../../src/main/core/clock.ts';
import { listProcesses } from '../../src/main/core/process/process-list.ts';
import { createWorkerClient } from '../../src/main/core/process/worker/client.ts';
import { createNodePlatform } from '../../src/main/platform/node.ts';
import { memoryLog, ROOT } from './core.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

interface Setting {
  env?: Record<string, string>;
  readyMs?: number;
  cancelGraceMs?: number;
  sharedGraceMs?: number;
  clock?: Clock;
}

/** A client of a worker that does what it is asked; it is stopped after the test. */
export function openWorker({
  env = {},
  readyMs = 20_000,
  cancelGraceMs = 100,
  sharedGraceMs = cancelGraceMs,
  clock = systemClock,
}: Setting = {}) {
  const log = memoryLog();
  const platform = createNodePlatform({ appRoot: ROOT });
  const forks: Promise<unknown>[] = [];
  const fork: typeof platform.fork = (module, options) => {
    // A start that fails counts too.
    forks.push(Promise.resolve());
    const child = platform.fork(module, options);
    forks[forks.length - 1] = child.exited;
    return child;
  };
  const client = createWorkerClient(
    { platform: { fork }, clock, log },
    {
      module: path.join(ROOT, 'tests/fixtures/workers/obedient.mjs'),
      name: 'obedient',
      env: { PATH: process.env.PATH ?? '', ...env },
      ask: z.string(),
      answer: z.string(),
      item: z.string(),
      readyMs,
      cancelGraceMs,
      sharedGraceMs,
      backoffMs: 50,
      maxCrashes: 3,
      openMs: 300,
    },
  );
  cleanups.push(() => client.stop(0));
  return { ...client, log, forks: () => forks.length, exited: () => forks.at(-1) };
}

/** More than any test takes. */
export const long = { deadlineMs: 30_000 };
/** What the work fails with; null when it does not. */
export const slugOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: { slug?: string }) => error.slug ?? String(error),
  );

/** Whether a process lives; a zombie, whose end its parent has not fetched yet, does not. */
export const alive = async (pid: number) => (await listProcesses()).some((info) => info.pid === pid);
