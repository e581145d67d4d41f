import { afterAll, beforeAll, expect, test } from 'vitest';
import { type InferenceHost, order, scriptedHost } from '../../support/inference.ts';

let subject: InferenceHost;
beforeAll(async () => {
  subject = await scriptedHost();
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

const MODEL = 'test/tiny:F16';
let sessions = 0;
const newSession = () => `chat-${sessions++}`;
const say = (...pieces: string[]) => ({ role: 'user' as const, content: JSON.stringify({ say: pieces }) });
const wrote = (content: string) => ({ role: 'assistant' as const, content });

async function chat(session_id: string, messages: object[], more: object = {}) {
  const response = await subject.post('/v1/chat/completions', { model: MODEL, session_id, messages, ...more });
  return response.text();
}
const conversation = (id: string) => subject.host.client.call('sessions_conversation', { id });
const texts = async (id: string) => (await conversation(id)).items.map(({ content }) => content);

// Catches a conversation that is stored twice because the client sends it whole each time.
test('a client that sends the whole conversation each time appends what is new', async () => {
  const id = newSession();
  const first = say('hello ', 'you');
  await chat(id, [first], { stream: true });
  const second = say('again');
  await chat(id, [{ role: 'system', content: 'Be kind.' }, first, wrote('hello you'), second]);
  expect(await texts(id)).toEqual([first.content, 'hello you', second.content, 'again']);
  const [, answer] = (await conversation(id)).items;
  expect(answer).toMatchObject({
    ...{ role: 'assistant', model: MODEL, status: 'complete', finish_reason: 'stop' },
    usage: { completion_tokens: 2, prompt_tokens: 10 },
    timings: { first_token_ms: expect.any(Number) },
  });
  const history = await subject.host.client.call('get_history', { session_id: id as never, limit: 3 });
  expect(history).toMatchObject({ count: 3, total_count: 4, next_cursor: '3' });
  expect(await subject.host.client.call('sessions_get', { id: id as never })).toMatchObject({
    ...{ title: expect.stringMatching(/^\{"say"/), message_count: 4 },
  });
});

// Catches an edit that overwrites what was said before, and a branch that cannot be gone back to.
test('an edited message and an answer that is asked for again are versions in the same place', async () => {
  const id = newSession();
  const [asked, edited] = [say('one'), say('two')];
  await chat(id, [asked]);
  await chat(id, [asked]);
  await chat(id, [edited]);
  const shown = await conversation(id);
  expect(shown.items.map(({ content }) => content)).toEqual([edited.content, 'two']);
  const [branch] = shown.items;
  expect(branch?.versions).toHaveLength(2);
  const other = branch?.versions.find((version) => version !== branch.id);
  await subject.host.client.call('sessions_choose', { id: id as never, message_id: other as never });
  const back = await conversation(id);
  expect(back.items.map(({ content }) => content)).toEqual([asked.content, 'one']);
  expect(back.items[1]?.versions).toHaveLength(2);
  expect(back.others).toHaveLength(1);
});

// Catches a text that is lost with the process that wrote it.
test('an engine that dies in the middle leaves its text and the reason, and the answer can be gone on with', async () => {
  const id = newSession();
  const asked = order({ say: ['half ', 'of '], after: 'crash' })[0] ?? say();
  expect(await chat(id, [asked], { stream: true })).toContain('"code"');
  expect((await conversation(id)).items[1]).toMatchObject({
    ...{ content: 'half of ', status: 'cut', error: { message: expect.any(String) } },
  });
  await chat(id, [asked, wrote('half of ')], { continue_final_message: true, stream: true });
  const { items } = await conversation(id);
  expect(items).toHaveLength(2);
  expect(items[1]).toMatchObject({ content: 'half of half of ', status: 'complete', error: null });
});

// Catches an answer that is lost because its reader went away, and one that is marked as whole.
test('who leaves finds what was written by then; who orders a stop finds it as stopped', async () => {
  const id = newSession();
  const asked = order({ say: ['so ', 'far'], after: 'hang' })[0] ?? say();
  const leave = new AbortController();
  const { client } = subject.host;
  const body = { model: MODEL, session_id: id, messages: [asked], stream: true };
  const response = await subject.post('/v1/chat/completions', body, leave.signal);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (let read = ''; !read.includes('far'); ) read += (await reader?.read())?.value ?? '';
  leave.abort();
  await expect
    .poll(async () => (await conversation(id)).items[1], { timeout: 20_000 })
    .toMatchObject({ content: 'so far', status: 'cut' });

  const other = newSession();
  const answer = chat(other, [asked], { stream: true });
  const stop = async () => {
    const { items } = await conversation(other);
    return items.length < 2 ? 0 : (await client.call('stop_generation', { session_id: other })).stopped_requests;
  };
  await expect.poll(async () => stop().catch(() => 0), { timeout: 20_000 }).toBe(1);
  await answer;
  expect((await conversation(other)).items[1]).toMatchObject({ content: 'so far', status: 'stopped' });
});

// Catches an answer that is put down at its end only, because nobody reads it piece by piece.
test('an answer at once leaves what was written of it as well: the engine dies, the client leaves, somebody stops it', async () => {
  const { client } = subject.host;
  const [dies, hangs] = [
    order({ say: ['half ', 'of '], after: 'crash' }),
    order({ say: ['so ', 'far'], after: 'hang' }),
  ];
  const crashed = newSession();
  await chat(crashed, dies);
  expect((await conversation(crashed)).items[1]).toMatchObject({ content: 'half of ', status: 'cut' });

  const [left, stopped] = [newSession(), newSession()];
  const leave = new AbortController();
  const gone = subject
    .post('/v1/chat/completions', { model: MODEL, session_id: left, messages: hangs }, leave.signal)
    .catch(() => undefined);
  const begun = async (id: string) => (await conversation(id).catch(() => null))?.items[1]?.content;
  await expect.poll(() => begun(left), { timeout: 20_000 }).toMatch('so');
  leave.abort();
  await gone;
  await expect
    .poll(async () => (await conversation(left)).items[1], { timeout: 20_000 })
    .toMatchObject({ content: 'so far', status: 'cut' });

  const answer = chat(stopped, hangs);
  await expect.poll(() => begun(stopped), { timeout: 20_000 }).toMatch('so');
  await client.call('stop_generation', { session_id: stopped });
  expect(await answer).toContain('so far');
  expect((await conversation(stopped)).items[1]).toMatchObject({
    ...{ content: 'so far', status: 'stopped', finish_reason: 'stop' },
  });
});

test('words are found in messages, also begun ones; deleted sessions are not searched', async () => {
  const id = newSession();
  const { client } = subject.host;
  await client.call('save_message', {
    session_id: id as never,
    message: { role: 'user', content: 'Where do zebras "sleep"?' },
  });
  const search = async (q: string) => (await client.call('sessions_search', { q })).items;
  expect(await search('sleep zeb')).toMatchObject([{ session_id: id, snippet: expect.stringContaining('zebras') }]);
  expect(await search('"')).toEqual([]);
  await client.call('sessions_delete', { id: id as never });
  expect(await search('zebras')).toEqual([]);
  await client.call('sessions_restore', { id: id as never });
  expect(await search('zebras')).toHaveLength(1);
});

// Catches conversations of the operator that any local program can read once requests without a key are allowed.
test('callers without a key see their own sessions and no others', async () => {
  await subject.host.client.call('settings_update', { allow_unauthenticated_local: true });
  const bare = (address: string, body?: object) =>
    fetch(subject.url + address, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json' },
    });
  const hers = newSession();
  await chat(hers, [say('secret')]);
  expect((await bare(`/v1/sessions/${hers}/history`)).status).toBe(404);
  const added = { message: { role: 'user', content: 'mine' } };
  expect((await bare(`/v1/sessions/${hers}/messages`, added)).status).toBe(404);
  const own = newSession();
  expect((await bare(`/v1/sessions/${own}/messages`, added)).status).toBe(200);
  expect(await (await bare(`/v1/sessions/${own}/history`)).json()).toMatchObject({ total_count: 1 });
});
