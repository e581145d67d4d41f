/**
 * What the way through host, HTTP and server-sent events costs, beside the library used directly on the same file in this process. Both take turns,
 * so that what else the machine does slows them alike. One thread for each, so that they can be compared on any machine.
 */
import { once } from 'node:events';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  getLlama,
  type LlamaContextSequence,
  LlamaLogLevel,
  type LlamaModel,
  type Token,
  TokenBias,
} from 'node-llama-cpp';
import { engineProcess, type InferenceHost, realHost } from '../support/inference.ts';
import { MEDIUM, SMALL, WORDS } from '../support/models/llama-model.ts';
import { computed } from '../support/processor-time.ts';

const ROUNDS = 7;
/** Written by the medium model, and by the small one. */
const TOKENS = 64;
const SMALL_TOKENS = 256;
/** Words of a prompt that takes a while to read; a word is about a token. */
const LONG_PROMPT = 700;
/** Answers always have the same length, on either way. */
const END_OF_TEXT = 2;
const FORBIDDEN = -100;
const bars = {
  throughput: 0.97,
  addedUs: 60,
  firstMs: 3,
  firstP95Ms: 10,
  warm: 0.1,
  cancelMs: 250,
  embeddings: 0.95,
  loopP99: 20,
  sideBySide: 1.1,
};
const MODELS = [
  ['medium', MEDIUM],
  ['small', SMALL],
  ['vectors', { ...MEDIUM, name: 'Vectors', layers: 6, pooling: 1 }],
] as const;
const [MEDIUM_REF, SMALL_REF, VECTORS_REF] = MODELS.map(([name]) => `test/${name}:F16`) as [string, string, string];

const IS_LINUX = process.platform === 'linux';
const say = (line: string) => process.stdout.write(`${line}\n`);
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const fixed = (value: number, digits = 2) => value.toFixed(digits);
/** Words that no earlier prompt begins with. */
const words = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => WORDS[(n * 7 + from * 13 + (n % (from + 2))) % WORDS.length]).join(' ');

interface Timed {
  firstMs: number;
  totalMs: number;
  tokens: number;
}

/** One completion as a client reads it. */
async function overHttp(
  host: InferenceHost,
  model: string,
  prompt: string,
  max_tokens: number,
  signal?: AbortSignal,
): Promise<Timed> {
  const begun = performance.now();
  const body = { model, prompt, max_tokens, temperature: 0, stream: true, logit_bias: { [END_OF_TEXT]: FORBIDDEN } };
  const answer = await host.post('/v1/completions', { ...body, stream_options: { include_usage: true } }, signal);
  if (!answer.ok || answer.body === null) throw new Error(await answer.text());
  let firstMs = 0;
  let tokens = 0;
  let rest = '';
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
    rest += piece;
    const lines = rest.split('\n\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      // A comment keeps a silent stream open.
      if (line === 'data: [DONE]' || line.startsWith(':')) continue;
      const chunk = JSON.parse(line.slice('data: '.length));
      if (firstMs === 0 && chunk.choices[0]?.text) firstMs = performance.now() - begun;
      tokens = chunk.usage?.completion_tokens ?? tokens;
    }
  }
  return { firstMs, totalMs: performance.now() - begun, tokens };
}

/** The same by the library alone. */
async function direct(
  model: LlamaModel,
  sequence: LlamaContextSequence,
  prompt: string,
  count: number,
): Promise<Timed> {
  await sequence.clearHistory();
  const begun = performance.now();
  let firstMs = 0;
  let tokens = 0;
  const bos = model.tokens.bos;
  const start = [...(bos === null ? [] : [bos]), ...model.tokenize(prompt, true)];
  let text = '';
  const tokenBias = TokenBias.for(model).set(END_OF_TEXT as Token, { logit: FORBIDDEN });
  for await (const token of sequence.evaluate(start, { temperature: 0, tokenBias, yieldEogToken: true })) {
    text += model.detokenize([token]);
    if (tokens === 0) firstMs = performance.now() - begun;
    tokens += 1;
    if (tokens >= count) break;
  }
  return { firstMs, totalMs: text === '' ? 0 : performance.now() - begun, tokens };
}

interface Subject {
  host: InferenceHost;
  /** The library in this process. */
  open(name: string): Promise<{ model: LlamaModel; sequence: LlamaContextSequence }>;
}

async function compared({ host, open }: Subject, name: string, ref: string, count: number) {
  const { model, sequence } = await open(name);
  const pairs: { http: Timed; raw: Timed; rawCpu: number; httpCpu: number }[] = [];
  // The first loads the model.
  await overHttp(host, ref, 'the people', count);
  const engine = engineProcess('llama');
  for (let round = 0; round <= ROUNDS; round++) {
    const [raw, rawCpu] = await computed([process.pid, engine], () => direct(model, sequence, 'the people', count));
    const [http, httpCpu] = await computed([process.pid, engine], () => overHttp(host, ref, 'the people', count));
    if (round > 0) pairs.push({ http, raw, rawCpu, httpCpu });
  }
  await model.dispose();
  return pairs;
}

async function throughput(subject: Subject): Promise<boolean> {
  const medium = await compared(subject, 'medium', MEDIUM_REF, TOKENS);
  const ratio = median(medium.map(({ http, raw }) => raw.totalMs / raw.tokens / (http.totalMs / http.tokens)));
  const speed = median(medium.map(({ http }) => (http.tokens * 1000) / http.totalMs));
  const firsts = medium.map(({ http, raw }) => http.firstMs - raw.firstMs);
  const [first, firstP95] = [median(firsts), Math.max(...firsts)];
  const small = await compared(subject, 'small', SMALL_REF, SMALL_TOKENS);
  const added = median(small.map(({ http, raw }) => ((http.totalMs - raw.totalMs) * 1000) / SMALL_TOKENS));
  const cpuRatio = median(medium.map(({ httpCpu, rawCpu }) => rawCpu / httpCpu));
  const addedCpu = median(small.map(({ httpCpu, rawCpu }) => ((httpCpu - rawCpu) * 1000) / SMALL_TOKENS));
  say(`medium model over HTTP ÷ library: ${fixed(ratio, 3)} (bar ${bars.throughput}), ${fixed(speed, 1)} tokens/s`);
  say(`small model: ${fixed(added, 0)} µs more for each token (bar ${bars.addedUs})`);
  say(`time to the first token: ${fixed(first, 1)} ms more than the library (bar ${bars.firstMs})`);
  say(`the slowest of ${ROUNDS}: ${fixed(firstP95, 1)} ms more (bar ${bars.firstP95Ms})`);
  if (IS_LINUX) {
    say(`by processor time, with the client's own: ${fixed(cpuRatio, 3)} (bar ${bars.throughput})`);
    say(`small model, by processor time: ${fixed(addedCpu, 0)} µs more for each token (bar ${bars.addedUs})`);
  }
  return (
    ratio >= bars.throughput &&
    added <= bars.addedUs &&
    first <= bars.firstMs &&
    firstP95 <= bars.firstP95Ms &&
    (!IS_LINUX || (cpuRatio >= bars.throughput && addedCpu <= bars.addedUs))
  );
}

async function prefixCache({ host }: Subject): Promise<boolean> {
  const shares: number[] = [];
  for (let round = 1; round <= 3; round++) {
    const prompt = words(LONG_PROMPT, round);
    const cold = await overHttp(host, MEDIUM_REF, prompt, 1);
    const warm = await overHttp(host, MEDIUM_REF, prompt, 1);
    shares.push(warm.firstMs / cold.firstMs);
  }
  say(`a prompt that was read before ÷ for the first time: ${fixed(median(shares), 3)} (bar ${bars.warm})`);
  return median(shares) <= bars.warm;
}

/** From the client's abort until the only place of the model writes for somebody else, less what that takes by itself. */
async function cancelLatency({ host }: Subject): Promise<boolean> {
  const next = async () => (await overHttp(host, MEDIUM_REF, 'of', 1)).totalMs;
  await next();
  const alone = median([await next(), await next(), await next()]);
  async function after(prompt: string, isBegun: (signal: AbortSignal) => Promise<unknown>): Promise<number> {
    const controller = new AbortController();
    const ended = overHttp(host, MEDIUM_REF, prompt, 250, controller.signal).catch(() => undefined);
    await isBegun(controller.signal);
    controller.abort();
    const waited = await next();
    await ended;
    return Math.max(0, waited - alone);
  }
  const passed = (ms: number) => () => once(AbortSignal.timeout(ms), 'abort');
  const inPrompt: number[] = [];
  const inAnswer: number[] = [];
  for (let round = 10; round < 13; round++) {
    inPrompt.push(await after(words(LONG_PROMPT, round), passed(150)));
    inAnswer.push(await after('the people', passed(600)));
  }
  say(
    `a cancel frees the place within ${fixed(Math.max(...inPrompt), 0)} ms in the prompt, ${fixed(Math.max(...inAnswer), 0)} ms in the answer (bar ${bars.cancelMs})`,
  );
  return Math.max(...inPrompt, ...inAnswer) <= bars.cancelMs;
}

async function embeddings({ host, open }: Subject): Promise<boolean> {
  const { model } = await open('vectors');
  const context = await model.createEmbeddingContext({ contextSize: 512 });
  const texts = Array.from({ length: 8 }, (_, n) => words(60, n));
  const ratios: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const begun = performance.now();
    for (const text of texts) await context.getEmbeddingFor(text);
    const rawMs = performance.now() - begun;
    const asked = performance.now();
    await (await host.post('/v1/embeddings', { model: VECTORS_REF, input: texts })).json();
    if (round > 0) ratios.push(rawMs / (performance.now() - asked));
  }
  await model.dispose();
  say(`embeddings over HTTP ÷ library: ${fixed(median(ratios), 3)} (bar ${bars.embeddings})`);
  return median(ratios) >= bars.embeddings;
}

async function sideBySide({ host }: Subject): Promise<boolean> {
  host.host.settings.update({ parallel: 4 });
  await host.host.client.call('load_model', {
    model_id: MEDIUM_REF,
    force_reload: true,
    context_length: 256,
    wait: true,
  });
  const speedOf = async (count: number) => {
    const begun = performance.now();
    const all = await Promise.all(Array.from({ length: count }, (_, n) => overHttp(host, MEDIUM_REF, words(3, n), 24)));
    return all.reduce((sum, { tokens }) => sum + tokens, 0) / (performance.now() - begun);
  };
  await speedOf(1);
  // Taken by turns, so that what else the machine does slows both alike.
  const gains: number[] = [];
  for (let round = 0; round < 3; round++) gains.push((await speedOf(4)) / (await speedOf(1)));
  say(`four requests side by side ÷ one: ${fixed(median(gains))} times the tokens (bar ${bars.sideBySide})`);
  return median(gains) >= bars.sideBySide;
}

async function eventLoop({ host }: Subject): Promise<boolean> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await Promise.all([
    overHttp(host, MEDIUM_REF, 'the people', 60),
    overHttp(host, SMALL_REF, 'the people', 400),
    host.post('/v1/embeddings', { model: VECTORS_REF, input: words(60) }).then((answer) => answer.json()),
  ]);
  delay.disable();
  const p99 = delay.percentile(99) / 1e6 - 5;
  say(`event loop of the host while three models compute: p99 ${fixed(p99, 1)} ms (bar ${bars.loopP99})`);
  return p99 <= bars.loopP99;
}

/** Runs the benchmark and prints its figures. @returns false when a bar is missed */
export async function bench(): Promise<boolean> {
  const host = await realHost({ parallel: 1, max_loaded_models: 4, 'inference.context_length': 1024 }, MODELS);
  const llama = await getLlama({
    ...{ build: 'never', skipDownload: true, progressLogs: false, gpu: false },
    ...{ maxThreads: 1, logLevel: LlamaLogLevel.disabled },
  });
  const subject: Subject = {
    host,
    async open(name) {
      const folder = host.host.settings.get('models.folder') ?? '';
      const model = await llama.loadModel({ modelPath: path.join(folder, 'test', name, `${name}-F16.gguf`) });
      const context = await model.createContext({ contextSize: 512, batchSize: 128 });
      return { model, sequence: context.getSequence() };
    },
  };
  try {
    const met = [
      await throughput(subject),
      await prefixCache(subject),
      await cancelLatency(subject),
      await embeddings(subject),
      await eventLoop(subject),
      await sideBySide(subject),
    ];
    return met.every(Boolean);
  } finally {
    await llama.dispose();
    await host[Symbol.asyncDispose]();
  }
}
