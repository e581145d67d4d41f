/** What a model is said to take, beside what a process takes that loads it with the library alone. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readGguf } from '../../../src/main/features/models/files/gguf.ts';
import { ggufFacts } from '../../../src/main/features/models/files/gguf-facts.ts';
import { estimate } from '../../../src/main/features/models/memory/estimate.ts';
import { ROOT } from '../../support/core.ts';
import { writeLlama } from '../../support/models/llama-model.ts';

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
const [root, file, contextSize] = process.argv.slice(2);
const { getLlama } = await import(createRequire(root + '/package.json').resolve('node-llama-cpp'));
const resident = () => Number(/VmRSS:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
const llama = await getLlama({ build: 'never', gpu: false, maxThreads: 1, logLevel: 'disabled' });
gc();
const before = resident();
const model = await llama.loadModel({ modelPath: file, gpuLayers: 0 });
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
  const args = ['--expose-gc', program, ROOT, file, String(context)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
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
