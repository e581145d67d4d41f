/** A small client of the Chrome DevTools Protocol over the debugging pipe. */
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { JsonObject } from '../../../../contract/kernel/json.ts';
import { type Channel, type ChannelOptions, createChannel, type Hearer, type Trunk } from './channel.ts';
import { readFrames } from './frames.ts';
import { type Command, Message, readMessage } from './messages.ts';
import { createTargets } from './targets.ts';

/** A browser that does not answer within this time is stuck, ms. */
const ANSWER_TIMEOUT_MS = 20_000;

const Attached = z.object({ sessionId: z.string() });

/** Commands to a browser. */
export interface PipeClient {
  /**
   * Sends a command to the browser as a whole and waits for its answer.
   * @throws AppError `browser-failed` when it refuses, ends, does not answer or answers something else
   */
  call<T>(method: string, params: JsonObject, answer: z.ZodType<T>): Promise<T>;
  /** Sends a command whose answer nobody waits for. */
  post(method: string): void;
  /** Opens a channel for another client. @throws AppError `browser-failed` */
  attach(options: ChannelOptions): Promise<Channel>;
  /** Ends what waits: the browser has gone. */
  end(): void;
}

/** What waits for an answer. */
interface Waiting {
  answer(message: Message): void;
  /** The browser has ended. */
  gone?(): void;
}

/** Hands a message to who waits for it, or hears of its session; without one it is for the host itself. */
function hand(message: Message, waiting: Map<number, Waiting>, routes: Trunk['routes'], host: Hearer): void {
  const { id, sessionId } = message;
  if (id === undefined) {
    (sessionId === undefined ? host : routes.get(sessionId))?.event(message);
    return;
  }
  const answered = waiting.get(id);
  waiting.delete(id);
  answered?.answer(message);
}

/** Talks over the two ends of the pipe. */
export function createPipeClient(toBrowser: Writable, fromBrowser: Readable): PipeClient {
  const waiting = new Map<number, Waiting>();
  const routes = new Map<string, Hearer>();
  let lastId = 0;
  let ended = false;
  /** From the start on: a page without an address has the rights of one that may be gone when somebody asks. */
  const targets = createTargets();
  toBrowser.on('error', () => undefined);
  fromBrowser.on('error', () => undefined);

  readFrames(fromBrowser, (text) => {
    const message = readMessage(Message, text);
    if (message !== null) hand(message, waiting, routes, { event: targets.note });
  });

  function send(command: Omit<Command, 'id'>, waits: Waiting): number {
    const id = ++lastId;
    waiting.set(id, waits);
    if (ended) onGone(id);
    else toBrowser.write(`${JSON.stringify({ ...command, id })}\0`);
    return id;
  }
  function onGone(id: number): void {
    const waits = waiting.get(id);
    waiting.delete(id);
    waits?.gone?.();
  }
  const trunk: Trunk = {
    routes,
    backlog: () => toBrowser.writableLength,
    send(command, answer) {
      // A browser that has gone answers nothing, and clients rely on it: Playwright has dropped the commands of a crashed page by then.
      const id = send(command, { answer });
      return () => void waiting.delete(id);
    },
  };

  function call<T>(method: string, params: JsonObject, answer: z.ZodType<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new AppError('browser-failed', `The browser did not do ${method}: ${why}`));
      let timer: NodeJS.Timeout | undefined;
      const id = send(
        { method, params },
        {
          answer(message) {
            clearTimeout(timer);
            const read = answer.safeParse(message.result);
            if (message.error) fail(message.error.message);
            else if (read.success) resolve(read.data);
            else fail('its answer cannot be read');
          },
          gone() {
            clearTimeout(timer);
            fail('the browser has ended');
          },
        },
      );
      if (!waiting.has(id)) return;
      timer = setTimeout(() => {
        waiting.delete(id);
        fail(`no answer within ${ANSWER_TIMEOUT_MS / 1000} s`);
      }, ANSWER_TIMEOUT_MS);
    });
  }

  send({ method: 'Target.setDiscoverTargets', params: { discover: true } }, { answer: targets.completed });

  return {
    call,
    post: (method) => void send({ method }, { answer: () => undefined }),
    async attach(options) {
      const { sessionId } = await call('Target.attachToBrowserTarget', {}, Attached);
      return createChannel(trunk, sessionId, { ...options, earlier: targets });
    },
    end() {
      ended = true;
      for (const id of [...waiting.keys()]) onGone(id);
    },
  };
}
