/** The client of the debugging pipe, on a pipe whose other end the test holds. */
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Message } from './messages.ts';
import { createPipeClient } from './pipe-client.ts';

const written = z
  .string()
  .transform((text) => z.object({ id: z.number(), method: z.string() }).parse(JSON.parse(text)));

/** A client, and a browser that answers when it is told to. */
function pipe() {
  const [toBrowser, fromBrowser] = [new PassThrough(), new PassThrough()];
  const client = createPipeClient(toBrowser, fromBrowser);
  toBrowser.read();
  const say = (message: object) => void fromBrowser.write(`${JSON.stringify(message)}\0`);
  const asked = () => written.parse(String(toBrowser.read()).split('\0')[0]);
  /** Takes all that has been written. */
  const taken = () => void toBrowser.resume();
  return { client, say, asked, taken };
}

// Would catch: answers of our own making to commands that a client has given up, on which Playwright fails as a whole.
test('when the browser has gone, its other clients hear nothing more and its owner hears why', async () => {
  const { client, say, asked } = pipe();
  const heard: Message[] = [];
  const attached = client.attach({ deliver: (message) => heard.push(message), isConfined: false });
  say({ id: asked().id, result: { sessionId: 'root' } });
  const channel = await attached;
  channel.send({ id: 7, method: 'Browser.getVersion' });
  expect(asked().method).toBe('Browser.getVersion');
  const own = client.call('Browser.close', {}, z.object({}));
  client.end();
  await expect(own).rejects.toThrow('Browser.close: the browser has ended');
  await expect(client.call('Browser.getVersion', {}, z.object({}))).rejects.toThrow('the browser has ended');
  channel.send({ id: 8, method: 'Browser.getVersion' });
  expect(heard).toEqual([]);
});

test('a command that the browser refuses, or whose answer is another, fails with the reason', async () => {
  const { client, say, asked } = pipe();
  const refused = client.call('Target.attachToBrowserTarget', {}, z.object({ sessionId: z.string() }));
  say({ id: asked().id, error: { code: -32_000, message: 'no such target' } });
  await expect(refused).rejects.toThrow('no such target');
  const odd = client.call('Target.attachToBrowserTarget', {}, z.object({ sessionId: z.string() }));
  say({ id: asked().id, result: {} });
  await expect(odd).rejects.toThrow('cannot be read');
});

// Would catch: the memory of the host, taken by commands of the largest size that a stopped browser does not read.
test('commands wait for a browser that does not read, as far as they are not too large together', async () => {
  const { client, say, asked, taken } = pipe();
  const heard: Message[] = [];
  const attached = client.attach({ deliver: (message) => heard.push(message), isConfined: false });
  say({ id: asked().id, result: { sessionId: 'root' } });
  const channel = await attached;
  const expression = 'x'.repeat(8 * 1024 * 1024);
  for (let id = 1; id <= 12; id++) channel.send({ id, method: 'Runtime.evaluate', params: { expression } });
  expect(heard.map(({ id }) => id)).toEqual([9, 10, 11, 12]);
  expect(heard[0]?.error?.message).toContain('wait for the browser');
  taken();
  await new Promise(setImmediate);
  channel.send({ id: 13, method: 'Browser.getVersion' });
  expect(heard).toHaveLength(4);
});
