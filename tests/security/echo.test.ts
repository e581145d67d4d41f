/** What is refused comes back in the refusal: short, and without what a terminal obeys, at every operation. */

import { MessageChannel } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { contract } from '../../src/contract/index.ts';
import type { Operation } from '../../src/contract/kernel/define.ts';
import { printable } from '../../src/contract/kernel/text/printable.ts';
import { unwrap } from '../../src/main/doors/dispatch/validation.ts';
import { messagePort } from '../../src/main/doors/index.ts';
import { OPERATOR } from '../support/doors.ts';
import { type FrameClient, frameClient } from '../support/frame-client.ts';
import { createTestHost, type TestHost } from '../support/host.ts';
import { sampleOf } from '../support/sample.ts';

/** 1 MiB that would colour a terminal and turn its writing around. */
const LONG = '\u001b[31m\u202e\u0000x'.repeat(131_072);
const MAX_PROBLEM = 2048;

let subject: TestHost;
let client: FrameClient;
let calls = 0;
beforeAll(async () => {
  subject = await createTestHost({
    settings: { 'executor.paused': true, 'browser.executable_path': '/nonexistent/browser' },
  });
  const { port1, port2 } = new MessageChannel();
  subject.host.desktop.connectPort(messagePort(port2), OPERATOR);
  client = frameClient(messagePort(port1));
});
afterAll(async () => {
  client.close();
  await subject[Symbol.asyncDispose]();
});

const operations = Object.entries(contract as Record<string, Operation>);

/** The input with each of its members, one after the other, replaced. */
function* inputs({ input }: Operation): Generator<[string, unknown]> {
  const sample = (sampleOf(input, 'input') ?? {}) as Record<string, unknown>;
  delete sample.wait;
  yield ['an unknown name', { ...sample, [LONG]: 1 }];
  yield [
    'many unknown names',
    { ...sample, ...Object.fromEntries(Array.from({ length: 3 }, (_, n) => [n + LONG, 1])) },
  ];
  const shape = unwrap(input);
  const members = shape instanceof z.ZodObject ? Object.keys(shape.shape) : [];
  for (const member of members) {
    yield [`${member} as text`, { ...sample, [member]: LONG }];
    yield [`${member} as a list`, { ...sample, [member]: [LONG] }];
    yield [`names in ${member}`, { ...sample, [member]: { [LONG]: LONG } }];
  }
}

// Catches a refusal as long as what it refuses: a caller, a log or a terminal gets it back.
test.each(operations)('%s', async (id, operation) => {
  for (const [title, input] of inputs(operation)) {
    calls += 1;
    client.send({ t: 'call', id: calls, op: id, input });
    // A stream that is accepted has no end of its own; a refusal comes before the cancel is read.
    if (operation.stream !== 'never') client.send({ t: 'cancel', id: calls });
    const last = await client.wait((frame) => 'id' in frame && frame.id === calls && frame.t !== 'next');
    client.frames.length = 0;
    if (last.t !== 'err') continue;
    const { e } = last;
    expect(JSON.stringify(e).length, `${title}: ${e.code}`).toBeLessThan(MAX_PROBLEM);
    expect(
      JSON.parse(JSON.stringify(e), (_name, value) => (typeof value === 'string' ? printable(value) : value)),
    ).toEqual(e);
  }
});
