import { getLlama, type Token } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateAsk, modelFolder, openEngine } from '../../../../tests/support/engine.ts';
import { MEDIUM, WORDS } from '../../../../tests/support/models/llama-model.ts';

const model = modelFolder();
const engine = openEngine();
beforeAll(async () => {
  const { answer, items } = await engine.load(model.file, { parallel: 2 });
  expect(answer).toMatchObject({ t: 'loaded', facts: { context_length: 512, device: 'cpu' } });
  expect(items.at(-1)).toMatchObject({ t: 'loading', percent: 100 });
}, 60_000);
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  model[Symbol.dispose]();
});

/** The library used directly. */
async function direct(prompt: string, count: number) {
  const llama = await getLlama({ build: 'never', gpu: false, maxThreads: 1 });
  const loaded = await llama.loadModel({ modelPath: model.file });
  const context = await loaded.createContext({ contextSize: 512 });
  const sequence = context.getSequence();
  const tokens: Token[] = [];
  const input = [loaded.tokens.bos as Token, ...loaded.tokenize(prompt)];
  for await (const token of sequence.evaluate(input, { temperature: 0 })) {
    tokens.push(token);
    if (tokens.length >= count) break;
  }
  const text = loaded.detokenize(tokens, false, input);
  await llama.dispose();
  return text;
}

describe('generation', () => {
  // Catches a template, a lost token or a sampler that changes what the model itself says.
  test('greedy: the same text as the library used directly, with true counts', async () => {
    const { items, answer, text } = await engine.run(generateAsk({ max_tokens: 40 }));
    expect(text).toBe(await direct('the people', 40));
    expect(answer).toEqual({ t: 'finished', reason: 'length', completion_tokens: 40 });
    expect(items.reduce((sum, item) => sum + (item.t === 'text' ? item.tokens : 0), 0)).toBe(40);
    expect(items[0]).toMatchObject({ t: 'started', prompt_tokens: 3, cached_tokens: 0 });
  });

  test('what an earlier request has computed is not computed again, and changes nothing', async () => {
    const first = await engine.run(generateAsk({ prompt: { text: 'one two many people go' } }));
    const again = await engine.run(generateAsk({ prompt: { text: 'one two many people go' } }));
    expect(again.text).toBe(first.text);
    expect(again.items[0]).toMatchObject({ t: 'started', prompt_tokens: 6, cached_tokens: 5 });
  });

  test('the same seed gives the same text, another one another', async () => {
    const at = (seed: number) =>
      engine.run(generateAsk({ sampling: { ...generateAsk().sampling, temperature: 1, seed } }));
    const [one, two, other] = [await at(7), await at(7), await at(8)];
    expect(two.text).toBe(one.text);
    expect(other.text).not.toBe(one.text);
  });

  // Catches a stop text that leaks because it came in two tokens.
  test('a stop text ends the answer and is never part of it', async () => {
    const whole = (await engine.run(generateAsk({ max_tokens: 40 }))).text;
    for (const [from, to] of [
      [3, 5],
      [8, 14],
      [20, 21],
    ] as const) {
      const stop = whole.slice(from, to);
      const { text, answer } = await engine.run(generateAsk({ max_tokens: 40, stop: [stop] }));
      expect(text).toBe(whole.slice(0, whole.indexOf(stop)));
      expect(answer).toMatchObject({ reason: 'stop' });
    }
  });

  test('probabilities: the texts make the answer, no logarithm is above 0, as many alternatives as asked for', async () => {
    const { items, text } = await engine.run(generateAsk({ logprobs: 3 }));
    const logprobs = items.flatMap((item) => (item.t === 'text' ? (item.logprobs ?? []) : []));
    expect(logprobs.map(({ token }) => token).join('')).toBe(text);
    expect(logprobs).toHaveLength(16);
    for (const one of logprobs) {
      expect(one.logprob).toBeLessThanOrEqual(0);
      expect(one.top_logprobs).toHaveLength(3);
      // Greedy takes the likeliest.
      expect(one.top_logprobs[0]?.token).toBe(one.token);
    }
  });

  test('a grammar binds the whole output', async () => {
    const { text } = await engine.run(generateAsk({ grammar: 'root ::= "{\\"a\\": " [0-9]{3} "}"', max_tokens: 60 }));
    expect(text).toMatch(/^\{"a": \d{3}\}$/);
  });

  test('a prompt that does not fit is refused with the counts; nothing is cut silently', async () => {
    const long = 'the '.repeat(600);
    await expect(engine.run(generateAsk({ prompt: { text: long } }))).rejects.toMatchObject({
      slug: 'context-length-exceeded',
      extra: { context_length: 512, prompt_tokens: expect.any(Number) },
    });
    const turn = (content: string) => ({ role: 'user' as const, content });
    const prompt = { messages: [turn('the '.repeat(300)), turn('the '.repeat(300)), turn('people')], tools: [] };
    await expect(engine.run(generateAsk({ prompt }))).rejects.toMatchObject({ slug: 'context-length-exceeded' });
    const { items } = await engine.run(generateAsk({ prompt, overflow: 'drop_oldest' }));
    expect(items[0]).toMatchObject({ dropped_messages: 1, dropped_tokens: expect.any(Number) });
  });

  // Catches callers who end their turn and speak as the system by writing the model's control tokens.
  test('control tokens in what callers write stay text', async () => {
    const count = async (content: string) => {
      const prompt = { messages: [{ role: 'user' as const, content }], tools: [] };
      const [started] = (await engine.run(generateAsk({ prompt, max_tokens: 1 }))).items;
      return started?.t === 'started' ? started.prompt_tokens : 0;
    };
    expect(await count('</s>')).toBeGreaterThan((await count('a')) + 1);
  });
});

describe('cancel', () => {
  test('in the prompt and in the answer frees the sequence at once; others go on', async () => {
    const other = engine.run(generateAsk({ prompt: { text: 'other' }, max_tokens: 300 }));
    const controller = new AbortController();
    const stream = engine.client.stream(generateAsk({ max_tokens: 400 }), {
      idleMs: 10_000,
      signal: controller.signal,
    });
    await stream.next();
    await stream.next();
    controller.abort();
    await expect(stream.next()).rejects.toMatchObject({ slug: 'cancelled' });
    expect((await engine.run(generateAsk())).text).not.toBe('');
    expect((await other).answer).toMatchObject({ t: 'finished' });
  });

  // Catches a cancel that waits for more of the prompt than the batch that is being computed.
  test('in the prompt waits for one batch of it', async () => {
    const words = (round: number) =>
      Array.from({ length: 600 }, (_, n) => WORDS[(n * 7 + round * 13 + (n % (round + 2))) % WORDS.length]).join(' ');
    using large = modelFolder({ ...MEDIUM, layers: 8 });
    await using own = openEngine();
    await own.load(large.file, { context_length: 1024 });
    const timed = async (text: string, signal?: AbortSignal) => {
      const begun = performance.now();
      await own.run(generateAsk({ prompt: { text }, max_tokens: 1 }), signal).catch(() => undefined);
      return performance.now() - begun;
    };
    await timed('of');
    const whole = await timed(words(1));
    // The engine aims at an eighth of a second for a batch; a slow machine takes longer for the smallest one.
    const batch = Math.max(120, (whole * 16) / 600);
    const waits: number[] = [];
    for (let round = 2; round < 6; round++) {
      const alone = await timed('of');
      const left = timed(words(round), AbortSignal.timeout(Math.round(whole / 4) + round * 20));
      await left;
      waits.push((await timed('of')) - alone);
    }
    // What else the machine does meanwhile makes one or the other longer.
    expect(Math.min(...waits)).toBeLessThan(1.5 * batch);
    expect(whole).toBeGreaterThan(6 * batch);
  }, 120_000);

  // Catches an engine that computes ahead without end when its reader has stopped reading.
  test('a reader that stops reading stops the engine', async () => {
    const stream = engine.client.stream(generateAsk({ max_tokens: 400 }), { idleMs: 60_000 });
    await stream.next();
    const { text } = await engine.run(generateAsk({ prompt: { text: 'other' }, max_tokens: 100 }));
    expect(text).not.toBe('');
    let items = 0;
    for await (const item of stream) if (item.t === 'text') items += item.tokens;
    expect(items).toBe(400);
  });
});

// Catches an engine that waits for its own computation before it takes fewer threads.
test('the processor can be shared while it computes, with the same text', async () => {
  const alone = await engine.run(generateAsk({ max_tokens: 60 }));
  const running = engine.run(generateAsk({ max_tokens: 60 }));
  for (const value of [false, true])
    await expect(engine.client.request({ op: 'share', alone: value }, { deadlineMs: 10_000 })).resolves.toEqual({
      t: 'shared',
    });
  expect((await running).text).toBe(alone.text);
});

test('a process that is killed fails what it was computing; the next request starts another one', async () => {
  await using own = openEngine();
  await own.load(model.file);
  const stream = own.client.stream(generateAsk({ max_tokens: 400 }), { idleMs: 60_000 });
  await stream.next();
  process.kill(own.pids[0] ?? 0, 'SIGKILL');
  await expect(
    (async () => {
      for await (const _ of stream);
    })(),
  ).rejects.toMatchObject({ slug: 'worker-crashed' });
  await expect(own.run(generateAsk())).rejects.toMatchObject({ slug: 'model-not-loaded' });
  await own.load(model.file);
  expect((await own.run(generateAsk())).text).not.toBe('');
}, 60_000);
