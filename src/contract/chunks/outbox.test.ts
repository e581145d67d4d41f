import { expect, test } from 'vitest';
import { manualClock } from '../../../tests/support/core.ts';
import { HIGH_WATER_BYTES } from '../kernel/frames.ts';
import { createAssembler } from './chunks.ts';
import { dataChannelChunks } from './forms.ts';
import { createOutbox } from './outbox.ts';

/** A channel that writes nothing until it is told to. */
function slowChannel() {
  const sent: string[] = [];
  let buffered = 0;
  let peak = 0;
  let wake: () => void = () => {};
  return {
    sent,
    get peak() {
      return peak;
    },
    send(text: string) {
      sent.push(text);
      buffered += text.length;
      peak = Math.max(peak, buffered);
    },
    bufferedBytes: () => buffered,
    drained: () => new Promise<void>((resolve) => (wake = resolve)),
    flush() {
      buffered = 0;
      wake();
    },
  };
}

// Catches a large answer that fills the channel's buffer, and small frames that overtake it.
test('sending pauses above 1 MiB and goes on in order; what waits is counted', async () => {
  const channel = slowChannel();
  const outbox = createOutbox(channel, dataChannelChunks);
  const large = JSON.stringify({ t: 'ok', id: 1, v: 'x'.repeat(3 * 1024 * 1024) });
  const small = '{"t":"end","id":1}';
  outbox.send(1, large);
  outbox.send(2, small);
  const idle = outbox.drained();
  expect(outbox.bufferedBytes()).toBeGreaterThan(large.length);
  expect(channel.sent).not.toContain(small);
  while (!channel.sent.includes(small)) {
    channel.flush();
    await Promise.resolve();
  }
  await idle;
  expect(channel.peak).toBeLessThan(HIGH_WATER_BYTES + 2 * dataChannelChunks.maxMessageBytes);

  const assembler = createAssembler(dataChannelChunks, manualClock(), 4 * 1024 * 1024);
  const received = channel.sent.map((text) => {
    const result = assembler.accept(JSON.parse(text));
    return result === undefined ? text : result;
  });
  expect(received.filter((text) => text !== null).map((text) => text.length)).toEqual([large.length, small.length]);
});

test('a closed outbox sends nothing more', async () => {
  const channel = slowChannel();
  const outbox = createOutbox(channel, dataChannelChunks);
  outbox.send(1, 'x'.repeat(3 * 1024 * 1024));
  const idle = outbox.drained();
  const before = channel.sent.length;
  outbox.close();
  channel.flush();
  await idle;
  outbox.send(2, 'y');
  expect(channel.sent).toHaveLength(before);
});
