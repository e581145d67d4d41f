/** Responses that are kept: whose they are, what one goes on from, and when they are written. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../../tests/support/core.ts';
import type { ResponseEvent, ResponseInput, ResponseObject } from '../../../../contract/models/openai/responses.ts';
import { createResponseStore, type ResponseStore } from '../store.ts';
import { createKept } from './kept.ts';
import { baseOf } from './object.ts';

let core: TestCore;
let store: ResponseStore;
let kept: ReturnType<typeof createKept>;
beforeEach(() => {
  core = openTestCore();
  store = createResponseStore(core.db);
  kept = createKept(store, core.clock);
});
afterEach(() => core[Symbol.dispose]());

const input = (text: string, previous_response_id: string | null = null): ResponseInput =>
  ({ input: text, stream: false, previous_response_id }) as ResponseInput;

/** A response in which one text was said. */
function answered(id: string, asked: ResponseInput, text: string, changes: Partial<ResponseObject> = {}) {
  const base = baseOf(asked, id, 'o/m', 1);
  const output = [
    {
      ...{ type: 'message' as const, id: `msg_${id}`, role: 'assistant' as const, status: 'completed' as const },
      content: [{ type: 'output_text' as const, text, annotations: [], logprobs: [] }],
    },
  ];
  return { ...base, status: 'completed', output, output_text: text, ...changes } as ResponseObject;
}
async function keep(asked: ResponseInput, last: ResponseObject, principal = 'me', type = 'response.completed') {
  async function* events() {
    yield { type: 'response.created', response: baseOf(asked, 'x', 'o/m', 1) } as ResponseEvent;
    yield { type, response: last } as ResponseEvent;
  }
  const seen: boolean[] = [];
  for await (const event of kept.kept(events(), asked, principal))
    seen.push(event.type === type && store.get(last.id, principal) !== undefined);
  return seen;
}
const said = async (id: string, principal = 'me') =>
  (await kept.historyOf(id, principal)).map((item) => JSON.stringify(item).match(/one|two|first|second/)?.[0]);

test('a response is stored before its end is told', async () => {
  const asked = input('one');
  // Catches a client that goes on from an answer which the host does not know yet.
  expect(await keep(asked, answered('1', asked, 'first'))).toEqual([false, true]);
  expect(kept.stored('resp_1', 'me')).toMatchObject({ principal: 'me', previous_id: null });
});

test.each(['response.incomplete', 'response.failed'])('one that ends with %s is stored too', async (type) => {
  const asked = input('one');
  await keep(asked, answered('1', asked, 'first'), 'me', type);
  expect(kept.stored('resp_1', 'me').id).toBe('resp_1');
});

test('one that is not to be stored is not', async () => {
  const asked = { ...input('one'), store: false };
  await keep(asked, answered('1', asked, 'first'));
  expect(() => kept.stored('resp_1', 'me')).toThrow(expect.objectContaining({ slug: 'not-found' }));
});

describe('what was said before', () => {
  beforeEach(async () => {
    const [one, two] = [input('one'), input('two', 'resp_1')];
    await keep(one, answered('1', one, 'first'));
    await keep(two, answered('2', two, 'second'));
  });

  test('is told from the beginning, questions and answers', async () => {
    expect(await said('resp_2')).toEqual(['one', 'first', 'two', 'second']);
    expect(await said('resp_1')).toEqual(['one', 'first']);
    expect(await kept.historyOf(null, 'me')).toEqual([]);
  });

  // Catches a key that reads the conversations of another one by their ids.
  test('is that of the caller alone', async () => {
    await expect(said('resp_2', 'other')).rejects.toThrow(expect.objectContaining({ slug: 'not-found' }));
  });

  test('cannot be told when a part of it was deleted', async () => {
    store.remove('resp_1', 'me');
    await expect(said('resp_2')).rejects.toThrow(
      expect.objectContaining({ slug: 'not-found', extra: { resource: 'response', id: 'resp_1' } }),
    );
  });

  // Catches a host that goes round for ever on rows that name each other.
  test('ends although responses name each other', async () => {
    core.db.raw.prepare(`UPDATE response SET previous_id = 'resp_2' WHERE id = 'resp_1'`).run();
    expect(await said('resp_2')).toHaveLength(2000);
  });

  // Catches a small request that makes the host read and hold hundreds of megabytes: nothing of a chain is read that is too long.
  test('is refused when it is longer than any model reads, before any of it is read', async () => {
    let previous = 'resp_2';
    for (let n = 3; n < 9; n++) {
      const asked = input('x'.repeat(1_000_000), previous);
      await keep(asked, answered(String(n), asked, 'more'));
      previous = `resp_${n}`;
    }
    expect(await kept.historyOf('resp_5', 'me')).toHaveLength(10);
    core.db.raw.prepare(`UPDATE response SET input = '{' WHERE id = 'resp_8'`).run();
    await expect(kept.historyOf('resp_8', 'me')).rejects.toThrow(
      expect.objectContaining({
        slug: 'payload-too-large',
        extra: expect.objectContaining({ param: 'previous_response_id' }),
      }),
    );
  });

  // Catches a chain that is put together in one piece while nothing else is answered.
  test('is put together in turns with everything else', async () => {
    let turns = 0;
    const other = setInterval(() => (turns += 1), 0);
    core.db.raw.prepare(`UPDATE response SET previous_id = 'resp_2' WHERE id = 'resp_1'`).run();
    await kept.historyOf('resp_2', 'me');
    clearInterval(other);
    expect(turns).toBeGreaterThan(10);
  });

  // Catches a caller that fills the disk with responses which nobody reads.
  test('a caller whose responses take all the room it has stores no more, and others do', async () => {
    const full = createKept(store, core.clock, 100);
    expect(() => full.refuseFull(input('x'), 'me')).toThrow(
      expect.objectContaining({ slug: 'resource-limit-exceeded' }),
    );
    expect(() => full.refuseFull({ ...input('x'), store: false }, 'me')).not.toThrow();
    expect(() => full.refuseFull(input('x'), 'other')).not.toThrow();
    store.remove('resp_1', 'me');
    store.remove('resp_2', 'me');
    expect(() => full.refuseFull(input('x'), 'me')).not.toThrow();
  });
});
