/** A host of its own for the time of one command: the same program, without the HTTP door. */
import fs from 'node:fs/promises';
import { AppError } from '../../contract/kernel/errors.ts';
import type { HostConfig } from '../core/config.ts';
import { createHost } from '../host.ts';
import type { Platform } from '../platform/platform.ts';
import type { HostClient } from './client.ts';

/** Starts a host in this process. */
export async function startLocal(platform: Platform, config: HostConfig): Promise<HostClient> {
  const host = await createHost(platform, config);
  await host.start();

  const { client } = host;
  const options = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });

  return {
    where: 'this process',
    call: (op, input, signal) => client.call(op, input, options(signal)),
    stream: (op, input, signal) => client.follow(op, input, options(signal)),
    async *raw(op, input, signal) {
      const result = await client.raw(op, input, options(signal));
      if (result.kind === 'value') yield result.value;
      else yield* result.items;
    },
    async download(artifactId, file) {
      const content = host.openContent(artifactId);
      if (content === null) throw new AppError('not-found', `There is no artifact ${artifactId}.`);
      await fs.copyFile(content.path, file);
    },
    close: () => host.stop('command finished'),
  };
}
