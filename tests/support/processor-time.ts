/** Processor time of processes, which does not grow with what else the machine does. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

/** Time that the threads of the processes have computed so far, ms; those that have ended do not count. */
function processorMs(...pids: number[]): number {
  const nanoseconds = pids.flatMap((pid) =>
    readdirSync(`/proc/${pid}/task`).map((thread) => {
      try {
        return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
      } catch {
        return 0;
      }
    }),
  );
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6;
}

/** Runs something. @returns what it gives, and the processor time that the processes have spent meanwhile, ms; 0 elsewhere than on Linux */
export async function computed<T>(pids: readonly number[], run: () => Promise<T>): Promise<[T, number]> {
  const now = () => (process.platform === 'linux' ? processorMs(...pids) : 0);
  const before = now();
  const result = await run();
  return [result, now() - before];
}
