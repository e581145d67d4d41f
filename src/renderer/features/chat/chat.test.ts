import { describe, expect, test } from 'vitest';
import type { ChatChunk } from '../../../contract/models/openai/chat.ts';
import type { ConversationMessage, MessageId, Session } from '../../../contract/models/sessions.ts';
import { figuresOf } from './conversation/figures.ts';
import { rowsOf } from './conversation/rows.ts';
import { stablePart } from './conversation/stable-part.ts';
import { type LiveAnswer, withChunk } from './live/streams.ts';
import { NO_FIELDS, readFields, toFields } from './parameters/fields.ts';
import { chatRequest } from './request.ts';
import { fileName, toMarkdown } from './sessions/export.ts';

const id = (name: string) => name as MessageId;
const message = (name: string, more: Partial<ConversationMessage> = {}): ConversationMessage => ({
  ...{ id: id(name), role: 'user', content: name, name: null, created_at: '2026-01-01T00:00:00.000Z', model: null },
  ...{ status: 'complete', reasoning: '', tool_call_id: null, finish_reason: null, error: null, timings: null },
  ...{ versions: [id(name)], ...more },
});
const session = {
  title: 'T',
  model: 'm',
  params: {},
  system_prompt: '',
  tools: [],
  response_schema: null,
} as unknown as Session;

describe('rows', () => {
  const items = [message('a'), message('b', { role: 'assistant', model: 'x' })];
  const base = { items, others: [], turn: undefined, failure: undefined, comparing: false };

  // Catches an old answer that stays above the new one while that is written.
  test('what is on its way stands in place of what is behind it', () => {
    const turn = { after: id('a'), said: [], answers: [] };
    expect(rowsOf({ ...base, turn }).map(({ kind }) => kind)).toEqual(['message', 'live']);
    expect(rowsOf({ ...base, turn: { ...turn, after: null } }).map(({ kind }) => kind)).toEqual(['live']);
  });

  test('a question without an answer can be answered; a failure says why there is none', () => {
    const open = { ...base, items: items.slice(0, 1) };
    expect(rowsOf(open).at(-1)?.kind).toBe('unanswered');
    expect(rowsOf({ ...open, failure: new Error() as never }).at(-1)?.kind).toBe('failure');
  });

  // Catches a comparison that shows two answers of the same model.
  test('answers of two models stand side by side in the order in which they came', () => {
    const versions = [id('c'), id('b')];
    const pair = { items: [message('a'), message('b', { role: 'assistant', model: 'x', versions })], comparing: true };
    const of = (model: string) => [message('c', { role: 'assistant', model, versions })];
    expect(rowsOf({ ...base, ...pair, others: of('y') }).at(-1)).toMatchObject({
      ...{ kind: 'pair', messages: [{ id: 'c' }, { id: 'b' }] },
    });
    expect(rowsOf({ ...base, ...pair, others: of('x') }).at(-1)?.kind).toBe('message');
  });
});

describe('parameters', () => {
  test('what is read from the form is what was put into it', () => {
    const stored = {
      ...{ model: 'm', system_prompt: 'Be kind', tools: [{ type: 'function', function: { name: 'f' } }] },
      ...{
        params: { temperature: 0, max_new_tokens: 5, stop_sequences: ['END', 'x'] },
        response_schema: { type: 'object' },
      },
    };
    expect(readFields(toFields(stored))).toMatchObject({ settings: stored, errors: {} });
  });

  // Catches a temperature of 0 that is taken for none, and one that is cleared and stays.
  test('an empty field clears its parameter; what cannot be sent is said at its field', () => {
    expect(readFields({ ...NO_FIELDS, temperature: '0' })).toMatchObject({ settings: { params: { temperature: 0 } } });
    expect(readFields(NO_FIELDS).patch.params).toMatchObject({ temperature: null, stop_sequences: null });
    const wrong = { ...NO_FIELDS, temperature: '3', seed: '1.5', stop: '1\n2\n3\n4\n5', schema: '{', tools: '{}' };
    expect(Object.keys(readFields(wrong).errors).sort()).toEqual(['schema', 'seed', 'stop', 'temperature', 'tools']);
  });

  test('a request has what is set and nothing else', () => {
    expect(chatRequest('s', { ...session, system_prompt: 'Be kind', params: { top_p: 0 } }, [message('a')])).toEqual({
      ...{ model: 'm', session_id: 's', top_p: 0, stream: true },
      messages: [
        { role: 'system', content: 'Be kind' },
        { role: 'user', content: 'a' },
      ],
      stream_options: { include_usage: true, continuous_usage_stats: true },
    });
  });
});

describe('answers as they come', () => {
  const start: LiveAnswer = {
    ...{ model: null, content: '', reasoning: '', calls: [], usage: null, firstMs: null, lastMs: 0 },
    ...{ state: 'waiting', error: null },
  };
  const chunk = (delta: ChatChunk['choices'][number]['delta']): ChatChunk => ({
    ...{ id: '', created: 0, model: 'm', system_fingerprint: '', object: 'chat.completion.chunk' },
    choices: [{ index: 0, delta, logprobs: null, finish_reason: null }],
  });

  // Catches a time to the first token that is that of the empty opening piece.
  test('the first token is the first text', () => {
    const opened = withChunk(start, chunk({ role: 'assistant', content: '' }), 5);
    expect(opened).toMatchObject({ firstMs: null, state: 'waiting' });
    const written = withChunk(withChunk(opened, chunk({ content: 'a' }), 20), chunk({ content: 'b' }), 30);
    expect(written).toMatchObject({ content: 'ab', firstMs: 20, lastMs: 30, state: 'writing' });
  });

  test('arguments of calls that come in pieces are put together', () => {
    const piece = (text: string, more = {}) =>
      chunk({ tool_calls: [{ index: 0, function: { arguments: text }, ...more }] });
    const opened = piece('', { id: 'call_1', function: { name: 'f', arguments: '' } });
    const answer = [opened, piece('{"a"'), piece(':1}')].reduce((now, next) => withChunk(now, next, 1), start);
    expect(answer.calls).toEqual([{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }]);
  });

  test('the rate counts the tokens behind the first', () => {
    expect(figuresOf({ tokens: 11, firstMs: 1_000, lastMs: 2_000 }).at(-1)).toBe('10.0 tokens/s');
    expect(figuresOf({ tokens: 1, firstMs: 10, lastMs: 10 })).toEqual(['1 token', 'first token 10 ms']);
    expect(figuresOf({ tokens: 0, firstMs: null, lastMs: null })).toEqual([]);
  });

  // Catches code that changes its look with each empty line in it.
  test('the part of a text that stays ends at an empty line outside of code', () => {
    expect('a\n\nb'.slice(0, stablePart('a\n\nb'))).toBe('a\n\n');
    const open = 'a\n\n```\nx\n\ny';
    expect(open.slice(0, stablePart(open))).toBe('a\n\n');
    const closed = '````\n```\n\n````\n\nrest';
    expect(closed.slice(0, stablePart(closed))).toBe('````\n```\n\n````\n\n');
    expect(stablePart('one line')).toBe(0);
  });
});

test('an export fences what a tool has said, whatever is in it, and has a name that files can have', () => {
  const said = [message('Hi'), message('```\nx', { role: 'tool' })];
  expect(toMarkdown(session, said)).toBe('# T\n\n## You\n\nHi\n\n## Result of a tool\n\n````\n```\nx\n````\n');
  expect(fileName('a/b: "c"?', 'md')).toBe('a b c.md');
  expect(fileName('///', 'json')).toBe('conversation.json');
});
