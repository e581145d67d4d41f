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
