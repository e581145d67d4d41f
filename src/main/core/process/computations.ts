/** The process's side of a `ComputePool`. */
import { Worker } from 'node:worker_threads';
import type { z } from 'zod';
import { AppError, problemOf } from '../../../contract/kernel/errors.ts';
import { Computation, type FromComputer } from './compute-pool.ts';

/** Node's IPC, or the message port of an Electron utility process. */
function openChannel(onMessage: (message: unknown) => void): (message: FromComputer) => void {
  const port: unknown = Reflect.get(process, 'parentPort');
  if (typeof port === 'object' && port !== null) {
    // Only Electron defines it, and as an object of this shape.
    const electron = port as {
      postMessage(message: unknown): void;
      on(event: string, listener: (event: { data: unknown }) => void): void;
    };
    electron.on('message', (event) => onMessage(event.data));
    electron.on('close', () => process.exit());
    return (message) => electron.postMessage(message);
  }
  if (process.send === undefined) throw new Error('this program is started by TabAgent and talks to it over IPC');
  process.on('message', onMessage);
  process.on('disconnect', () => process.exit());
  return (message) => void process.send?.(message);
}

/**
 * Ends this process when a computation takes longer than it may. While it computes, it does not notice that the host has gone, and nothing but
 * another thread can act.
 */
function createWatchdog() {
  /** The number of computations that have begun and ended: odd while one runs. */
  const turn = new Int32Array(new SharedArrayBuffer(4));
  const endMs = new Float64Array(new SharedArrayBuffer(8));
  const program = `
    const { turn, endMs } = require('node:worker_threads').workerData;
    for (let seen = 0; ; seen = Atomics.load(turn, 0)) {
      const late = Atomics.wait(turn, 0, seen, seen % 2 === 1 ? endMs[0] : Infinity) === 'timed-out';
      if (late) process.kill(process.pid, 'SIGKILL');
    }`;
  new Worker(program, {
    eval: true,
    workerData: { turn, endMs },
    resourceLimits: { maxOldGenerationSizeMb: 8 },
  }).unref();
  const pass = () => {
    Atomics.add(turn, 0, 1);
    Atomics.notify(turn, 0);
  };
  return {
    begin(ms: number) {
      endMs[0] = ms;
      pass();
    },
    end: pass,
  };
}

/**
 * Answers each request in turn. An {@link AppError} is an answer; any other error ends the process, because what threw it may be broken for good.
 * @throws Error outside a process of a pool
 */
export function serveComputations<T extends z.ZodType>(request: T, work: (request: z.infer<T>) => unknown): void {
  const watchdog = createWatchdog();
  const send = openChannel((message) => {
    const { text, endMs } = Computation.parse(message);
    watchdog.begin(endMs);
    try {
      send({ t: 'answer', value: work(request.parse(JSON.parse(text))) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      send({ t: 'refused', problem: problemOf(error) });
    } finally {
      watchdog.end();
    }
  });
  send({ t: 'ready' });
}
