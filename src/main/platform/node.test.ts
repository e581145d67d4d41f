import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodePlatform, defaultPaths } from './node.ts';

const appRoot = join(import.meta.dirname, '../../..');
let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'platform-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** Forks a module with this source. */
function forkSource(source: string, env: Record<string, string> = {}) {
  const file = join(dir, `${Math.random().toString(36).slice(2)}.mjs`);
  writeFileSync(file, source);
  return createNodePlatform({ appRoot }).fork(file, { env, name: 'a test' });
}

describe('defaultPaths', () => {
  const base = { platform: 'linux', env: {}, home: '/home/ada', temp: '/tmp', uid: 7 } as const;
  it('follows the XDG base directories and ignores relative ones', () => {
    expect(defaultPaths({ ...base, env: { XDG_DATA_HOME: '/d', XDG_CACHE_HOME: 'relative' } })).toEqual({
      data: '/d/tabagent',
      cache: '/home/ada/.cache/tabagent',
      temp: '/tmp/tabagent-7',
    });
  });
  it('uses Library on macOS', () => {
    expect(defaultPaths({ ...base, platform: 'darwin' }).data).toBe('/home/ada/Library/Application Support/TabAgent');
  });
});

describe('fork', () => {
  it('passes structured messages both ways, which JSON would break', async () => {
    const child = forkSource(
      `process.on('message', (m) => { process.send({ got: m, at: new Date(0) }); process.disconnect(); });`,
    );
    const answer = new Promise((resolve) => child.onMessage(resolve));
    child.send({ bytes: new Uint8Array([1, 2]), big: 5n });
    expect(await answer).toEqual({ got: { bytes: new Uint8Array([1, 2]), big: 5n }, at: new Date(0) });
  });

  // Catches a reader that throws where no listener can catch it: bytes on the channel ended the host.
  it.each([
    ['bytes that are no value', `Buffer.from([0, 0, 0, 5, 1, 2, 3, 4, 5])`],
    ['an empty message', `Buffer.from([0, 0, 0, 0])`],
    [
      'lists deeper than the stack',
      `(() => {
        const [open, close] = [Buffer.from([0x41, 1]), Buffer.from([0x24, 0, 1])];
        const value = Buffer.concat([Buffer.from([0xff, 0x0f]), ...Array(200_000).fill(open), Buffer.from([0x49, 0]), ...Array(200_000).fill(close)]);
        const head = Buffer.alloc(4);
        head.writeUInt32BE(value.length);
        return Buffer.concat([head, value]);
      })()`,
    ],
  ])('hands over an error in place of %s, and the messages after it', async (_name, bytes) => {
    const child = forkSource(
      `import { writeSync } from 'node:fs';
      const bytes = ${bytes};
      for (let at = 0; at < bytes.length; ) {
        try { at += writeSync(3, bytes, at); } catch (error) { if (error.code !== 'EAGAIN') throw error; }
      }
      process.send('after', () => process.disconnect());`,
    );
    const messages: unknown[] = [];
    child.onMessage((message) => messages.push(message));
    await child.exited;
    await expect.poll(() => messages.length).toBe(2);
    expect(messages).toEqual([expect.any(Error), 'after']);
  });

  // Catches a reader that takes memory for whatever length a message claims.
  it('reads no more from a child whose message claims to be too long', async () => {
    const child = forkSource(
      `import { writeSync } from 'node:fs'; writeSync(3, Buffer.alloc(100, 255)); setInterval(() => {}, 1000); process.on('disconnect', () => process.exit(4));`,
    );
    const message = new Promise((resolve) => child.onMessage(resolve));
    expect(await message).toBeInstanceOf(Error);
    expect(await child.exited).toEqual({ code: 4, signal: null });
  });

  it('takes messages in whatever pieces they arrive', async () => {
    const child = forkSource(
      `const large = { text: 'x'.repeat(3_000_000), bytes: new Uint8Array(1_000_000) };
      for (let n = 0; n < 50; n++) process.send(n);
      process.send(large, () => process.send('last', () => process.disconnect()));`,
    );
    const messages: unknown[] = [];
    const last = new Promise<void>((resolve) =>
      child.onMessage((message) => {
        messages.push(message);
        if (message === 'last') resolve();
      }),
    );
    await last;
    expect(messages.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(messages[50]).toEqual({ text: 'x'.repeat(3_000_000), bytes: new Uint8Array(1_000_000) });
  });

  it('gives the child the named environment and a process group of its own', async () => {
    const child = forkSource(
      `import { readFileSync } from 'node:fs';
      console.log(JSON.stringify({ env: process.env.MARK, home: process.env.HOME ?? null, title: process.title,
        pgid: process.platform === 'linux' ? readFileSync('/proc/self/stat', 'latin1').split(') ')[1].split(' ')[2] : String(process.pid) }));
      process.disconnect();`,
      { MARK: 'x' },
    );
    expect(JSON.parse(await text(child.stdout))).toEqual({
      env: 'x',
      home: null,
      title: 'a test',
      pgid: String(child.pid),
    });
  });

  it('tells the exit code, also to those who ask late', async () => {
    const child = forkSource('process.exit(7)');
    expect(await child.exited).toEqual({ code: 7, signal: null });
    expect(await child.exited).toEqual({ code: 7, signal: null });
    child.send('too late');
    child.kill();
  });
});

it('knows its version', () => {
  expect(createNodePlatform({ appRoot }).versions).toEqual({
    app: expect.stringMatching(/^\d+\.\d+\.\d+/),
    electron: null,
  });
});
