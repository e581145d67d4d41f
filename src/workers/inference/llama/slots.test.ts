import type { LlamaContext, LlamaContextSequence } from 'node-llama-cpp';
import { expect, test } from 'vitest';
import { createSlots } from './slots.ts';

/** The part of a context that slots use. */
function contextOf(count: number): LlamaContext {
  let sequencesLeft = count;
  return {
    get sequencesLeft() {
      return sequencesLeft;
    },
    getSequence() {
      sequencesLeft -= 1;
      return { contextTokens: [] as unknown } as LlamaContextSequence;
    },
  } as LlamaContext;
}

const patient = new AbortController().signal;

// Catches a caller that waits for ever beside a free sequence: one that left before it was woken in its place.
test('who waits gets the sequence, however many left the queue before', async () => {
  const slots = createSlots(contextOf(1));
  const busy = await slots.take([], patient);
  const leaving = new AbortController();
  const left = [1, 2, 3].map(() => slots.take([], leaving.signal));
  const stays = slots.take([], patient);
  leaving.abort(new Error('left'));
  expect((await Promise.allSettled(left)).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  busy.release();
  (await stays).release();
});

// Catches a sequence that nobody takes, because it was given to a caller that left at the same moment.
test('the turn of one that leaves at the moment of its turn goes to the next', async () => {
  const slots = createSlots(contextOf(1));
  const busy = await slots.take([], patient);
  const leaving = new AbortController();
  const left = slots.take([], leaving.signal);
  const stays = slots.take([], patient);
  busy.release();
  leaving.abort(new Error('left'));
  await expect(left).rejects.toThrow('left');
  (await stays).release();
});
