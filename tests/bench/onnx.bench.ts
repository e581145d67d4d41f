/** What the way through host and HTTP costs beside a bare run of the same graph; what an engine grows by while models come and go. */
import os from 'node:os';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { engineProcess, onnxHost, realHost } from '../support/inference.ts';
import { growthOf } from '../support/memory-growth.ts';
import { TINY, WORDS } from '../support/models/llama-model.ts';
import { writeOnnxEmbedder, writeOnnxGenerator } from '../support/models/onnx-models.ts';
import { computed } from '../support/processor-time.ts';

const ROUNDS = 15;
/** Times that a model comes and goes. */
const LOADS = 50;
const bars = { embeddings: 0.95, growthMb: 1 };
const say = (line: string) => process.stdout.write(`${line}\n`);
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** One text at a time, over HTTP and by the runtime alone, by turns. */
async function embeddings(): Promise<boolean> {
  const write = (dir: string) => writeOnnxEmbedder(dir, { layers: 6, dim: 384, heads: 12 });
  await using host = await onnxHost({}, { vectors: write });
  const model = 'test/vectors:fp32';
  const input = Array.from({ length: 60 }, (_, n) => WORDS[(n * 7) % WORDS.length]).join(' ');
  const ask = async () =>
    (await (await host.post('/v1/embeddings', { model, input })).json()) as { usage: { prompt_tokens: number } };
  const { usage } = await ask();
  const file = path.join(host.host.settings.get('models.folder') ?? '', 'test', 'vectors', 'onnx', 'model.onnx');
  const session = await InferenceSession.create(file, {
    ...{ executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 },
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  const row = (value: (at: number) => bigint) =>
    new Tensor(
      'int64',
      BigInt64Array.from({ length: usage.prompt_tokens }, (_, at) => value(at)),
      [1, usage.prompt_tokens],
    );
  const feeds: Record<string, Tensor> = {
    input_ids: row((at) => BigInt(at % 50)),
    attention_mask: row(() => 1n),
    token_type_ids: row(() => 0n),
  };
  const own = Object.fromEntries(session.inputNames.map((name) => [name, feeds[name] ?? row(() => 0n)]));
  const ratios: number[] = [];
  const cpu: { ours: number; raw: number; engine: number }[] = [];
  const engine = engineProcess('onnx');
  for (let round = 0; round <= ROUNDS; round++) {
    const begun = performance.now();
    const [, raw] = await computed([process.pid], () => session.run(own));
    const rawMs = performance.now() - begun;
    const asked = performance.now();
    const [[, ofEngine], ofHost] = await computed([process.pid], () => computed([engine], ask));
    if (round > 0) ratios.push(rawMs / (performance.now() - asked));
    if (round > 0) cpu.push({ raw, engine: ofEngine, ours: ofHost + ofEngine });
  }
  await session.release();
  say(`ONNX embeddings, one text over HTTP ÷ a bare run: ${median(ratios).toFixed(3)} (bar ${bars.embeddings})`);
  const shareOf = (of: 'ours' | 'engine') => median(cpu.map((one) => one.raw / one[of])).toFixed(3);
  if (os.platform() === 'linux')
    say(`by processor time: ${shareOf('engine')} in the engine alone, ${shareOf('ours')} with host and client`);
  return median(ratios) >= bars.embeddings;
}

async function comeAndGo(): Promise<boolean> {
  if (os.platform() !== 'linux') {
    say('memory of engines while models come and go: measured on Linux only');
    return true;
  }
  await using llama = await realHost({}, [['come-and-go', { ...TINY, layers: 4, dim: 256, hidden: 512 }]]);
  const ofLlama = await growthOf('llama', llama, 'test/come-and-go:F16', {
    rounds: LOADS,
    bar: Number.POSITIVE_INFINITY,
  });
  await using onnx = await onnxHost({}, { 'come-and-go': (dir) => writeOnnxGenerator(dir, { layers: 4, dim: 256 }) });
  const ofOnnx = await growthOf('onnx', onnx, 'test/come-and-go:fp32', {
    rounds: LOADS,
    bar: Number.POSITIVE_INFINITY,
  });
  say(
    `growth for each of ${LOADS} loads and unloads: ${ofLlama.toFixed(3)} MB (GGUF), ${ofOnnx.toFixed(3)} MB (ONNX) (bar ${bars.growthMb})`,
  );
  return ofLlama <= bars.growthMb && ofOnnx <= bars.growthMb;
}

/** Runs the benchmark and prints its figures. @returns false when a bar is missed */
export async function bench(): Promise<boolean> {
  const met = [await embeddings(), await comeAndGo()];
  return met.every(Boolean);
}
