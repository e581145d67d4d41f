/** How a process grows while models come and go in it. */
import { readFileSync } from 'node:fs';
import type { EngineName } from '../../src/contract/models/engine.ts';
import { engineProcess, type InferenceHost } from './inference.ts';

const residentMb = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** Loads until the allocator has what it keeps, at first. */
const WARM_UP = 5;
/** What an allocator keeps has an end, a leak has none: so many times, a process that has grown is looked at again. */
const LOOKS = 4;

/**
 * Loads a model, has it write and unloads it, again and again, until the engine's process has stopped growing. What counts is the least that it
 * holds in so many rounds: native memory goes with the next collection of garbage only, so a process that leaks nothing goes up and down.
 * @param rounds of one look
 * @param bar MB of a round, below which it counts as what the machine does beside
 * @returns MB that it grew by in each round from the look before to the last one; Linux only
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
  const look = async () => {
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at < rounds; at++) least = Math.min(least, await round());
    return least;
  };
  for (let at = 0; at < WARM_UP; at++) await round();
  let growth = Number.POSITIVE_INFINITY;
  let before = await look();
  for (let at = 0; at < LOOKS && growth >= bar; at++) {
    const after = await look();
    growth = (after - before) / rounds;
    before = after;
  }
  return growth;
}
