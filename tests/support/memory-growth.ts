/** How a process grows while models come and go in it. */
import { readFileSync } from 'node:fs';
import type { EngineName } from '../../src/contract/models/engine.ts';
import { engineProcess, type InferenceHost } from './inference.ts';

const residentMb = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** Theil–Sen: the median over all pairs, which a single collection of garbage does not move. @returns growth for each step */
function slope(values: readonly number[]): number {
  const slopes = values.flatMap((value, at) => values.slice(0, at).map((before, n) => (value - before) / (at - n)));
  return slopes.toSorted((a, b) => a - b)[Math.floor(slopes.length / 2)] ?? 0;
}

/** Loads until the allocator has what it keeps. */
const WARM_UP = 5;

/**
 * Loads a model, has it write and unloads it, again and again.
 * @returns MB that the engine's process grows by each time, after the first ones; Linux only
 */
export async function growthOf(engine: EngineName, { host, sdk }: InferenceHost, model: string, rounds: number) {
  const { client } = host;
  const resident: number[] = [];
  for (let round = 0; round < WARM_UP + rounds; round++) {
    await client.call('load_model', { model_id: model, wait: true });
    await sdk.completions.create({ model, prompt: 'the people', max_tokens: 4 });
    await client.call('unload_model', { model_id: model });
    if (round >= WARM_UP) resident.push(residentMb(engineProcess(engine)));
  }
  return slope(resident);
}
