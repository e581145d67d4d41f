/** Every operation that takes the id of a session keeps to one rule of who may use it; which those are is asked of the contract. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contract } from '../../../src/contract/index.ts';
import type { Operation } from '../../../src/contract/kernel/define.ts';
import { type AppError, codeOf } from '../../../src/contract/kernel/errors.ts';
import { inputSchema } from '../../support/fuzz.ts';
import { httpRequestOf } from '../../support/http-call.ts';
import { type InferenceHost, scriptedHost } from '../../support/inference.ts';
import { sampleOf } from '../../support/sample.ts';

/** What stays possible with a deleted session, and why. */
const EXEMPT: Record<string, string> = {
  sessions_restore: 'brings it back',
  sessions_list: 'a filter, which finds nothing',
  stop_generation: 'ends what the caller itself runs, also after the session was deleted',
  get_halt_status: 'tells of what the caller itself runs',
};

/** The members of an input that are the id of a session: by their name, or by the address. */
function sessionMembers({ input, http, tags }: Operation): string[] {
  const { properties = {} } = inputSchema(input) as { properties?: object };
  return Object.keys(properties).filter(
    (name) =>
      name === 'session_id' || (name === 'id' && (http?.path.startsWith('/v1/sessions') ?? tags.includes('Sessions'))),
  );
}
const cases = Object.entries(contract as Record<string, Operation>).flatMap(([id, operation]) =>
  id in EXEMPT ? [] : sessionMembers(operation).map((member) => [id, member, operation] as const),
);

const REFUSED = ['not_found', 'session_not_found', 'conflict'];
const HIDDEN = ['unauthorized', 'forbidden', 'session_not_found'];

let subject: InferenceHost;
beforeAll(async () => {
  subject = await scriptedHost();
  await subject.host.client.call('settings_update', { allow_unauthenticated_local: true });
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

/** The code of the problem, or the status of what is no problem. */
async function answerOf(id: string, operation: Operation, more: object, token?: string): Promise<string | number> {
  const sample = sampleOf(operation.input, 'input') as object;
  const { properties = {} } = inputSchema(operation.input) as { properties?: object };
  const input = {
    ...sample,
    ...('model' in properties ? { model: 'test/tiny:F16' } : {}),
    ...('messages' in properties ? { messages: [{ role: 'user', content: JSON.stringify({ say: ['x'] }) }] } : {}),
    ...('prompt' in properties ? { prompt: JSON.stringify({ say: ['x'] }) } : {}),
    ...more,
  };
  if (operation.http === null) {
    // Offered to frames alone, which none are open to without a key.
    if (token === undefined) return 'unauthorized';
    return subject.host.client.call(id as never, input as never).then(
      () => 200,
      (error: AppError) => codeOf(error.slug),
    );
  }
  const { method, path, body } = httpRequestOf(id, input);
  const response = await fetch(subject.url + path, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return response.status < 400 ? response.status : String((JSON.parse(text) as { code?: string }).code);
}

test('the operations are found', () => {
  const found = cases.map(([id]) => id);
  for (const id of [
    'chat',
    'generate',
    'get_params',
    'set_params',
    'get_history',
    'save_message',
    'sessions_get',
    'sessions_choose',
  ])
    expect(found).toContain(id);
  expect(Object.keys(EXEMPT).filter((id) => !(id in contract))).toEqual([]);
});

// Catches an operation that goes on with a session after it was deleted: what is restored is not what was deleted.
test.each(cases)('%s (%s) refuses a session that was deleted', async (id, member, operation) => {
  const session = `deleted-${id}-${member}`;
  const { client } = subject.host;
  await client.call('sessions_create', { id: session as never, params: { temperature: 1 } });
  await client.call('sessions_delete', { id: session as never });
  expect(REFUSED).toContain(await answerOf(id, operation, { [member]: session }, subject.token));
  expect(HIDDEN).toContain(await answerOf(id, operation, { [member]: session }));
  const { version: _version, ...restored } = await client.call('sessions_restore', { id: session as never });
  expect(restored).toMatchObject({ params: { temperature: 1 }, message_count: 0 });
});

// Catches an operation that tells callers without a key of sessions that belong to one.
test.each(cases)('%s (%s) hides the sessions of keys from callers without one', async (id, member, operation) => {
  const session = `hidden-${id}-${member}`;
  const { client } = subject.host;
  if (id !== 'sessions_create') await client.call('sessions_create', { id: session as never });
  await client.call('set_params', { session_id: `unmade-${id}` as never, temperature: 1 });
  expect(HIDDEN).toContain(await answerOf(id, operation, { [member]: session }));
  if (id === 'get_params')
    expect(await answerOf(id, operation, { [member]: `unmade-${id}` })).toBe('session_not_found');
});

// Catches an id that every client turns into another address: `/v1/sessions/..` is `/v1`.
test.each(['.', '..'])('a session cannot be called %s', async (name) => {
  await expect(subject.host.client.call('sessions_create', { id: name as never })).rejects.toMatchObject({
    slug: 'validation-error',
  });
});
