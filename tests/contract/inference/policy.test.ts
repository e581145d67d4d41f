/** What is done with members of a request that OpenAI's clients send: each of them counts, is told as ignored, or is refused by its name. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type InferenceHost, order, scriptedHost } from '../../support/inference.ts';

let subject: InferenceHost;
beforeAll(async () => {
  subject = await scriptedHost({ parallel: 2 });
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

type Policy = 'counts' | 'ignored' | 'refused';
type Row = readonly [member: string, value: unknown, policy: Policy];

const model = 'test/tiny:F16';
const EVERYWHERE: readonly Row[] = [
  ['user', 'x', 'ignored'],
  ['service_tier', 'auto', 'ignored'],
  ['safety_identifier', 'x', 'ignored'],
  ['prompt_cache_key', 'x', 'ignored'],
  ['no_such_member', 1, 'ignored'],
  ['temperature', null, 'counts'],
];

const TABLES: Record<string, { body: object; rows: readonly Row[] }> = {
  '/v1/chat/completions': {
    body: { model, messages: order({ say: ['a'] }) },
    rows: [
      ...EVERYWHERE,
      ['metadata', { a: 'b' }, 'ignored'],
      ['store', true, 'ignored'],
      ['verbosity', 'low', 'ignored'],
      ['prediction', { type: 'content', content: 'x' }, 'ignored'],
      ['reasoning_effort', 'low', 'ignored'],
      ['moderation', 'auto', 'ignored'],
      ['n', 2, 'counts'],
      ['logprobs', true, 'counts'],
      ['modalities', ['text'], 'counts'],
      ['audio', { voice: 'x', format: 'wav' }, 'refused'],
      ['modalities', ['text', 'audio'], 'refused'],
      ['functions', [], 'refused'],
      ['function_call', 'auto', 'refused'],
      ['web_search_options', {}, 'refused'],
      ['top_logprobs', 2, 'refused'],
      ['tools', [{ type: 'web_search' }], 'refused'],
    ],
  },
  '/v1/completions': {
    body: { model, prompt: '{"say":["a"]}' },
    rows: [...EVERYWHERE, ['best_of', 1, 'counts'], ['suffix', 'x', 'refused'], ['best_of', 2, 'refused']],
  },
  '/v1/responses': {
    body: { model, input: order({ say: ['a'] }) },
    rows: [
      ...EVERYWHERE,
      ['include', [], 'ignored'],
      ['reasoning', { effort: 'low' }, 'ignored'],
      ['max_tool_calls', 1, 'ignored'],
      ['metadata', { a: 'b' }, 'counts'],
      ['store', false, 'counts'],
      ['background', false, 'counts'],
      ['background', true, 'refused'],
      ['conversation', 'conv_1', 'refused'],
      ['prompt', { id: 'pmpt_1' }, 'refused'],
      ['tools', [{ type: 'web_search' }], 'refused'],
    ],
  },
  '/v1/embeddings': {
    body: { model: 'tabagent/lexical-384', input: 'words' },
    rows: [
      ['user', 'x', 'ignored'],
      ['dimensions', 8, 'counts'],
    ],
  },
};

for (const [address, { body, rows }] of Object.entries(TABLES))
  describe(address, () => {
    // Catches a member that is dropped without a word, and one that changes the answer and is taken all the same.
    test.each(rows)('%s: %j %s', async (member, value, policy) => {
      const answer = await subject.post(address, { ...body, [member]: value });
      const told = (await answer.json()) as { error?: { param: string; code: string } };
      expect(answer.status).toBe(policy === 'refused' ? 400 : 200);
      if (policy === 'refused') expect(told.error).toMatchObject({ param: member, code: 'unsupported_parameter' });
      expect(answer.headers.get('warnings')).toBe(policy === 'ignored' ? `ignored: ${member}` : null);
    });
  });

test('a stream tells what it ignores too; names that no header can hold are left out', async () => {
  const more = { stream: true, user: 'x', 'a\r\nb': 1, seen: 1 };
  const answer = await subject.post('/v1/chat/completions', { ...TABLES['/v1/chat/completions']?.body, ...more });
  await answer.text();
  expect(answer.headers.get('warnings')).toBe('ignored: user, seen');
});
