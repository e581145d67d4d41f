/** An answer on the disk while it is written: what is there when the host is killed, stopped or fails. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { MessageId, SessionId } from '../../../contract/models/sessions.ts';
import { createAccess } from './access.ts';
import { createAnswer } from './answer.ts';
import { createBranch } from './branch.ts';
import { createSessionStore } from './store.ts';

const SESSION = 'chat-1' as SessionId;
let core: TestCore;
let store: ReturnType<typeof createSessionStore>;
let branch: ReturnType<typeof createBranch>;
beforeEach(() => {
  core = openTestCore();
  store = createSessionStore(core.db, core.events);
  branch = createBranch({ store, clock: core.clock });
  createAccess({ store, clock: core.clock, params: { remove: () => undefined } }).make(SESSION, false);
});
afterEach(() => core[Symbol.dispose]());

const deps = () => ({ db: core.db, store, clock: core.clock, branch });
function ask(): MessageId | null {
  const said = { role: 'user' as const, content: 'Well?', name: null, tool_calls: null, tool_call_id: null };
  return branch.append(SESSION, null, [said]);
}
const begin = (parent = ask()) => createAnswer(deps(), { sessionId: SESSION, parent, model: 'o/m', before: undefined });
const rows = () => [
  ...store
    .messages(
      SESSION,
      store.nodes(SESSION).map(({ id }) => id),
    )
    .values(),
];
const last = () => rows().find(({ role }) => role === 'assistant');
const USAGE = {
  ...{ prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  ...{ prompt_tokens_details: { cached_tokens: 0 }, completion_tokens_details: { reasoning_tokens: 0 } },
};
const ended = (stopped = false) => ({
  ...{ stopped, reason: 'stop' as const, usage: USAGE },
  timings: { firstTokenMs: 5, totalMs: 50 },
});

test('an answer is there, and shown, from its first piece on', () => {
  const answer = begin();
  expect(last()).toBeUndefined();
  answer.add({ content: 'He' });
  expect(last()).toMatchObject({ content: 'He', status: 'writing', model: 'o/m' });
  expect(store.get(SESSION)).toMatchObject({ leaf_id: last()?.id, message_count: 2 });
});

// Catches a write, with its event to every open panel, for each token.
test('it is written at most once a second, and whole at its end', () => {
  const answer = begin();
  for (const piece of ['a', 'b', 'c']) answer.add({ content: piece });
  expect(last()?.content).toBe('a');
  core.clock.advance(999);
  answer.add({ content: 'd' });
  expect(last()?.content).toBe('a');
  core.clock.advance(1);
  expect(last()?.content).toBe('abcd');
  answer.add({ content: 'e' });
  expect(last()?.content).toBe('abcd');
  answer.add({ content: 'f' });
  answer.end(ended());
  expect(last()).toMatchObject({
    ...{ content: 'abcdef', status: 'complete', finish_reason: 'stop', error: null },
    timings: { first_token_ms: 5, total_ms: 50 },
  });
});

describe('an answer that does not end by itself', () => {
  test('keeps its text, and says how it ended', () => {
    const stopped = begin();
    stopped.add({ content: 'so far' });
    stopped.end(ended(true));
    expect(last()).toMatchObject({ content: 'so far', status: 'stopped' });
  });

  // Catches text that is lost with the engine's process.
  test('because the engine ended keeps its text and the error', () => {
    const answer = begin();
    answer.add({ content: 'so far', reasoning_content: 'hm' });
    answer.fail(new AppError('service-unavailable', 'The engine ended.'));
    expect(last()).toMatchObject({
      ...{ content: 'so far', reasoning: 'hm', status: 'cut' },
      error: { message: 'The engine ended.' },
    });
  });

  test('is no row when nothing was written', () => {
    const answer = begin();
    answer.add({});
    answer.fail(new AppError('cancelled'));
    expect(rows().map(({ role }) => role)).toEqual(['user']);
  });

  // Catches an error after the end, such as that of a caller who leaves, by which a complete answer becomes a cut one.
  test('ends once', () => {
    const answer = begin();
    answer.add({ content: 'all' });
    answer.end(ended());
    answer.fail(new AppError('cancelled'));
    expect(last()).toMatchObject({ status: 'complete', error: null });
  });
});

test('calls of tools are put together from their pieces', () => {
  const answer = begin();
  answer.add({ tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'look', arguments: '{"a"' } }] });
  answer.add({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] });
  answer.add({ tool_calls: [{ index: 1, id: 'c2', type: 'function', function: { name: 'go', arguments: '{}' } }] });
  answer.end(ended());
  expect(last()?.tool_calls).toEqual([
    { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"a":1}' } },
    { id: 'c2', type: 'function', function: { name: 'go', arguments: '{}' } },
  ]);
});

test('an answer that is continued stays one row', () => {
  const first = begin();
  first.add({ content: 'one ' });
  first.end(ended(true));
  const before = last();
  const answer = createAnswer(deps(), { sessionId: SESSION, parent: before?.parent_id ?? null, model: 'o/m', before });
  answer.add({ content: 'two' });
  answer.end(ended());
  expect(rows().map(({ content, status }) => [content, status])).toEqual([
    ['Well?', 'complete'],
    ['one two', 'complete'],
  ]);
});
