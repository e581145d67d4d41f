/** The whole program in this process: the real `createHost` on a free port and a data directory of its own. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Settings } from '../../src/contract/host/settings.ts';
import { readHostFile } from '../../src/main/core/instance-lock.ts';
import type { Replaced } from '../../src/main/features.ts';
import { createHost, type Host } from '../../src/main/host.ts';
import { createNodePlatform } from '../../src/main/platform/node.ts';
import { ROOT } from './core.ts';

/** A host under test. */
export interface TestHost extends AsyncDisposable {
  host: Host;
  url: string;
  /** Bearer token with every right. */
  token: string;
  dir: string;
}

/** Starts a host; disposing it stops it and removes its data. Rate limits are off unless a setting turns them on. */
export async function createTestHost(
  options: { settings?: Partial<Settings>; replaced?: Replaced } = {},
): Promise<TestHost> {
  // Not the keyring of whoever runs the tests.
  process.env.TABAGENT_KEYRING = 'off';
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-host-'));
  const host = await createHost(
    createNodePlatform({ appRoot: ROOT }),
    {
      dataDir: dir,
      overrides: { host: '127.0.0.1', port: 0, 'rate_limits.enabled': false, ...options.settings },
      http: true,
      contentPort: 0,
      browserArgs: [],
    },
    options.replaced,
  );
  const { url } = await host.start();
  const token = readHostFile(dir)?.token;
  if (url === null || token === undefined) throw new Error('the host did not open its port');
  return {
    host,
    url,
    token,
    dir,
    async [Symbol.asyncDispose]() {
      await host.stop('test ended');
      fs.rmSync(dir, { recursive: true, force: true });
    },
  };
}
