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

/** Loads until the allocator has what it keeps, at first. */
const WARM_UP = 5;
/** What an allocator keeps has an end, a leak has none: so many times over, a process that has grown is looked at again. */
const LOOKS = 4;

/**
 * Loads a model, has it write and unloads it, again and again, until the engine's process has stopped growing.
 * @param rounds of one look
 * @param bar MB of a round, below which it counts as what the machine does beside
 * @returns MB that it grew by in each round of the last look; Linux only
 */
export async function growthOf(
  engine: EngineName,
  { host, sdk }: InferenceHost,
  model: string,
  { rounds, bar }: { rounds: number; bar: number },
) {
  const { client } = host;
  const round = async () => {
    await client.call('load_model', { model_id: model, wait: true });
    await sdk.completions.create({ model, prompt: 'the people', max_tokens: 4 });
    await client.call('unload_model', { model_id: model });
    return residentMb(engineProcess(engine));
  };
  for (let at = 0; at < WARM_UP; at++) await round();
  let growth = Number.POSITIVE_INFINITY;
  for (let look = 0; look < LOOKS && growth >= bar; look++) {
    const resident: number[] = [];
    for (let at = 0; at < rounds; at++) resident.push(await round());
    growth = slope(resident);
  }
  return growth;
}
