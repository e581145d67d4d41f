/** The native library, opened once: prebuilt, with a bounded number of threads. */
import { getLlama, type Llama, LlamaLogLevel } from 'node-llama-cpp';
import { createTimeShare, type TimeShare } from './time-share.ts';

export interface Native {
  readonly llama: Llama;
  /** Keeps the end of its log from now on. @returns ends that and gives it; empty when another load was logged in between */
  listen(): () => string;
  /** Takes the whole budget of threads, or leaves half of it to the other engine. */
  share(alone: boolean): void;
  /** Has a context made with the whole budget: it never takes more threads than there were then. */
  whole<T>(work: () => Promise<T>): Promise<T>;
  /** For each model that is loaded: joins its requests to those of the others. */
  readonly model: TimeShare;
}

/** Lines of its log that are kept, to explain a failure. */
const TAIL = 12;

/** The library has one log for all models: what was logged while two were loaded is told for neither. */
export function createLog(): Pick<Native, 'listen'> & { add(message: string): void } {
  const listeners = new Set<{ lines: string[]; isMixed: boolean }>();
  return {
    add(message) {
      for (const { lines } of listeners) {
        lines.push(
          message
            .replaceAll(/\p{C}+/gu, ' ')
            .trim()
            .slice(0, 300),
        );
        if (lines.length > TAIL) lines.shift();
      }
    },
    listen() {
      const own = { lines: [] as string[], isMixed: false };
      listeners.add(own);
      if (listeners.size > 1) for (const one of listeners) one.isMixed = true;
      return () => {
        listeners.delete(own);
        return own.isMixed ? '' : own.lines.join('; ');
      };
    },
  };
}

/**
 * The library's own number of threads makes a small machine two hundred times slower, because more of them spin than there are cores;
 * therefore it is always given.
 */
export async function openNative(env: NodeJS.ProcessEnv): Promise<Native> {
  const log = createLog();
  const threads = Number(env.TABAGENT_THREADS);
  const llama = await getLlama({
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    gpu: env.TABAGENT_GPU === 'off' ? false : 'auto',
    maxThreads: Number.isInteger(threads) && threads > 0 ? threads : 1,
    logLevel: LlamaLogLevel.warn,
    logger: (_level, message) => log.add(message),
  });
  if (!(threads > 0)) llama.maxThreads = Math.max(1, llama.cpuMathCores - 1);
  const all = llama.maxThreads;
  let budget = all;
  let limited = all;
  let loads = 0;
  const apply = () => {
    llama.maxThreads = loads > 0 ? all : Math.min(limited, budget);
  };
  return {
    llama,
    listen: log.listen,
    share(alone) {
      budget = alone ? all : Math.max(1, all - Math.floor(all / 2));
      limited = budget;
      apply();
    },
    async whole(work) {
      loads += 1;
      apply();
      try {
        return await work();
      } finally {
        loads -= 1;
        apply();
      }
    },
    model: createTimeShare({
      budget: () => budget,
      limit(threads) {
        limited = threads;
        apply();
      },
      now: () => performance.now(),
      schedule(task, ms) {
        const timer = setTimeout(task, ms);
        return () => clearTimeout(timer);
      },
    }),
  };
}
