/** A client of the frame protocol over any frame port: what a panel or an extension does, in a few lines. */
import { WebSocket } from 'ws';
import type { ClientFrame, ServerFrame } from '../../src/contract/kernel/frames.ts';
import { SUBPROTOCOL } from '../../src/contract/kernel/frames.ts';
import type { FramePort } from '../../src/main/doors/index.ts';

/** Speaks frames and collects what comes back. */
export interface FrameClient {
  /** Everything that arrived, in order. */
  frames: ServerFrame[];
  send(frame: ClientFrame | object): void;
  /** The first frame that fits, now or later; rejects when the connection closes before. */
  wait<F extends ServerFrame = ServerFrame>(fits: (frame: ServerFrame) => boolean): Promise<F>;
  /** Runs a call and gives its closing frame with the items before it. */
  call(op: string, input?: unknown, more?: object): Promise<{ items: unknown[]; seqs: number[]; last: ServerFrame }>;
  /** Settles with the close code when the connection closes. */
  closed: Promise<number | undefined>;
  close(): void;
  /** False: pings stay unanswered, as from a page that hangs. */
  answersPings: boolean;
}

/** The client's side of a port. */
export interface ClientSide {
  post(frame: unknown): void;
  onMessage(listener: (frame: unknown) => void): void;
  onClose(listener: (code?: number) => void): void;
  close(): void;
}

/** Wraps a port. */
export function frameClient(port: ClientSide | FramePort): FrameClient {
  const side = port as ClientSide;
  const frames: ServerFrame[] = [];
  const waiting = new Set<{
    fits: (frame: ServerFrame) => boolean;
    resolve: (frame: never) => void;
    reject: (error: Error) => void;
  }>();
  const { promise: closed, resolve: setClosed } = Promise.withResolvers<number | undefined>();
  let nextId = 1;

  side.onMessage((message) => {
    const frame = message as ServerFrame;
    frames.push(frame);
    if (frame.t === 'ping' && client.answersPings) side.post({ t: 'pong', n: frame.n });
    for (const waiter of [...waiting]) {
      if (!waiter.fits(frame)) continue;
      waiting.delete(waiter);
      waiter.resolve(frame as never);
    }
  });
  side.onClose((code) => {
    for (const waiter of waiting) waiter.reject(new Error('the connection closed'));
    setClosed(code);
  });

  const client: FrameClient = {
    frames,
    answersPings: true,
    closed,
    send: (frame) => side.post(frame),
    wait(fits) {
      const found = frames.find(fits);
      if (found) return Promise.resolve(found as never);
      const { promise, resolve, reject } = Promise.withResolvers<never>();
      waiting.add({ fits, resolve, reject });
      return promise;
    },
    async call(op, input, more = {}) {
      const id = `c${nextId++}`;
      side.post({ t: 'call', id, op, ...(input === undefined ? {} : { input }), ...more });
      const last = await client.wait((frame) => 'id' in frame && frame.id === id && frame.t !== 'next');
      const nexts = frames.filter(
        (frame): frame is Extract<ServerFrame, { t: 'next' }> => frame.t === 'next' && frame.id === id,
      );
      return { items: nexts.map((frame) => frame.v), seqs: nexts.map((frame) => frame.seq), last };
    },
    close: () => side.close(),
  };
  return client;
}

/** Opens a WebSocket to a server. @throws Error with the status when the handshake is refused */
export async function openSocket(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ client: FrameClient; socket: WebSocket }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/rpc`, [SUBPROTOCOL], {
    headers,
    perMessageDeflate: false,
  });
  const client = frameClient({
    post: (frame: unknown) => socket.send(JSON.stringify(frame)),
    onMessage: (listener: (frame: unknown) => void) =>
      void socket.on('message', (data) => listener(JSON.parse(String(data)))),
    onClose: (listener: (code?: number) => void) => void socket.on('close', listener),
    close: () => socket.close(),
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('open', resolve);
  socket.once('error', reject);
  socket.once('unexpected-response', (_request, response) => reject(new Error(`refused with ${response.statusCode}`)));
  await promise;
  return { client, socket };
}
