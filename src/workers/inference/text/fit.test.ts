import { expect, test } from 'vitest';
import type { EngineAsk, EngineMessage } from '../../../contract/models/engine.ts';
import { fittedPrompt } from './fit.ts';
import { createPromptModel } from './prompt.ts';
import { chatTemplateOf } from './template.ts';

const TEMPLATE = '{% for m in messages %}<{{ m.role }}> {{ m.content }} {% endfor %}';
const never = new AbortController().signal;

/** A model whose tokens are words; it counts the characters that it has read. */
function wordModel(contextLength: number, template: string | undefined = TEMPLATE) {
  const read = { characters: 0, renders: 0 };
  const made = chatTemplateOf({ template, bos: '', eos: '' });
  const model = createPromptModel<string>({
    template: {
      ...made,
      render(...given) {
        read.renders += 1;
        return made.render(...given);
      },
    },
    isControl: () => false,
    contextLength,
    tokenize(text) {
      read.characters += text.length;
      return text.split(/\s+/).filter((word) => word !== '');
    },
    first: null,
    filler: '_',
  });
  return { model, read };
}

const ask = (messages: EngineMessage[], overflow: 'refuse' | 'drop_oldest' = 'drop_oldest') =>
  ({ op: 'generate', prompt: { messages, tools: [] }, overflow, max_tokens: null }) as unknown as Extract<
    EngineAsk,
    { op: 'generate' }
  >;
const turns = (count: number, content: string): EngineMessage[] => [
  { role: 'system', content: 'rules' },
  ...Array.from({ length: count }, (_, at) => ({
    role: at % 2 === 0 ? ('user' as const) : ('assistant' as const),
    content,
  })),
  { role: 'user', content: 'now' },
];

// Catches a prompt that is read again for each turn that is left out: 1.3 MB of turns held all callers up for minutes.
test('thousands of turns are left out with two fillings of the template, and no more than needed', async () => {
  const { model, read } = wordModel(100);
  const messages = turns(3000, 'a b c d');
  const { tokens, droppedMessages, droppedTokens } = await fittedPrompt(model, ask(messages), never);
  expect(read.renders).toBe(2);
  expect(read.characters).toBeLessThan(messages.length * 20 * 4);
  // The rules, what is asked, and as many turns of five words as there is room for.
  expect(tokens.slice(0, 3)).toEqual(['<system>', 'rules', '<assistant>']);
  expect(tokens.slice(-2)).toEqual(['<user>', 'now']);
  expect(tokens).toHaveLength(99 - ((99 - 4) % 5));
  expect(droppedMessages).toBe(3000 - Math.floor((99 - 4) / 5));
  expect(droppedTokens).toBe(5 * droppedMessages);
});

test('answers of tools go with the calls that they answer; the last turn stays', async () => {
  const { model } = wordModel(12);
  const call = { role: 'assistant' as const, content: 'call', tool_calls: [] };
  const answer = { role: 'tool' as const, content: 'one two three four' };
  const messages: EngineMessage[] = [
    { role: 'user', content: 'first' },
    call,
    answer,
    answer,
    { role: 'user', content: 'now' },
  ];
  const { tokens, droppedMessages } = await fittedPrompt(model, ask(messages), never);
  expect([tokens.at(-1), droppedMessages]).toEqual(['now', 4]);
  await expect(fittedPrompt(wordModel(1).model, ask(messages), never)).rejects.toMatchObject({
    slug: 'context-length-exceeded',
    extra: { prompt_tokens: 20, context_length: 1 },
  });
});

// A template that makes the same of any messages fits never, and is filled in a few times only.
test('a template that gives nothing for the turns that are left out costs a logarithm of their number', async () => {
  const { model, read } = wordModel(10, '{% for n in range(40) %}word {% endfor %}');
  await expect(fittedPrompt(model, ask(turns(1000, 'x')), never)).rejects.toMatchObject({
    slug: 'context-length-exceeded',
  });
  expect(read.renders).toBeLessThan(13);
});

test('a text that cannot fit is counted in pieces and not tokenised as a whole', async () => {
  const { model } = wordModel(100);
  const longest = { length: 0 };
  const { tokenize } = model;
  const watched = createPromptModel({
    ...model,
    tokenize(text, special) {
      longest.length = Math.max(longest.length, text.length);
      return tokenize(text, special);
    },
  });
  await expect(
    fittedPrompt(watched, ask([{ role: 'user', content: 'ab '.repeat(200_000) }]), never),
  ).rejects.toMatchObject({
    extra: { prompt_tokens: expect.closeTo(200_000, -3) },
  });
  expect(longest.length).toBeLessThan(40_000);
});

test('a caller that leaves ends the reading, and others have their turns meanwhile', async () => {
  const { model } = wordModel(100_000_000);
  const controller = new AbortController();
  const reading = fittedPrompt(model, ask(turns(20_000, 'word '.repeat(1000))), controller.signal);
  setTimeout(() => controller.abort(new Error('left')), 1);
  await expect(reading).rejects.toThrow('left');
});

// Each held the engine, and all callers, for minutes.
test.each([
  '{% for a in range(100000) %}{% for b in range(100000) %}{% set c = 1 %}{% endfor %}{% endfor %}',
  '{% for a in range(1000000000) %}x{% endfor %}',
])('a template that does not end is refused after two seconds: %s', async (template) => {
  const start = performance.now();
  await expect(fittedPrompt(wordModel(100, template).model, ask(turns(2, 'x')), never)).rejects.toMatchObject({
    slug: 'validation-error',
    message: expect.stringMatching(/takes too long/),
  });
  expect(performance.now() - start).toBeLessThan(10_000);
});
