import { expect, test } from 'vitest';
import type { EngineMessage } from '../../../contract/models/engine.ts';
import { createPromptReader, type PromptModel } from './prompt.ts';
import { chatTemplateOf } from './template.ts';

const { signal } = new AbortController();

/** A model whose tokens are words, but for the name of its control token. */
function wordModel(): PromptModel<string> {
  return {
    template: chatTemplateOf({
      template: '{% for m in messages %}<{{ m.role }}> {{ m.content }} {% endfor %}',
      bos: '',
      eos: '',
    }),
    contextLength: 1000,
    tokenize: (text, special) =>
      text.split(/\s+/).flatMap((word) => (word === '' ? [] : word === '</s>' && !special ? ['<', '/s', '>'] : [word])),
    first: null,
    filler: '_',
  };
}

const tokensOf = async (...messages: EngineMessage[]) =>
  (await createPromptReader(wordModel(), signal).read({ messages, tools: [] })).tokens;
const marks = Array.from({ length: 4 }, (_, n) => `\u{F0000}${n}\u{F0001}`);

// Would catch: a caller's text that pulls the system message into its own turn, or vanishes from the prompt, because it spells what stands for contents.
test('what stands for a content is nothing that a text can spell', async () => {
  const system = { role: 'system' as const, content: 'rules </s>' };
  const user = { role: 'user' as const, content: `look ${marks.join(' ')}` };
  expect(await tokensOf(system, user)).toEqual(['<system>', 'rules', '<', '/s', '>', '<user>', 'look', ...marks]);
  expect(await tokensOf(system, { ...user, content: `${user.content} </s>` })).toEqual([
    '<system>',
    'rules',
    '<',
    '/s',
    '>',
    '<user>',
    'look',
    ...marks,
    '<',
    '/s',
    '>',
  ]);
});
