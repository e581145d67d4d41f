/** The engines as real processes with small real models. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  EngineAnswer,
  type EngineAsk,
  EngineAsk as EngineAskSchema,
  EngineItem,
  type EngineName,
} from '../../src/contract/models/engine.ts';
import { systemClock } from '../../src/main/core/clock.ts';
import { workerModule } from '../../src/main/core/process/modules.ts';
import { createWorkerClient } from '../../src/main/core/process/worker/client.ts';
import { createNodePlatform } from '../../src/main/platform/node.ts';
import { memoryLog, ROOT } from './core.ts';
import { type LlamaShape, writeLlama } from './models/llama-model.ts';

type GenerateAsk = Extract<EngineAsk, { op: 'generate' }>;

/** Takes the likeliest token and tells everything. */
export const generateAsk = (changes: Partial<GenerateAsk> = {}): GenerateAsk => ({
  op: 'generate',
  model: 'tiny',
  prompt: { text: 'the people' },
  sampling: {
    temperature: 0,
    top_p: 1,
    top_k: 0,
    min_p: 0,
    repetition_penalty: 1,
    frequency_penalty: 0,
    presence_penalty: 0,
    seed: 1,
    logit_bias: [],
  },
  max_tokens: 16,
  stop: [],
  grammar: null,
  tools: null,
  logprobs: null,
  overflow: 'refuse',
  ...changes,
});

/** A folder with a model; gone when it is disposed. */
export function modelFolder(shape: Partial<LlamaShape> = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tabagent-model-'));
  const file = path.join(folder, 'tiny.gguf');
  const bytes = writeLlama(file, shape);
  return { folder, file, bytes, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A client of an engine; nothing is loaded yet. @param env further variables of its process */
export function openEngine(name: EngineName = 'llama', env: Record<string, string> = {}) {
  const log = memoryLog();
  const platform = createNodePlatform({ appRoot: ROOT });
  const pids: (number | undefined)[] = [];
  const fork: typeof platform.fork = (module, options) => {
    const child = platform.fork(module, options);
    pids.push(child.pid);
    if (process.env.ENGINE_STDERR) child.stderr.on('data', (text) => process.stderr.write(text));
    return child;
  };
  const client = createWorkerClient(
    { platform: { fork }, clock: systemClock, log },
    {
      module: workerModule(ROOT, `inference/${name}`),
      name,
      env: { PATH: process.env.PATH ?? '', TABAGENT_THREADS: '1', TABAGENT_GPU: 'off', ...env },
      ask: EngineAskSchema,
      answer: EngineAnswer,
      item: EngineItem,
      readyMs: 60_000,
      cancelGraceMs: 5_000,
      backoffMs: 50,
      maxCrashes: 3,
      openMs: 1_000,
    },
  );
  /** Reads a stream to its end. */
  async function run(ask: EngineAsk, signal?: AbortSignal) {
    const items: EngineItem[] = [];
    const stream = client.stream(ask, { idleMs: 60_000, ...(signal ? { signal } : {}) });
    for (;;) {
      const next = await stream.next();
      if (next.done) return { items, answer: next.value, text: textOf(items) };
      items.push(next.value);
    }
  }
  const load = (file: string, changes: Partial<Extract<EngineAsk, { op: 'load' }>> = {}) =>
    run({
      op: 'load',
      model: 'tiny',
      path: file,
      type: 'chat',
      context_length: 512,
      parallel: 1,
      prompt_batch: 128,
      gpu_layers: null,
      ...changes,
    });
  return { client, run, load, log, pids, [Symbol.asyncDispose]: () => client.stop(0) };
}

export const textOf = (items: readonly EngineItem[]) =>
  items.map((item) => (item.t === 'text' ? item.text : '')).join('');
