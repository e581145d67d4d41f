/** Models that come and go: what one of them took is given back. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { EngineName } from '../../src/contract/models/engine.ts';
import { engineProcess, type InferenceHost, onnxHost, realHost } from '../support/inference.ts';
import { TINY } from '../support/models/llama-model.ts';
import { writeOnnxGenerator } from '../support/models/onnx-models.ts';
import { long } from './support.ts';

/** Loads until the allocator has what it keeps, and loads that are measured after them. */
const WARM_UP = 5;
const MEASURED = long ? 45 : 10;
/** 6 MB with its contexts. */
const SHAPE = { ...TINY, layers: 4, dim: 256, hidden: 512 };

const residentMb = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** Least squares. @returns growth for each step */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const over = values.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0);
  return over / values.reduce((sum, _value, at) => sum + (at - middle) ** 2, 0);
}

/** Growth of a process for each load and unload, after the first ones. */
async function growth(engine: EngineName, { host }: InferenceHost, model: string, use: () => Promise<unknown>) {
  const { client } = host;
  const resident: number[] = [];
  for (let round = 0; round < WARM_UP + MEASURED; round++) {
    await client.call('load_model', { model_id: model, wait: true });
    await use();
    await client.call('unload_model', { model_id: model });
    if (round >= WARM_UP) resident.push(residentMb(engineProcess(engine)));
  }
  return slope(resident);
}

/** MB; a leak of the weights grows by the whole model each time, one of the contexts by about as much. */
const BAR = 1;

// Catches contexts, sessions or weights that outlive their model: an engine that serves several models would fill the machine.
describe.skipIf(process.platform !== 'linux')(
  'loading and unloading again and again leaves the memory where it was',
  () => {
    test('of the engine for GGUF models', async () => {
      await using subject = await realHost({}, [['come-and-go', SHAPE]]);
      const model = 'test/come-and-go:F16';
      const use = () => subject.sdk.completions.create({ model, prompt: 'the people', max_tokens: 4 });
      expect(await growth('llama', subject, model, use)).toBeLessThan(BAR);
    }, 240_000);

    test('of the engine for ONNX models', async () => {
      await using subject = await onnxHost(
        {},
        { 'come-and-go': (dir) => writeOnnxGenerator(dir, { layers: 4, dim: 256 }) },
      );
      const model = 'test/come-and-go:fp32';
      const use = () => subject.sdk.completions.create({ model, prompt: 'the people', max_tokens: 4 });
      expect(await growth('onnx', subject, model, use)).toBeLessThan(BAR);
    }, 240_000);
  },
);
