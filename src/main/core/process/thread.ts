/** Work of our own that would hold up the host runs in a worker thread; what users give is computed in processes, see `compute-pool.ts`. */
import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { z } from 'zod';
import { AppError } from '../../../contract/kernel/errors.ts';

/**
 * Runs the built `*.thread.ts` module `file` to its answer.
 * @param data   what the thread gets, structured-cloneable
 * @param answer shape of what it posts
 * @param signal ends the thread
 * @throws AppError `cancelled` after `signal`, or what the thread threw
 */
export async function runThread<T extends z.ZodType>(
  file: string,
  data: unknown,
  answer: T,
  signal: AbortSignal,
): Promise<z.infer<T>> {
  if (signal.aborted) throw new AppError('cancelled');
  const worker = new Worker(file, { workerData: data });
  const stop = () => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise<z.infer<T>>((resolve, reject) => {
      worker.once('message', (message) => {
        const parsed = answer.safeParse(message);
        if (parsed.success) resolve(parsed.data);
        else reject(parsed.error);
      });
      worker.once('error', reject);
      worker.once('exit', () =>
        reject(signal.aborted ? new AppError('cancelled') : new Error('the thread ended early')),
      );
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The thread's side of {@link runThread}. @throws Error outside a thread, ZodError when the data has another shape */
export async function answerInThread<T extends z.ZodType>(data: T, work: (data: z.infer<T>) => unknown): Promise<void> {
  if (parentPort === null) throw new Error('this module runs in a worker thread');
  parentPort.postMessage(await work(data.parse(workerData)));
}
