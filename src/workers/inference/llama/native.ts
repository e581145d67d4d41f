/** The native library, opened once: prebuilt, with a bounded number of threads. */
import { getLlama, type Llama, LlamaLogLevel } from 'node-llama-cpp';

export interface Native {
  readonly llama: Llama;
  /** The end of its log. */
  tail(): string;
  /** Takes the whole budget of threads, or leaves half of it to the other engine. */
  share(alone: boolean): void;
}

/** Lines of its log that are kept, to explain a failure. */
const TAIL = 12;

/**
 * The library's own number of threads makes a small machine two hundred times slower, because more of them spin than there are cores;
 * therefore it is always given.
 */
export async function openNative(env: NodeJS.ProcessEnv): Promise<Native> {
  const lines: string[] = [];
  const threads = Number(env.TABAGENT_THREADS);
  const llama = await getLlama({
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    gpu: env.TABAGENT_GPU === 'off' ? false : 'auto',
    maxThreads: Number.isInteger(threads) && threads > 0 ? threads : 1,
    logLevel: LlamaLogLevel.warn,
    logger(_level, message) {
      lines.push(message.trim().slice(0, 300));
      if (lines.length > TAIL) lines.shift();
    },
  });
  if (!(threads > 0)) llama.maxThreads = Math.max(1, llama.cpuMathCores - 1);
  const budget = llama.maxThreads;
  return {
    llama,
    tail: () => lines.join('; '),
    share(alone) {
      llama.maxThreads = alone ? budget : Math.max(1, budget - Math.floor(budget / 2));
    },
  };
}
