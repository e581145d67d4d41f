/** Jobs on a database, with a kind whose steps are written into a file: what was done how often. */
import fs from 'node:fs';
import { z } from 'zod';
import type { Job } from '../../src/contract/host/jobs.ts';
import type { JobId } from '../../src/contract/kernel/scalars.ts';
import { OPERATOR } from '../../src/main/core/operation/operator.ts';
import { createJobs, type JobKind } from '../../src/main/features/jobs/index.ts';
import type { TestCore } from './core.ts';

const StepsInput = z.strictObject({ steps: z.int() });
type StepsInput = z.infer<typeof StepsInput>;
const Done = z.strictObject({ done: z.int() });
type Done = z.infer<typeof Done>;

/** Work of {@link stepsKind} before it does a step; the signal is that of the job. */
export type BeforeStep = (step: number, signal: AbortSignal) => Promise<void> | void;

/** A kind that appends one line per step to `file`, with a checkpoint after each. */
export function stepsKind(file: string, before: BeforeStep, resumable = true): JobKind<StepsInput, Done> {
  return {
    name: resumable ? 'steps' : 'fragile',
    input: StepsInput,
    checkpoint: Done,
    resumable,
    async run({ input, checkpoint, save, signal, progress }) {
      for (let step = checkpoint?.done ?? 0; step < input.steps; step += 1) {
        await before(step, signal);
        signal.throwIfAborted();
        fs.appendFileSync(file, `${step}\n`);
        save({ done: step + 1 });
        progress({ percent: ((step + 1) / input.steps) * 100 });
      }
      return { steps: input.steps };
    },
  };
}

/** Waits until the signal is aborted, then fails as work does that was interrupted. */
export const untilAborted: BeforeStep = (_step, signal) =>
  new Promise((_resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** The steps that a file tells of. */
export const stepsIn = (file: string): number[] =>
  fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];

/** What a starter needs besides the input. */
export const asked = { scope: 'run', area: 'host', requestId: 'test' } as const;

type JobsCore = Pick<TestCore, 'db' | 'events' | 'clock' | 'log' | 'storage'>;

/** The feature as one run of a host has it. */
export function openJobs(core: JobsCore, serving = true) {
  const jobs = createJobs({ ...core, serving });
  const part = jobs.parts[0];
  return {
    service: jobs.service,
    start: async () => part?.start?.(),
    stop: async () => part?.stop?.(),
    get: (id: JobId) => jobs.service.get(id, OPERATOR),
    cancel: (id: JobId) => jobs.service.cancel(id, OPERATOR),
    /** The job when it has ended. */
    async ended(id: JobId): Promise<Job> {
      let last = jobs.service.get(id, OPERATOR);
      for await (const { job } of jobs.service.follow(id, OPERATOR, new AbortController().signal)) last = job;
      return last;
    },
  };
}

const never = () => new Promise<void>(() => undefined);

/** A run of the host whose job stands before step 2 of 4. `crash` leaves it there for good, as a process does that is killed. */
export async function beginJob(core: JobsCore, file: string, { crash = false, resumable = true } = {}) {
  const host = openJobs(core);
  let arrive: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const kind = stepsKind(
    file,
    (step, signal) => {
      if (step !== 2) return;
      arrive();
      return crash ? never() : untilAborted(step, signal);
    },
    resumable,
  );
  const { job } = host.service.register(kind).start({ ...asked, input: { steps: 4 }, joinKey: 'one' });
  await arrived;
  return { host, id: job.id };
}

/** The next run of the host. */
export function runAgain(core: JobsCore, kind: ReturnType<typeof stepsKind>) {
  const host = openJobs(core);
  return { host, steps: host.service.register(kind) };
}
