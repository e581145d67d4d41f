import { expect, test } from 'vitest';
import { z } from 'zod';
import { toWorker } from '../../contract/kernel/worker-frames.ts';
import { serve } from './serve.ts';

/** The worker's side of a channel whose other side is the test. */
function openChannel() {
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
  serve(port, toWorker(z.object({ text: z.string().max(10) })), async ({ text }) => text.toUpperCase());
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
