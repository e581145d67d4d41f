/** A file that is large enough for several connections at once. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type HubServer, openHubServer } from '../../../../../tests/support/models/hub-server.ts';
import { createHubClient } from './client.ts';
import { downloadFile } from './file-download.ts';
import { createHostRules } from './hosts.ts';

const RANGE = 16 * 1024 * 1024;
/** Two ranges, and every stretch of it is another one: a piece at a wrong place is seen. */
const content = Buffer.alloc(2 * RANGE + 5);
for (let at = 0; at < content.length; at += 4096) content.writeUInt32LE(at, Math.min(at, content.length - 4));
const sha256 = createHash('sha256').update(content).digest('hex');

let hub: HubServer;
let root: string;
let progress: number;
beforeEach(async () => {
  hub = await openHubServer('o/m', { 'm.gguf': content });
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-parallel-'));
  progress = 0;
});
afterEach(async () => {
  await hub[Symbol.asyncDispose]();
  fs.rmSync(root, { recursive: true, force: true });
});

const target = () => path.join(root, 'm.gguf');
function download(signal = new AbortController().signal) {
  const endpoint = () => hub.url;
  const rules = createHostRules(endpoint, () => []);
  const client = createHubClient({
    ...{ rules, endpoint, offline: () => false, token: async () => null, silenceMs: 5000, pauseMs: 1 },
  });
  const file = { path: 'm.gguf', bytes: content.length, sha256, blob: null };
  return downloadFile({
    ...{
      client,
      root,
      target: target(),
      address: '/o/m/resolve/main/m.gguf',
      repo: 'o/m',
      file,
      connections: 2,
      signal,
    },
    progress: (bytes) => {
      progress += bytes;
    },
  });
}
const rangesAsked = () => hub.requests.map(({ range }) => range);

test('is asked for in ranges of one content, and put together at their places', async () => {
  expect(await download()).toBe(sha256);
  expect(fs.readFileSync(target()).equals(content)).toBe(true);
  const [first, ...rest] = rangesAsked();
  expect(first).toBe('bytes=0-0');
  expect(rest.toSorted()).toEqual([`bytes=0-${RANGE + 2}`, `bytes=${RANGE + 3}-${content.length - 1}`]);
  // Catches ranges of two contents that are mixed: each but the first names the content that it belongs to.
  expect(hub.requests.slice(1).every(({ ifRange }) => ifRange !== undefined)).toBe(true);
  expect(progress).toBe(content.length);
});

// Catches a range that begins anew, or is left out, because another one was cut.
test('goes on in each range where that one was cut', async () => {
  hub.faults.push('empty', 'cut', 'cut');
  await download();
  expect(fs.readFileSync(target()).equals(content)).toBe(true);
  expect(progress).toBe(content.length);
});

test('a caller that leaves ends all connections; the next one asks only for what is missing', async () => {
  hub.holdAfter = 1_000_000;
  const held = hub.held();
  const abort = new AbortController();
  const left = download(abort.signal).catch((error: unknown) => error);
  await held;
  abort.abort();
  expect(await left).toBeInstanceOf(Error);
  const there = progress;
  hub.release();
  hub.requests.length = 0;
  progress = 0;
  await download();
  expect(fs.readFileSync(target()).equals(content)).toBe(true);
  expect(progress).toBe(content.length);
  const asked = rangesAsked().map((range) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
    return Number(to) - Number(from) + 1;
  });
  expect(asked.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(content.length - there + 64 * 1024 * 2);
});
