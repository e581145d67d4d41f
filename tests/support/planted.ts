/** A data directory for each test, beside a folder that nothing may write to. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { createHost } from '../../src/main/host.ts';
import { createNodePlatform } from '../../src/main/platform/node.ts';
import { ROOT } from './core.ts';

const SECRET = 'what is outside stays as it is';
export let base: string;
export let dir: string;
export let outside: string;
beforeEach(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-links-'));
  dir = path.join(base, 'data');
  outside = path.join(base, 'outside');
  fs.mkdirSync(dir, { mode: 0o700 });
  fs.mkdirSync(outside);
  fs.writeFileSync(path.join(outside, 'file'), SECRET);
});
afterEach(() => fs.rmSync(base, { recursive: true, force: true }));

/** Fails when the folder outside is not as it was. */
export const untouched = () => {
  expect(fs.readFileSync(path.join(outside, 'file'), 'utf8')).toBe(SECRET);
  expect(fs.readdirSync(outside)).toEqual(['file']);
};

/** One run of a whole host: start, a call that is audited, stop. */
export async function runHost(): Promise<void> {
  process.env.TABAGENT_KEYRING = 'off';
  const host = await createHost(createNodePlatform({ appRoot: ROOT }), {
    dataDir: dir,
    overrides: { host: '127.0.0.1', port: 0 },
    http: true,
    contentPort: 0,
    browserArgs: [],
  });
  try {
    await host.start();
    await host.client.call('profiles_create', { name: 'p' });
    host.reportCrash(new Error('for the report'));
    host.log.error('test', 'a line');
  } finally {
    await host.stop('test');
  }
}
