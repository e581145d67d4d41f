/** What a model is said to take, beside what a process takes that loads it and computes with it. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALLOCATOR } from '../../../src/main/features/inference/run/engine.ts';
import { type Candidate, modelsAt } from '../../../src/main/features/models/files/discover.ts';
import { readGguf } from '../../../src/main/features/models/files/gguf.ts';
import { ggufFacts } from '../../../src/main/features/models/files/gguf-facts.ts';
import { inspect } from '../../../src/main/features/models/files/inspect.ts';
import { estimate } from '../../../src/main/features/models/memory/estimate.ts';
import { mapsWeights } from '../../../src/workers/inference/llama/weights.ts';
import { ROOT } from '../../support/core.ts';
import { writeLlama } from '../../support/models/llama-model.ts';
import { babble, wav, written } from '../../support/models/media.ts';
import { writeOnnxSpeech } from '../../support/models/onnx-encoder-decoder.ts';
import { writeOnnxEmbedder, writeOnnxGenerator } from '../../support/models/onnx-models.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-memory-'));
const SHAPES = {
  // All heads have keys of their own.
  wide: { layers: 4, dim: 512, hidden: 1408, heads: 8, kvHeads: 8, context: 8192, type: 'Q8_0' },
  // Four heads share keys: a quarter of the cache.
  shared: { layers: 4, dim: 512, hidden: 1408, heads: 8, kvHeads: 2, context: 8192, type: 'F16' },
} as const;
const fileOf = (name: keyof typeof SHAPES) => path.join(folder, `${name}.gguf`);

beforeAll(() => {
  for (const name of ['wide', 'shared'] as const) writeLlama(fileOf(name), SHAPES[name]);
}, 240_000);
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** Loads a model, computes a prompt, and tells by how many bytes the process has grown. */
const PROGRAM = `
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const [root, file, contextSize, mapping] = process.argv.slice(2);
const { getLlama } = await import(createRequire(root + '/package.json').resolve('node-llama-cpp'));
const resident = () => Number(/VmRSS:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
const llama = await getLlama({ build: 'never', gpu: false, maxThreads: 1, logLevel: 'disabled' });
gc();
const before = resident();
const model = await llama.loadModel({ modelPath: file, gpuLayers: 0, useMmap: mapping === 'auto' ? 'auto' : false });
const context = await model.createContext({ contextSize: Number(contextSize), batchSize: 128, sequences: 1 });
const prompt = Array.from({ length: 500 }, (_, index) => 300 + (index % 200));
let tokens = 0;
for await (const _token of context.getSequence().evaluate(prompt)) if (++tokens >= 4) break;
gc();
console.log(resident() - before);
process.exit(0);
`;

async function measured(file: string, context: number): Promise<number> {
  // A file: the library starts itself once more with the same arguments of Node, to try its binary.
  const program = path.join(folder, 'measure.mjs');
  fs.writeFileSync(program, PROGRAM);
  const args = ['--expose-gc', program, ROOT, file, String(context), mapsWeights() ? 'auto' : 'off'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...ALLOCATOR } });
  return Number(stdout.trim());
}

// Catches an estimate that forgets the cache, counts heads that share their keys several times, or leaves out what any context takes.
test.skipIf(process.platform !== 'linux')(
  'an estimate is within 15 % of what is measured',
  { timeout: 120_000 },
  async () => {
    for (const name of ['wide', 'shared'] as const) {
      const { memory } = ggufFacts(await readGguf(fileOf(name)));
      if (memory === null) throw new Error('the header says too little');
      for (const context of [512, 8192]) {
        const ratio = estimate(memory, { context }).total / (await measured(fileOf(name), context));
        expect(ratio, `${name} with ${context} tokens`).toBeGreaterThan(0.85);
        expect(ratio, `${name} with ${context} tokens`).toBeLessThan(1.15);
      }
    }
  },
);

const ONNX_SHAPE = { dim: 512, layers: 4, heads: 8, context: 2048 };
const ONNX_CONTEXTS = [256, 1536];
const ONNX = {
  writer: ['chat', (dir: string) => writeOnnxGenerator(dir, ONNX_SHAPE)],
  'writer-beside': ['chat', (dir: string) => writeOnnxGenerator(dir, { ...ONNX_SHAPE, external: true })],
  ears: ['speech', (dir: string) => writeOnnxSpeech(dir, { dim: 384, layers: 4, heads: 6, context: 448 })],
  vectors: ['embedding', (dir: string) => writeOnnxEmbedder(dir, { ...ONNX_SHAPE, layers: 8, context: 512 })],
} as const;

/** Loads a model in the engine, fills its context, and tells by how many bytes the process has grown at most. */
const ONNX_PROGRAM = `
import { readFileSync } from 'node:fs';
const [root, file, type, context, sound] = process.argv.slice(2);
const { createOnnxEngine } = await import(root + '/src/workers/inference/onnx/engine.ts');
const resident = (line) => Number(new RegExp(line + ':[ \\t]+([0-9]+)').exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
const answer = createOnnxEngine({ TABAGENT_THREADS: '1', TABAGENT_GPU: 'off' });
const call = { signal: new AbortController().signal, emit: async () => {} };
const ask = (body) => answer({ model: 'm', ...body }, call);
gc();
const before = resident('VmRSS');
await ask({ op: 'load', path: file, type, context_length: Number(context), parallel: 1, prompt_batch: 128, gpu_layers: 0 });
const text = ' the'.repeat(Number(context) - 40);
const sampling = { temperature: 0, top_p: 1, top_k: 0, min_p: 0, repetition_penalty: 1, frequency_penalty: 0, presence_penalty: 0, seed: 1, logit_bias: [] };
if (type === 'embedding') await ask({ op: 'embed', texts: [text], as: null });
else if (type === 'speech') await ask({ op: 'transcribe', file: sound, language: 'en', translate: false, timestamps: false });
else await ask({ op: 'generate', prompt: { text }, sampling, max_tokens: 16, stop: [], grammar: null, tools: null, logprobs: null, overflow: 'refuse' });
console.log(resident('VmHWM') - before);
process.exit(0);
`;

// Catches an estimate that forgets that keys and values are copied in each step, and an allocator that keeps the file beside the weights.
test.skipIf(process.platform !== 'linux')(
  'an estimate for the ONNX engine is within 15 % of the most that is measured',
  { timeout: 240_000 },
  async ({ signal }) => {
    const program = path.join(folder, 'measure-onnx.mjs');
    fs.writeFileSync(program, ONNX_PROGRAM);
    const sound = written(path.join(folder, 'sound.wav'), wav(babble(), { seconds: 30 }));
    for (const [name, [type, write]] of Object.entries(ONNX)) {
      const file = write(path.join(folder, name));
      const [candidate] = await modelsAt(file);
      const { facts } = await inspect(candidate as Candidate);
      if (facts?.memory == null) throw new Error('the files say too little');
      for (const wanted of ONNX_CONTEXTS) {
        const context = Math.min(wanted, facts.context_length ?? 0);
        const args = ['--expose-gc', program, ROOT, file, type, String(context), sound];
        const env = { ...process.env, ...ALLOCATOR };
        const { stdout } = await promisify(execFile)(process.execPath, args, { signal, env });
        const ratio = estimate(facts.memory, { context }).total / Number(stdout.trim());
        expect(ratio, `${name} with ${context} tokens`).toBeGreaterThan(0.85);
        expect(ratio, `${name} with ${context} tokens`).toBeLessThan(1.15);
      }
    }
  },
);
