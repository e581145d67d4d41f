/** The two ways in which a door writes a chunk, and when it has to. */
import { z } from 'zod';

/** A slice of a message: base64 of consecutive bytes of its UTF-8. */
export interface Chunk {
  /** Which message it belongs to. */
  message: string | number;
  /** Position, from 0. */
  index: number;
  /** Number of chunks of the message. */
  total: number;
  data: string;
}

/** One form of chunks. */
export interface ChunkForm {
  /** Messages with more bytes of UTF-8 are split. */
  maxMessageBytes: number;
  /** Bytes of a slice, before base64. */
  sliceBytes: number;
  /** @returns the message of the wire */
  write(chunk: Chunk): object;
  /** @returns undefined for a message that is no chunk, null for a chunk that is malformed */
  read(message: unknown): Chunk | null | undefined;
}

const Index = z.int().min(0);
const Total = z.int().min(1);

const NativeChunk = z.object({
  request_id: z.string().min(1).max(128),
  chunk: z.object({ index: Index, total: Total, data: z.string() }),
});

/** Native messaging: Chrome takes at most 1 MiB from a host. */
export const nativeChunks: ChunkForm = {
  maxMessageBytes: 1_048_576,
  sliceBytes: 720_000,
  write: ({ message, ...chunk }) => ({ request_id: message, chunk }),
  read(message) {
    if (!isObject(message) || !('chunk' in message)) return undefined;
    const { data } = NativeChunk.safeParse(message);
    return data ? { message: data.request_id, ...data.chunk } : null;
  },
};

const DataChannelChunk = z.object({
  t: z.literal('chunk'),
  m: z.union([z.string().min(1).max(64), z.int()]),
  i: Index,
  n: Total,
  d: z.string(),
});

/** WebRTC data channels: 16 KiB is what every implementation carries in one message (RFC 8831, section 6.6). */
export const dataChannelChunks: ChunkForm = {
  maxMessageBytes: 16_384,
  sliceBytes: 11_520,
  write: ({ message, index, total, data }) => ({ t: 'chunk', m: message, i: index, n: total, d: data }),
  read(message) {
    if (!isObject(message) || !('t' in message) || message.t !== 'chunk') return undefined;
    const { data } = DataChannelChunk.safeParse(message);
    return data ? { message: data.m, index: data.i, total: data.n, data: data.d } : null;
  },
};

function isObject(message: unknown): message is object {
  return typeof message === 'object' && message !== null;
}
