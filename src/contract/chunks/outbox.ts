/** Sends messages in order over a channel with small messages, and pauses while too much of it waits. */
import { HIGH_WATER_BYTES } from '../kernel/frames.ts';
import { splitMessage } from './chunks.ts';
import type { ChunkForm } from './forms.ts';

/** The sending side of a data channel or pipe. */
export interface TextChannel {
  send(text: string): void;
  bufferedBytes(): number;
  /** Settles once at most `bytes` wait, or the channel is closed. */
  drained(bytes: number): Promise<void>;
}

/** Queue in front of a channel. */
export interface Outbox {
  /** `message` names the chunks, if there have to be any. */
  send(message: string | number, text: string): void;
  /** Characters of messages that are not wholly sent yet, and the bytes that the channel has not written yet. */
  bufferedBytes(): number;
  drained(): Promise<void>;
  /** Nothing more is sent. */
  close(): void;
}

/** Creates the queue of one channel. */
export function createOutbox(channel: TextChannel, form: ChunkForm): Outbox {
  const queue: { message: string | number; text: string }[] = [];
  let waiting = 0;
  let pumping: Promise<void> | undefined;
  let closed = false;

  function* partsOf({ message, text }: (typeof queue)[number]): Generator<string> {
    const chunks = splitMessage(form, message, text);
    if (chunks === null) yield text;
    else for (const chunk of chunks) yield JSON.stringify(chunk);
  }

  async function pump(): Promise<void> {
    for (let next = queue[0]; next; next = queue[0]) {
      for (const part of partsOf(next)) {
        while (!closed && channel.bufferedBytes() > HIGH_WATER_BYTES) await channel.drained(HIGH_WATER_BYTES);
        if (closed) return;
        channel.send(part);
      }
      waiting -= next.text.length;
      queue.shift();
    }
  }

  return {
    send(message, text) {
      if (closed) return;
      waiting += text.length;
      queue.push({ message, text });
      pumping ??= pump().finally(() => {
        pumping = undefined;
      });
    },
    bufferedBytes: () => waiting + channel.bufferedBytes(),
    drained: () => pumping ?? channel.drained(HIGH_WATER_BYTES),
    close() {
      closed = true;
      queue.length = 0;
      waiting = 0;
    },
  };
}
