/** A client of the running host over its WebSocket door, with the token that only this user can read. */
import fs from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import WebSocket from 'ws';
import { AppError, errorOf } from '../../contract/kernel/errors.ts';
import { type ServerFrame, SUBPROTOCOL } from '../../contract/kernel/frames.ts';
import type { HostFile } from '../core/instance-lock.ts';
import type { HostClient } from './client.ts';

const CONNECT_TIMEOUT_MS = 5000;

/** What the frames of one call do. */
interface Pending {
  next(value: unknown): void;
  end(error?: unknown): void;
}

/** A queue that an async iterator drains. */
function createQueue(): Pending & { items(): AsyncGenerator<unknown> } {
  const waiting: unknown[] = [];
  let ended: { error?: unknown } | undefined;
  let wake: () => void = () => undefined;
  return {
    next(value) {
      waiting.push(value);
      wake();
    },
    end(error) {
      ended = { error };
      wake();
    },
    async *items() {
      for (;;) {
        while (waiting.length > 0) yield waiting.shift();
        if (ended?.error !== undefined) throw ended.error;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

/** Connects to the host that published `info`. @throws AppError `service-unavailable` when it does not answer */
export async function connectRemote(info: HostFile): Promise<HostClient> {
  if (info.url === null) {
    throw new AppError(
      'service-unavailable',
      `TabAgent is running (process ${info.pid}) but its API port is taken, so it cannot be reached. Free the port and press Retry in the panel, or restart it with --port.`,
    );
  }
  const socket = new WebSocket(`${info.url.replace(/^http/, 'ws')}/rpc`, SUBPROTOCOL, {
    headers: { authorization: `Bearer ${info.token}` },
    handshakeTimeout: CONNECT_TIMEOUT_MS,
    perMessageDeflate: false,
  });
  const pending = new Map<number, Pending>();
  let lastId = 0;

  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', (cause) =>
      reject(new AppError('service-unavailable', `The host at ${info.url} does not answer.`, { cause })),
    );
  });
  const failAll = () => {
    const error = new AppError('service-unavailable', 'The host closed the connection.');
    for (const call of pending.values()) call.end(error);
    pending.clear();
  };
  socket.on('close', failAll);
  socket.on('error', failAll);
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as ServerFrame;
    if (frame.t === 'ping')
      return socket.send(JSON.stringify({ t: 'pong', ...(frame.n === undefined ? {} : { n: frame.n }) }));
    if (!('id' in frame) || typeof frame.id !== 'number') return;
    const call = pending.get(frame.id);
    if (!call) return;
    if (frame.t === 'next') return call.next(frame.v);
    if (frame.t === 'ok') call.next(frame.v);
    call.end(frame.t === 'err' ? errorOf(frame.e) : undefined);
    pending.delete(frame.id);
  });

  async function* raw(op: string, input: unknown, signal?: AbortSignal): AsyncGenerator<unknown> {
    const id = ++lastId;
    const queue = createQueue();
    pending.set(id, queue);
    const cancel = () => socket.send(JSON.stringify({ t: 'cancel', id }));
    signal?.addEventListener('abort', cancel, { once: true });
    socket.send(JSON.stringify({ t: 'call', id, op, input }));
    try {
      yield* queue.items();
    } finally {
      signal?.removeEventListener('abort', cancel);
      if (pending.delete(id) && socket.readyState === WebSocket.OPEN) cancel();
    }
  }

  const client: HostClient = {
    where: info.url,
    raw,
    async call(op, input, signal) {
      for await (const value of raw(op, input, signal)) return value as never;
      throw new AppError('internal-server-error');
    },
    stream: (op, input, signal) => raw(op, input, signal) as AsyncIterable<never>,
    async download(artifactId, file) {
      const { url } = await client.call('artifacts_get', { id: artifactId as never });
      const response = await fetch(url);
      if (!response.ok || response.body === null)
        throw new AppError('not-found', `The artifact could not be fetched (HTTP ${response.status}).`);
      await pipeline(Readable.fromWeb(response.body), fs.createWriteStream(file));
    },
    close: () =>
      new Promise((resolve) => {
        if (socket.readyState === WebSocket.CLOSED) return resolve();
        socket.once('close', () => resolve());
        socket.close();
      }),
  };
  return client;
}
