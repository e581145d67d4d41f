/** A client of the running host over its WebSocket door. */
import fs from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { createClient, whenOnline } from '../../contract/client/client.ts';
import { AppError } from '../../contract/kernel/errors.ts';
import { systemClock } from '../core/clock.ts';
import type { HostFile } from '../core/instance-lock.ts';
import type { HostClient } from './client.ts';
import { connectWebSocket } from './web-socket.ts';

/** Connects to the host that published `info`. @throws AppError `service-unavailable` when it does not answer */
export async function connectRemote(info: HostFile): Promise<HostClient> {
  const { url, token } = info;
  if (url === null) {
    throw new AppError(
      'service-unavailable',
      `TabAgent is running (process ${info.pid}) but its API port is in use by another program, so it cannot be reached. Free the port and press Retry in the panel, or restart TabAgent with --port.`,
    );
  }
  const client = createClient({ name: 'cli', connect: connectWebSocket(url, token), timers: systemClock });
  await whenOnline(client, () => new AppError('service-unavailable', `The host at ${url} does not answer.`));

  const options = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });
  return {
    where: url,
    call: (op, input, signal) => client.call(op, input, options(signal)),
    stream: (op, input, signal) => client.raw(op, input, options(signal)) as AsyncIterable<never>,
    raw: (op, input, signal) => client.raw(op, input, options(signal)),
    async download(artifactId, file) {
      const { url: content } = await client.call('artifacts_get', { id: artifactId as never });
      const response = await fetch(content);
      if (!response.ok || response.body === null)
        throw new AppError('not-found', `The artifact could not be fetched (HTTP ${response.status}).`);
      await pipeline(Readable.fromWeb(response.body as WebStream), fs.createWriteStream(file));
    },
    close: async () => client.close(),
  };
}
