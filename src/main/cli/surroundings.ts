/** Where a command line runs, and the client it talks through. */
import { AppError } from '../../contract/kernel/errors.ts';
import { type HostFlags, readConfig } from '../core/config.ts';
import { isLocked, readHostFile } from '../core/instance-lock.ts';
import type { Platform } from '../platform/platform.ts';
import type { HostClient } from './client.ts';
import type { Printer } from './print.ts';

/** What the entry file gives to every command. */
export interface Surroundings {
  platform: Platform;
  env: NodeJS.ProcessEnv;
}

/** Connects to the host on the data directory. @throws AppError `service-unavailable` when none runs */
export async function requireRemote({ platform, env }: Surroundings, flags: HostFlags): Promise<HostClient> {
  const { dataDir } = readConfig(flags, env, platform.paths.data);
  const info = isLocked(dataDir) ? readHostFile(dataDir) : null;
  if (info === null) {
    throw new AppError('service-unavailable', `No TabAgent is running on ${dataDir}. Start one with: tabagent serve`);
  }
  const { connectRemote } = await import('./remote-client.ts');
  return connectRemote(info);
}

/** Runs `use` with the running host, or with a host of its own that ends with the command. */
export async function withClient<T>(
  around: Surroundings,
  flags: HostFlags,
  print: Printer,
  use: (client: HostClient) => Promise<T>,
): Promise<T> {
  const { platform, env } = around;
  const config = readConfig(flags, env, platform.paths.data);
  let client: HostClient;
  if (isLocked(config.dataDir)) client = await requireRemote(around, flags);
  else {
    const { startLocal } = await import('./local-client.ts');
    client = await startLocal(platform, { ...config, http: false, terminal: print.note });
  }
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}
