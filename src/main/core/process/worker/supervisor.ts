/** One worker process at a time: started when it is wanted, and again after a crash as the circuit allows. */
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { RUN_ID_ENV } from '../../../../contract/automation/executor.ts';
import { type CircuitOptions, createCircuit } from './circuit.ts';
import { startWorkerProcess, type WorkerDeps, type WorkerOptions, type WorkerProcess } from './process.ts';

/** How a process came to its end: by itself, or by {@link Supervisor.kill} with a fault or without one. */
export type EndedBy = 'itself' | 'fault' | 'cancel';

/** Options of {@link createSupervisor}. */
export interface SupervisorOptions<To extends z.ZodType, From extends z.ZodType<{ t: string }>>
  extends Pick<WorkerOptions<To, From>, 'module' | 'name' | 'to' | 'from' | 'readyMs' | 'onReady' | 'onMessage'>,
    CircuitOptions {
  /** Environment of the process, without the run id. */
  env: Record<string, string>;
  /** Whether a process is still needed after one has gone. */
  wanted(): boolean;
  /**
   * Called when a process and all its descendants have ended.
   * @param restarts whether what was not sent yet may wait for the next process
   */
  onGone(reason: string, restarts: boolean, by: EndedBy): void;
}

/** A supervised process; see {@link createSupervisor}. */
export interface Supervisor<To> {
  /** Starts a process unless there is one, after the back-off if there is any. */
  ensureStarted(): void;
  /** @returns false when no process takes messages now */
  send(message: To): boolean;
  /**
   * Ends the process now.
   * @param isFault false when it did nothing wrong but could not stop in time: such an end is no crash, and the next process starts at once
   */
  kill(isFault: boolean): void;
  /** Time until the next start, ms. */
  waitMs(): number;
  openBecause(): string | null;
  /** Ends the process for good; resolves when it and its descendants have ended. */
  stop(farewell: To, graceMs: number): Promise<void>;
  stopped(): boolean;
}

const REAP_MS = 5_000;

const reasonOf = (name: string, by: EndedBy, how: string, wasReady: boolean) =>
  by !== 'itself'
    ? `${name} was ended because it did not stop what its callers had cancelled.`
    : `${name} ${how}${wasReady ? '' : ' before it was ready'}.`;

/**
 * Runs a process until it and all its descendants have ended.
 * @param on called with the process once it is started, and when it has ended, before its descendants are
 * @returns how it ended
 */
async function runOnce<To extends z.ZodType, From extends z.ZodType<{ t: string }>>(
  deps: WorkerDeps,
  options: Omit<SupervisorOptions<To, From>, 'wanted' | 'onGone'>,
  on: { started(worker: WorkerProcess<z.input<To>>): void; exited(): void },
): Promise<{ how: string; wasReady: boolean }> {
  const runId = randomUUID().replaceAll('-', '');
  const worker = startWorkerProcess(deps, { ...options, env: { ...options.env, [RUN_ID_ENV]: runId }, runId });
  on.started(worker);
  // The output is discarded; a full pipe would block the worker.
  for (const output of [worker.stdout, worker.stderr]) output.resume();
  const { code, signal, ready: wasReady } = await worker.exited;
  on.exited();
  const left = await worker.reap(REAP_MS);
  if (left > 0) deps.log.error('workers', 'processes of a worker could not be ended', { worker: options.name, left });
  return { how: signal === null ? `ended with exit code ${code ?? 'unknown'}` : `ended by ${signal}`, wasReady };
}

/** Creates the supervisor; no process is started before {@link Supervisor.ensureStarted}. */
export function createSupervisor<To extends z.ZodType, From extends z.ZodType<{ t: string }>>(
  deps: WorkerDeps,
  options: SupervisorOptions<To, From>,
): Supervisor<z.input<To>> {
  const { clock, log } = deps;
  const { name } = options;
  const circuit = createCircuit(clock, options);
  let worker: WorkerProcess<z.input<To>> | null = null;
  let [living, ready, stopped] = [false, false, false];
  let by: EndedBy = 'itself';
  let cancelStart: (() => void) | null = null;
  let gone = Promise.resolve();

  async function start(): Promise<void> {
    [living, by] = [true, 'itself' as EndedBy];
    const watched = {
      ...options,
      onReady() {
        ready = true;
        options.onReady();
      },
      onMessage(message: Parameters<typeof options.onMessage>[0]) {
        circuit.answered();
        options.onMessage(message);
      },
    };
    const { how, wasReady } = await runOnce(deps, watched, {
      started(made) {
        worker = made;
      },
      exited() {
        ready = false;
      },
    }).catch((error: unknown) => {
      log.error('workers', 'a worker could not be started', { worker: name, error });
      return { how: 'could not be started', wasReady: false };
    });
    living = false;
    worker = null;
    if (stopped) return options.onGone('The worker was stopped.', false, by);
    const reason = reasonOf(name, by, how, wasReady);
    if (by === 'cancel') log.warn('workers', 'a worker was ended', { worker: name, reason });
    else log.warn('workers', 'a worker crashed', { worker: name, crashes: circuit.crashed(reason), reason });
    options.onGone(reason, wasReady && circuit.openBecause() === null, by);
    if (options.wanted()) ensureStarted();
  }

  function ensureStarted(): void {
    if (living || cancelStart !== null || stopped) return;
    const startNow = () => {
      cancelStart = null;
      if (options.wanted() && !stopped) gone = start();
    };
    if (circuit.waitMs() === 0) startNow();
    else cancelStart = clock.schedule(startNow, circuit.waitMs());
  }

  return {
    ensureStarted,
    send(message) {
      if (worker !== null && ready) worker.send(message);
      return worker !== null && ready;
    },
    kill(isFault) {
      if (worker === null) return;
      // The first reason counts: what comes while it ends changes nothing.
      if (by === 'itself') by = isFault ? 'fault' : 'cancel';
      worker.kill();
    },
    waitMs: circuit.waitMs,
    openBecause: circuit.openBecause,
    async stop(farewell, graceMs) {
      stopped = true;
      cancelStart?.();
      worker?.stop(farewell, graceMs);
      await gone;
    },
    stopped: () => stopped,
  };
}
