import { expect, test } from 'vitest';
import { z } from 'zod';
import { ITEM_WINDOW, toWorker } from '../../contract/kernel/worker-frames.ts';
import { type Call, serve } from './serve.ts';

type Work = (ask: { text: string }, call: Call<number>) => Promise<string>;

/** The worker's side of a channel whose other side is the test. */
function openChannel(work: Work = async ({ text }) => text.toUpperCase()) {
  const sent: unknown[] = [];
  let receive: (message: unknown) => void = () => undefined;
  const port = {
    send: (message: unknown) => void sent.push(message),
    onMessage(listener: (message: unknown) => void) {
      receive = listener;
    },
    onClose: () => undefined,
    flush: async () => undefined,
  };
  serve(port, toWorker(z.object({ text: z.string().max(10) })), work);
  return { sent, receive: (message: unknown) => receive(message) };
}

// Catches a parser that throws into the listener: the process would end with the requests of all callers.
test('a frame that cannot be read fails its own request, and the next one is answered', async () => {
  const { sent, receive } = openChannel();
  receive({ t: 'request', id: 1, body: { text: 'longer than ten' } });
  for (const junk of [null, 'text', { t: 'request' }, { t: 'unknown', id: 'x' }]) receive(junk);
  receive({ t: 'request', id: 2, body: { text: 'read' } });
  await expect.poll(() => sent).toHaveLength(3);
  expect(sent).toEqual([
    { t: 'ready' },
    { t: 'failed', id: 1, error: expect.objectContaining({ status: 422 }) },
    { t: 'answer', id: 2, body: 'READ' },
  ]);
});

// Would catch: a message for each token of a fast model, which costs more than the token, and a token that waits for the next one.
test('items that come at once go together, in order and before the answer; one after a pause goes by itself', async () => {
  const { promise: pause, resolve: go } = Promise.withResolvers<void>();
  const { sent, receive } = openChannel(async (_ask, call) => {
    for (const item of [1, 2, 3, 4]) await call.emit(item);
    await pause;
    for (const item of [5, 6]) await call.emit(item);
    return 'done';
  });
  receive({ t: 'request', id: 1, body: { text: '' } });
  await expect.poll(() => sent).toHaveLength(4);
  expect(sent.slice(1)).toEqual([
    { t: 'items', id: 1, bodies: [1] },
    { t: 'items', id: 1, bodies: [2] },
    { t: 'items', id: 1, bodies: [3, 4] },
  ]);
  go();
  await expect.poll(() => sent.at(-1)).toEqual({ t: 'answer', id: 1, body: 'done' });
  expect(sent.slice(4, -1).flatMap((frame) => (frame as { bodies: number[] }).bodies)).toEqual([5, 6]);
});

// Would catch: a host that cannot tell a worker at a long step from one that something keeps from hearing anything.
test('a cancel is heard at once, however long the step takes that it comes after; one of nothing is not', async () => {
  const { promise: step, resolve: end } = Promise.withResolvers<void>();
  const { sent, receive } = openChannel(async (_ask, call) => {
    await step;
    call.signal.throwIfAborted();
    return 'too late';
  });
  receive({ t: 'request', id: 1, body: { text: '' } });
  receive({ t: 'cancel', id: 2 });
  receive({ t: 'cancel', id: 1 });
  expect(sent).toEqual([{ t: 'ready' }, { t: 'items', id: 1, bodies: [] }]);
  end();
  await expect.poll(() => sent).toHaveLength(3);
  expect(sent[2]).toMatchObject({ t: 'failed', id: 1 });
});

test('a worker that has no credit left has sent all it has', async () => {
  const { sent, receive } = openChannel(async (_ask, call) => {
    for (let item = 1; item <= ITEM_WINDOW + 1; item += 1) await call.emit(item);
    return 'done';
  });
  receive({ t: 'request', id: 1, body: { text: '' } });
  const items = () => sent.flatMap((frame) => (frame as { bodies?: number[] }).bodies ?? []);
  await expect.poll(items).toHaveLength(ITEM_WINDOW);
  receive({ t: 'more', id: 1, count: ITEM_WINDOW });
  await expect.poll(() => sent.at(-1)).toEqual({ t: 'answer', id: 1, body: 'done' });
  expect(items()).toHaveLength(ITEM_WINDOW + 1);
});
