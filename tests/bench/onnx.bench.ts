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

/** Texts of one request: as many as a client sends that fills an index. */
const TEXTS = 8;
const wordsFrom = (from: number) =>
  Array.from({ length: 60 }, (_, n) => WORDS[(n * 7 + from) % WORDS.length]).join(' ');

/** A run of the graph as the runtime alone does it, over one text of so many tokens. */
async function bareRun(file: string, tokens: number): Promise<{ run(): Promise<unknown>; release(): Promise<void> }> {
  const session = await InferenceSession.create(file, {
    ...{ executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 },
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  const row = (value: (at: number) => bigint) =>
    new Tensor(
      'int64',
      BigInt64Array.from({ length: tokens }, (_, at) => value(at)),
      [1, tokens],
    );
  const known: Record<string, Tensor> = {
    input_ids: row((at) => BigInt(at % 50)),
    attention_mask: row(() => 1n),
  };
  const feeds = Object.fromEntries(session.inputNames.map((name) => [name, known[name] ?? row(() => 0n)]));
  return { run: () => session.run(feeds), release: () => session.release() };
}

/** Over HTTP and by the runtime alone, by turns: the texts of a request, and one text, of which the way there is the larger part. */
async function embeddings(): Promise<boolean> {
  const write = (dir: string) => writeOnnxEmbedder(dir, { layers: 6, dim: 384, heads: 12 });
  await using host = await onnxHost({}, { vectors: write });
  const ask = async (count: number) => {
    const input = Array.from({ length: count }, (_, n) => wordsFrom(n));
    const answer = await host.post('/v1/embeddings', { model: 'test/vectors:fp32', input });
    return (await answer.json()) as { usage: { prompt_tokens: number } };
  };
  const { usage } = await ask(1);
  const file = path.join(host.host.settings.get('models.folder') ?? '', 'test', 'vectors', 'onnx', 'model.onnx');
  const bare = await bareRun(file, usage.prompt_tokens);
  const engine = engineProcess('onnx');
  const measured = async (count: number) => {
    const ratios: number[] = [];
    const cpu: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const begun = performance.now();
      const [, raw] = await computed([process.pid], async () => {
        for (let text = 0; text < count; text++) await bare.run();
      });
      const asked = performance.now();
      const [, ours] = await computed([engine], () => ask(count));
      if (round > 0) ratios.push((asked - begun) / (performance.now() - asked));
      if (round > 0) cpu.push(raw / ours);
    }
    return { ratio: median(ratios), cpu: os.platform() === 'linux' ? median(cpu).toFixed(3) : 'not measured' };
  };
  const many = await measured(TEXTS);
  const one = await measured(1);
  await bare.release();
  say(
    `ONNX embeddings, ${TEXTS} texts in one request ÷ bare runs: ${many.ratio.toFixed(3)} (bar ${bars.embeddings}); ` +
      `processor time of the engine: ${many.cpu}`,
  );
  say(`one text in one request ÷ a bare run: ${one.ratio.toFixed(3)}; processor time of the engine: ${one.cpu}`);
  return many.ratio >= bars.embeddings;
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
