import type { Token } from 'node-llama-cpp';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { generateAsk, modelFolder, openEngine } from '../../../../tests/support/engine.ts';
import { vocabulary } from '../../../../tests/support/models/llama-model.ts';
import { canDraft, Drafter } from './drafter.ts';

const tokens = (...ids: number[]) => ids as Token[];

test('what follows the same words in the prompt is drafted, and each checked token looks back on those before it', () => {
  const steps: unknown[] = [];
  const drafter = new Drafter({ wants: () => true, took: (step) => steps.push(step) });
  drafter.begin(tokens(1, 2, 3, 4, 5, 6, 7, 8), true);
  drafter.reset({ stateTokens: tokens(9, 2, 3) } as never);
  expect(drafter.predictTokens()).toEqual([4]);
  expect([drafter.ahead(), drafter.ahead()]).toEqual([[], [4]]);
  drafter.came(30);
  drafter.came(1);
  drafter.pushTokens(tokens(4, 5, 3));
  expect(drafter.predictTokens()).toEqual([]);
  // Catches a cost that is told of the wrong step, or divided by the tokens that were drafted in place of those that came.
  expect(steps).toEqual([{ isDrafted: true, tokens: 2, ms: 31 }]);
});

test('nothing is drafted for an answer that may not have it, nor when it is slower', () => {
  const at = (wants: boolean, isOn: boolean) => {
    const drafter = new Drafter({ wants: () => wants, took: () => undefined });
    drafter.begin(tokens(1, 2, 3, 4), isOn);
    drafter.reset({ stateTokens: tokens(1, 2) } as never);
    return drafter.predictTokens();
  };
  expect([at(true, true), at(true, false), at(false, true)]).toEqual([[3], [], []]);
  expect([canDraft({ temperature: 0 }), canDraft({ temperature: 0.1 })]).toEqual([true, false]);
});

describe('in the engine', () => {
  const model = modelFolder({ context: 1024 });
  const engine = openEngine();
  // Each test has a pace of its own, which begins with steps that are drafted whatever they cost.
  beforeEach(() => engine.load(model.file, { context_length: 1024 }), 60_000);
  afterEach(() => engine.client.request({ op: 'unload', model: 'tiny' }, { deadlineMs: 60_000 }));
  afterAll(async () => {
    await engine[Symbol.asyncDispose]();
    model[Symbol.dispose]();
  });

  /** Few words, so that they repeat, and whole ones, so that they are the same tokens in a prompt. */
  const FEW = ['people', 'number', 'water', 'could', 'first', 'down'];
  const bias = vocabulary().flatMap(({ text }, id) =>
    FEW.includes(text.slice(1)) ? [[id, 30] as [number, number]] : [],
  );
  const sampling = (changes: object = {}) => ({ ...generateAsk().sampling, logit_bias: bias, ...changes });

  // Catches a draft that is taken without a check, penalties that do not see it, and what is left of it in the sequence.
  test.each([
    ['alone', {}, {}],
    ['with penalties', { repetition_penalty: 1.1, frequency_penalty: 0.4, presence_penalty: 0.2 }, {}],
    ['under a grammar', {}, { grammar: 'root ::= (" " [a-z]+)+' }],
    ['with probabilities', {}, { logprobs: 2 }],
  ])('greedy %s: drafts change nothing', async (_name, penalties, changes) => {
    const ask = (prompt: string, temperature: number, max_tokens = 60) =>
      engine.run(
        generateAsk({
          ...changes,
          prompt: { text: prompt },
          max_tokens,
          sampling: sampling({ ...penalties, temperature }),
        }),
      );
    const prompt = `the people${(await ask('the people', 1e-6, 120)).text}`;
    // So cold that it takes the likeliest token too, but nothing is drafted for it.
    const plain = await ask(prompt, 1e-6);
    const drafted = await ask(prompt, 0);
    expect(plain.answer).not.toHaveProperty('drafted');
    expect(drafted.answer).toMatchObject({ completion_tokens: 60, drafted: { accepted: expect.any(Number) } });
    expect(drafted.text).toBe(plain.text);
    if (!('repetition_penalty' in penalties)) expect(drafted.answer).not.toMatchObject({ drafted: { accepted: 0 } });
    const logprobs = (items: typeof drafted.items) => items.map((item) => (item.t === 'text' ? item.logprobs : null));
    if ('logprobs' in changes) expect(logprobs(drafted.items).length).toBe(logprobs(plain.items).length);
    expect((await ask(prompt, 1e-6)).text).toBe(plain.text);
  });
});
