/** The native library, opened once: prebuilt, with a bounded number of threads. */
import { getLlama, type Llama, LlamaLogLevel } from 'node-llama-cpp';

/** Lines of its log that are kept, to explain a failure. */
const TAIL = 12;

/**
 * The library's own number of threads makes a small machine two hundred times slower, because more of them spin than there are cores;
 * therefore it is always given.
 */
export async function openNative(env: NodeJS.ProcessEnv): Promise<{ llama: Llama; tail(): string }> {
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
  return { llama, tail: () => lines.join('; ') };
}
