/** Models that come and go: what one of them took is given back. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { engineProcess, realHost } from '../support/inference.ts';
import { TINY } from '../support/models/llama-model.ts';
import { long } from './support.ts';

const MIB = 1024 * 1024;
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

// Catches contexts or weights that outlive their model: an engine that serves several models would fill the machine.
test.skipIf(process.platform !== 'linux')(
  'loading and unloading again and again leaves the memory of the engine where it was',
  async () => {
    await using subject = await realHost({}, [['come-and-go', SHAPE]]);
    const { client } = subject.host;
    const model = 'test/come-and-go:F16';
    const size = (await client.call('models', {})).data[0]?.size_bytes ?? 0;
    const resident: number[] = [];
    for (let round = 0; round < WARM_UP + MEASURED; round++) {
      await client.call('load_model', { model_id: model, wait: true });
      await subject.sdk.completions.create({ model, prompt: 'the people', max_tokens: 4 });
      await client.call('unload_model', { model_id: model });
      if (round >= WARM_UP) resident.push(residentMb(engineProcess('llama')));
    }
    // A leak of the weights grows by the whole model each time, one of the contexts by about as much.
    expect(slope(resident)).toBeLessThan((0.25 * size) / MIB);
  },
  120_000,
);
