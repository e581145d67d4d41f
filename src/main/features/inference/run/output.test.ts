import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type OutputPart, OutputReader } from './output.ts';

const call = (name: string, args: string) => `<tool_call>\n{"name": "${name}", "arguments": ${args}}\n</tool_call>`;

/** What pieces come to, put together. */
function read(pieces: readonly string[], options = { reasons: true, inside: false, tools: true }) {
  const reader = new OutputReader(options);
  const parts: OutputPart[] = [...pieces.flatMap((piece) => reader.add(piece, 1, [])), ...reader.end()];
  const textOf = (kind: 'content' | 'reasoning') =>
    parts.flatMap((part) => (part.t === kind ? [part.text] : [])).join('');
  const calls = Array.from({ length: reader.calls }, (_, index) => ({
    name: parts.find((part) => part.t === 'call' && part.index === index),
    args: parts.flatMap((part) => (part.t === 'arguments' && part.index === index ? [part.text] : [])).join(''),
  }));
  return { content: textOf('content'), reasoning: textOf('reasoning'), calls: calls.map(({ args }) => args) };
}

const TEXTS = [
  `<think>\nI <tool_call> think</thinkable></think>\n\nSo:\n${call('a', '{"x": "}\\"</tool_call>", "y": [{}]}')}\n${call('b', '{}')}`,
  'no < marks </tool_call> here, <tool_cal nor <think> here',
  `<think>never ended ${call('a', '{}')}`,
  `  plain ${call('a', '{"x":1}')} behind`,
  `<tool_call>\n{"name": "cut`,
  '<thin',
];

// Catches marks that are missed, or told as text, when they come in several pieces.
test('pieces of any size come to the same', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...TEXTS),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (text, sizes) => {
        const pieces: string[] = [];
        for (let at = 0, turn = 0; at < text.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          pieces.push(text.slice(at, at + size));
          at += size;
        }
        expect(read(pieces)).toEqual(read([text]));
      },
    ),
    { numRuns: 500 },
  );
});

test('texts are taken apart at their marks', () => {
  expect(TEXTS.map((text) => read([text]))).toEqual([
    {
      content: 'So:',
      reasoning: '\nI <tool_call> think</thinkable>',
      calls: ['{"x": "}\\"</tool_call>", "y": [{}]}', '{}'],
    },
    { content: TEXTS[1], reasoning: '', calls: [] },
    { content: '', reasoning: `never ended ${call('a', '{}')}`, calls: [] },
    { content: '  plainbehind', reasoning: '', calls: ['{"x":1}'] },
    { content: TEXTS[4], reasoning: '', calls: [] },
    { content: TEXTS[5], reasoning: '', calls: [] },
  ]);
});

test('without tools and reasoning every mark is text; a prompt may have opened the reasoning', () => {
  const text = TEXTS[0] ?? '';
  expect(read([text], { reasons: false, inside: false, tools: false }).content).toBe(text);
  expect(read(['hm</think>\nyes'], { reasons: true, inside: true, tools: false })).toEqual({
    content: 'yes',
    reasoning: 'hm',
    calls: [],
  });
});
