import { expect, test } from 'vitest';
import type { ChatChunk } from '../../../../contract/models/openai/chat.ts';
import { mergedOf } from './merged.ts';

type Delta = ChatChunk['choices'][number]['delta'];
const chunk = (delta: Delta, finish_reason: 'stop' | 'tool_calls' | null = null): ChatChunk => ({
  ...({ id: 'chatcmpl-1', object: 'chat.completion.chunk', system_fingerprint: 'fp', created: 1, model: 'a' } as const),
  choices: [{ index: 0, delta, logprobs: null, finish_reason }],
});

// Catches an answer that has to be read word by word out of a hundred chunks, and pieces that are lost on the way.
test('the chunks of an answer are one: text, thoughts, calls, why it ended', () => {
  const call = (index: number, args: string, name?: string) => ({
    tool_calls: [
      { index, ...(name ? { id: `call_${index}` } : {}), function: { ...(name ? { name } : {}), arguments: args } },
    ],
  });
  const merged = mergedOf([
    chunk({ role: 'assistant', content: '' }),
    chunk({ reasoning_content: 'hm' }),
    chunk({ content: 'so ' }),
    chunk({ content: 'it is' }),
    chunk(call(0, '{"a"', 'find')),
    chunk(call(0, ':1}')),
    chunk({}, 'tool_calls'),
  ]);
  expect(merged).toMatchObject({ id: 'chatcmpl-1', object: 'chat.completion', model: 'a', usage: null });
  expect(merged.choices).toEqual([
    {
      index: 0,
      finish_reason: 'tool_calls',
      message: {
        role: 'assistant',
        content: 'so it is',
        reasoning_content: 'hm',
        tool_calls: [{ id: 'call_0', type: 'function', function: { name: 'find', arguments: '{"a":1}' } }],
      },
    },
  ]);
  expect(mergedOf([])).toEqual({ choices: [], usage: null });
});
