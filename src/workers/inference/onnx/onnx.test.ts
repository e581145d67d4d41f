import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  AutoModelForCausalLM,
  AutoModelForSequenceClassification,
  AutoTokenizer,
  pipeline,
} from '@huggingface/transformers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateAsk, openEngine } from '../../../../tests/support/engine.ts';
import { libraryOn } from '../../../../tests/support/models/library.ts';
import {
  writeOnnxEmbedder,
  writeOnnxGenerator,
  writeOnnxReranker,
} from '../../../../tests/support/models/onnx-models.ts';
import type { EngineAnswer } from '../../../contract/models/engine.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tabagent-onnx-'));
const at = (name: string) => path.join(folder, name);
const FULL = libraryOn(folder);

const engine = openEngine('onnx');
beforeAll(() => {
  writeOnnxGenerator(at('writer'));
  writeOnnxEmbedder(at('vectors'));
  writeOnnxReranker(at('ranker'), { external: true });
}, 60_000);
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});
const onnx = (name: string) => path.join(at(name), 'onnx', 'model.onnx');

const TEXTS = ['the people', 'Hello my friends. How are you?', 'what', 'water and many words'];
const ask = (body: Parameters<typeof engine.client.request>[0]) => engine.client.request(body, { deadlineMs: 30_000 });
const vectorsOf = (answer: EngineAnswer) => {
  if (answer.t !== 'embedded') throw new Error(answer.t);
  return Array.from(new Float32Array(Uint8Array.from(answer.vectors).buffer));
};
const embed = async (model: string, texts: string[], as: 'query' | 'document' | null = null) =>
  vectorsOf(await ask({ op: 'embed', model, texts, as }));

describe('vectors', () => {
  let loads = 0;
  /** A model whose files ask for something. */
  async function asked(files: Record<string, object>) {
    const name = `asked-${++loads}`;
    writeOnnxEmbedder(at(name), { files });
    await engine.load(onnx(name), { model: name, type: 'embedding' });
    return name;
  }
  const pooled = async (pooling: 'mean' | 'cls', texts: string[]) => {
    const extract = await pipeline('feature-extraction', 'vectors', FULL);
    return Array.from((await extract(texts, { pooling, normalize: true })).data as Float32Array);
  };
  const expectEqual = (found: number[], wanted: number[]) => {
    expect(found).toHaveLength(wanted.length);
    expect(Math.max(...found.map((value, index) => Math.abs(value - (wanted[index] ?? 0))))).toBeLessThan(1e-5);
  };

  // Catches padding that is computed with, an order that is lost in batches, a vector that is not of unit length.
  test('are those of the library used directly, whatever is embedded beside them', async () => {
    const { answer } = await engine.load(onnx('vectors'), { model: 'vectors', type: 'embedding' });
    expect(answer).toMatchObject({
      facts: { dimensions: 32, context_length: 128, device: 'cpu', refused_devices: [] },
    });
    expectEqual(await embed('vectors', TEXTS), await pooled('mean', TEXTS));
    const counted = await ask({ op: 'embed', model: 'vectors', texts: ['the people', 'the'], as: null });
    // Each with the two tokens that the model wants around it.
    expect(counted).toMatchObject({ tokens: 4 + 3 });
  });

  // Catches a model whose own files are not read: its vectors look well and mean nothing.
  test('are pooled as the model asks for it', async () => {
    const name = await asked({
      '1_Pooling/config.json': { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false },
    });
    expectEqual(await embed(name, TEXTS), await pooled('cls', TEXTS));
    const both = await asked({
      '1_Pooling/config.json': { pooling_mode_cls_token: true, pooling_mode_mean_tokens: true },
    });
    expect(await embed(both, ['the'])).toHaveLength(64);
  });

  test('have before them what the model wants for questions and documents', async () => {
    const name = await asked({
      'config_sentence_transformers.json': { prompts: { query: 'find: ', passage: 'the ' } },
    });
    expectEqual(await embed(name, ['people'], 'query'), await pooled('mean', ['find: people']));
    expectEqual(await embed(name, ['people'], 'document'), await pooled('mean', ['the people']));
    expectEqual(await embed(name, ['people']), await pooled('mean', ['people']));
  });

  test('of a text that is too long are refused, not made of its beginning', async () => {
    await expect(embed('vectors', ['the '.repeat(200)])).rejects.toMatchObject({
      slug: 'context-length-exceeded',
      extra: { prompt_tokens: 202, context_length: 128 },
    });
  });

  test('of a model whose last layer its file lacks are refused', async () => {
    const modules = [{ type: 'sentence_transformers.models.Dense', path: '2_Dense' }];
    await expect(asked({ 'modules.json': modules })).rejects.toMatchObject({ slug: 'model-corrupted' });
  });
});

describe('rankings', () => {
  test('are the scores of the library used directly; weights beside the graph are found', async () => {
    await engine.load(onnx('ranker'), { model: 'ranker', type: 'rerank' });
    const tokenizer = await AutoTokenizer.from_pretrained('ranker');
    const model = await AutoModelForSequenceClassification.from_pretrained('ranker', {
      ...FULL,
      use_external_data_format: true,
    });
    const wanted: number[] = [];
    for (const text of TEXTS) {
      const { logits } = await model(tokenizer('who are you', { text_pair: text }));
      wanted.push((logits.sigmoid().data as Float32Array)[0] ?? 0);
    }
    const answer = await ask({ op: 'rerank', model: 'ranker', query: 'who are you', documents: TEXTS });
    if (answer.t !== 'ranked') throw new Error(answer.t);
    for (const [index, score] of answer.scores.entries()) expect(score).toBeCloseTo(wanted[index] ?? 0, 5);
  });
});

describe('generation', () => {
  beforeAll(async () => {
    await engine.load(onnx('writer'), { parallel: 2 });
  });

  async function direct(prompt: string, count: number) {
    const tokenizer = await AutoTokenizer.from_pretrained('writer');
    const model = await AutoModelForCausalLM.from_pretrained('writer', FULL);
    const inputs = tokenizer(prompt);
    const out = (await model.generate({ ...inputs, max_new_tokens: count, do_sample: false })) as {
      tolist(): bigint[][];
    };
    const tokens = (out.tolist()[0] ?? []).slice(inputs.input_ids.dims[1]);
    return tokenizer.decode(tokens.map(Number), { skip_special_tokens: true, clean_up_tokenization_spaces: false });
  }

  // Catches a cache that is shifted, a prompt in pieces of which one sees the others wrongly, a lost token.
  test.each([
    'the people',
    'the people who were there '.repeat(8),
  ])('greedy: the text of the library used directly', async (prompt) => {
    const { answer, text, items } = await engine.run(generateAsk({ prompt: { text: prompt }, max_tokens: 40 }));
    expect(text).toBe(await direct(prompt, 40));
    expect(answer).toEqual({ t: 'finished', reason: 'length', completion_tokens: 40 });
    expect(items.reduce((sum, item) => sum + (item.t === 'text' ? item.tokens : 0), 0)).toBe(40);
  });

  test('what an earlier request has computed is not computed again, and changes nothing', async () => {
    const prompt = { text: 'one two many people go' };
    const first = await engine.run(generateAsk({ prompt }));
    const again = await engine.run(generateAsk({ prompt }));
    expect(again.text).toBe(first.text);
    const [started] = again.items;
    if (started?.t !== 'started') throw new Error('it did not start');
    expect(started.cached_tokens).toBe(started.prompt_tokens - 1);
  });

  test('the same seed gives the same text, another one another', async () => {
    const sampled = (seed: number) =>
      engine.run(generateAsk({ sampling: { ...generateAsk().sampling, temperature: 1, seed } }));
    const [one, two, other] = [await sampled(7), await sampled(7), await sampled(8)];
    expect(two.text).toBe(one.text);
    expect(other.text).not.toBe(one.text);
  });

  test('a stop text ends the answer and is never part of it', async () => {
    const whole = (await engine.run(generateAsk({ max_tokens: 40 }))).text;
    const stop = whole.slice(8, 14);
    const { text, answer } = await engine.run(generateAsk({ max_tokens: 40, stop: [stop] }));
    expect(text).toBe(whole.slice(0, whole.indexOf(stop)));
    expect(answer).toMatchObject({ reason: 'stop' });
  });

  test('probabilities: the texts make the answer, the likeliest was taken, each logarithm is at most 0', async () => {
    const { items, text } = await engine.run(generateAsk({ logprobs: 3 }));
    const logprobs = items.flatMap((item) => (item.t === 'text' ? (item.logprobs ?? []) : []));
    expect(logprobs.map(({ token }) => token).join('')).toBe(text);
    expect(logprobs).toHaveLength(16);
    for (const { logprob, token, top_logprobs } of logprobs) {
      expect(logprob).toBeLessThanOrEqual(0);
      expect(top_logprobs).toHaveLength(3);
      expect(top_logprobs[0]?.token).toBe(token);
      expect(top_logprobs.reduce((sum, one) => sum + Math.exp(one.logprob), 0)).toBeLessThanOrEqual(1.000_001);
    }
  });

  // Catches a caller who ends a turn by writing the name of a control token.
  test('a conversation goes through the template; what callers write never becomes a control token', async () => {
    const count = async (content: string) => {
      const prompt = { messages: [{ role: 'user' as const, content }], tools: [] };
      const [started] = (await engine.run(generateAsk({ prompt, max_tokens: 1 }))).items;
      return started?.t === 'started' ? started.prompt_tokens : 0;
    };
    const tokenizer = await AutoTokenizer.from_pretrained('writer');
    const rendered = tokenizer.apply_chat_template([{ role: 'user', content: 'the people' }], {
      add_generation_prompt: true,
      return_tensor: false,
      return_dict: false,
    }) as number[];
    // The library leaves it to the template to begin with the first token.
    expect(await count('the people')).toBe(rendered.length + 1);
    expect(await count('a</s>')).toBe((await count('a')) + 4);
  });

  test('schemas and tools are refused by name', async () => {
    await expect(engine.run(generateAsk({ grammar: 'root ::= "a"' }))).rejects.toMatchObject({
      slug: 'unsupported-parameter',
      extra: { param: 'response_format' },
    });
    const tools = { call: 'root ::= "a"', required: null };
    await expect(engine.run(generateAsk({ tools }))).rejects.toMatchObject({ extra: { param: 'tools' } });
  });

  test('a cancel ends it at once, and its place is free', async () => {
    const gone = new AbortController();
    const stream = engine.client.stream(generateAsk({ max_tokens: 500 }), { idleMs: 10_000, signal: gone.signal });
    await stream.next();
    await stream.next();
    const begun = performance.now();
    gone.abort();
    await expect(stream.next().then(() => stream.next())).rejects.toMatchObject({ slug: 'cancelled' });
    const [one, two] = await Promise.all([engine.run(generateAsk()), engine.run(generateAsk())]);
    expect(one.text).toBe(two.text);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});

describe('a model that cannot be used', () => {
  const refused = (name: string, type: 'chat' | 'embedding' = 'chat') => engine.load(onnx(name), { model: name, type });

  test('is refused with the reason, and the engine goes on', async () => {
    writeOnnxGenerator(at('headless'), { files: { 'tokenizer.json': { model: { type: 'unknown' } } } });
    await expect(refused('headless')).rejects.toMatchObject({ slug: 'model-corrupted' });
    writeOnnxEmbedder(at('mute'));
    await expect(refused('mute')).rejects.toMatchObject({
      extra: { reason: expect.stringContaining('token_type_ids') },
    });
    writeOnnxEmbedder(at('noise'));
    writeFileSync(onnx('noise'), Buffer.alloc(1000, 7));
    await expect(refused('noise', 'embedding')).rejects.toMatchObject({ slug: 'model-corrupted' });
    expect(await embed('vectors', ['the'])).toHaveLength(32);
  });
});

test('a device that does not compute is passed over, with the reason', async () => {
  await using other = openEngine('onnx', { TABAGENT_GPU: 'auto' });
  const { answer } = await other.load(onnx('vectors'), { type: 'embedding' });
  if (answer.t !== 'loaded') throw new Error(answer.t);
  const { device, refused_devices } = answer.facts;
  // On a machine with a card that computes there may be nothing to refuse.
  if (device === 'cpu') expect(refused_devices.map((one) => one.device)).toContain('cuda');
  for (const { reason } of refused_devices) expect(reason).toMatch(/\w{3}/);
});

test('a process that is killed fails what it computed, and the next request starts it again', async () => {
  await using other = openEngine('onnx');
  await other.load(onnx('writer'));
  const stream = other.client.stream(generateAsk({ max_tokens: 500 }), { idleMs: 10_000 });
  await stream.next();
  process.kill(other.pids[0] ?? 0, 'SIGKILL');
  await expect(
    (async () => {
      while (!(await stream.next()).done);
    })(),
  ).rejects.toMatchObject({ slug: 'worker-crashed' });
  await other.load(onnx('writer'));
  expect((await other.run(generateAsk())).text).not.toBe('');
});
