import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ServerFrame } from '../../../contract/kernel/frames.ts';
import { createFlowControl } from './flow-control.ts';
import type { FramePort } from './frame-port.ts';
import { HIGH_WATER_BYTES } from './limits.ts';

const port: FramePort = { post: () => {}, onMessage: () => {}, onClose: () => {}, close: () => {} };

/** A port whose backlog cannot be measured, with the pings it was sent. */
function paced() {
  const pings: number[] = [];
  const post = (frame: ServerFrame) => {
    if (frame.t === 'ping' && frame.n !== undefined) pings.push(frame.n);
  };
  return { control: createFlowControl(port, post), pings };
}
/** Sends items until the control asks to wait. */
function sendUntilHeld(
  { ready }: ReturnType<typeof createFlowControl>,
  most = 10_000,
): { sent: number; wait: Promise<void> | undefined } {
  for (let sent = 0; sent < most; sent += 1) {
    const wait = ready();
    if (wait) return { sent, wait };
  }
  return { sent: most, wait: undefined };
}

// Catches a page that hangs while the host goes on filling its memory.
test('a peer that answers no ping is sent a bounded number of items', async () => {
  const { control, pings } = paced();
  const { sent, wait } = sendUntilHeld(control);
  expect([sent, pings.length]).toEqual([1023, 4]);
  // Every further stream of the connection waits for the same room.
  expect(control.ready()).toBe(wait);
  control.acknowledge(pings[0] ?? 0);
  await wait;
  expect(control.ready()).toBeUndefined();
});

test('a peer that answers every ping is never waited for', () => {
  const { control, pings } = paced();
  for (let n = 0; n < 100_000; n += 1) {
    expect(control.ready()).toBeUndefined();
    for (const ping of pings.splice(0)) control.acknowledge(ping);
  }
});

// Catches a pong of the keep-alive, or one that is made up, that opens the way.
test('a pong that answers none of its pings changes nothing', async () => {
  const { control, pings } = paced();
  const { wait } = sendUntilHeld(control);
  let released = false;
  void wait?.then(() => {
    released = true;
  });
  for (const n of [1, 0, 7, Number.MIN_SAFE_INTEGER]) control.acknowledge(n);
  await Promise.resolve();
  expect(released).toBe(false);
  control.acknowledge(pings[3] ?? 0);
  await wait;
  expect(released).toBe(true);
});

test('numbers of its pings are negative and unique, across connections too', () => {
  const all = [paced(), paced()].flatMap(({ control, pings }) => {
    sendUntilHeld(control);
    return pings;
  });
  expect(all.every((n) => n < 0)).toBe(true);
  expect(new Set(all).size).toBe(8);
});

test('closing releases every stream that waits', async () => {
  const { control } = paced();
  const { wait } = sendUntilHeld(control);
  control.close();
  await wait;
});

test('between unanswered pings never more than 4 × 256 items are on their way, whatever is answered when', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(600), { maxLength: 40 }), (answers) => {
      const { control, pings } = paced();
      let unanswered = 0;
      for (const items of answers) {
        for (let n = 0; n < items; n += 1) {
          if (control.ready()) break;
          unanswered += 1;
        }
        expect(unanswered).toBeLessThanOrEqual(1024 + 256);
        if (pings.length > 0) {
          for (const ping of pings.splice(0)) control.acknowledge(ping);
          unanswered = 0;
        }
      }
    }),
  );
});

test('a port that can measure is held at the high-water mark and asked how far it has to drain', async () => {
  let waiting = 0;
  const asked: number[] = [];
  const measured: FramePort = {
    ...port,
    bufferedBytes: () => waiting,
    drained: async (bytes) => void asked.push(bytes),
  };
  const control = createFlowControl(measured, () => {
    throw new Error('it is never pinged');
  });
  waiting = HIGH_WATER_BYTES;
  expect(control.ready()).toBeUndefined();
  waiting += 1;
  await control.ready();
  expect(asked).toEqual([HIGH_WATER_BYTES]);
});
