/** Work of our own that would hold up the host runs in a worker thread; what users give is computed in processes, see `compute-pool.ts`. */
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { AppError, errorOf, Problem, problemOf } from '../../../contract/kernel/errors.ts';

/** What a thread posts: notes while it works, then its answer, or the error that it ends with. A thrown error would lose its kind on the way. */
const Posted = z.union([
  z.object({ note: z.number() }),
  z.object({ problem: Problem }),
  z.object({ answer: z.unknown() }),
]);

/**
 * Runs the built `*.thread.ts` module `file` to its answer.
 * @param data   what the thread gets, structured-cloneable
 * @param answer shape of what it posts
 * @param signal ends the thread
 * @param heard  gets the numbers that the thread tells while it works
 * @throws AppError `cancelled` after `signal`, or what the thread threw
 */
export async function runThread<T extends z.ZodType>(
  file: string,
  data: unknown,
  answer: T,
  signal: AbortSignal,
  heard: (note: number) => void = () => undefined,
): Promise<z.infer<T>> {
  if (signal.aborted) throw new AppError('cancelled');
  const worker = new Worker(file, { workerData: data });
  const stop = () => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise<z.infer<T>>((resolve, reject) => {
      worker.on('message', (message) => {
        const posted = Posted.parse(message);
        if ('note' in posted) return heard(posted.note);
        if ('problem' in posted) return reject(errorOf(posted.problem));
        const parsed = answer.safeParse(posted.answer);
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
export async function answerInThread<T extends z.ZodType>(
  data: T,
  work: (data: z.infer<T>, tell: (note: number) => void) => unknown,
): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('this module runs in a worker thread');
  try {
    port.postMessage({ answer: await work(data.parse(workerData), (note) => port.postMessage({ note })) });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    port.postMessage({ problem: problemOf(error) });
  }
}
