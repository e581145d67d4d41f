/** Large messages over doors that carry small ones: split on one side, assembled on the other. */
import type { Timers } from '../client/transport.ts';
import { AppError } from '../kernel/errors.ts';
import { concat, decodeBase64, decodeUtf8, encodeBase64, encodeUtf8 } from './bytes.ts';
import type { Chunk, ChunkForm } from './forms.ts';

/** Messages that may be incomplete at once. */
export const MAX_ASSEMBLIES = 4;
/** How long the chunks of one message may take, ms. */
export const ASSEMBLY_TIMEOUT_MS = 30_000;

/**
 * Splits a message. Lazy, so that a sender can pause between chunks.
 * @returns null when the message is small enough to be sent as it is
 */
export function splitMessage(form: ChunkForm, message: string | number, text: string): Iterable<object> | null {
  const bytes = encodeUtf8(text);
  return bytes.length <= form.maxMessageBytes ? null : slices(form, message, bytes);
}

function* slices(form: ChunkForm, message: string | number, bytes: Uint8Array): Generator<object, void> {
  const { sliceBytes } = form;
  const total = Math.ceil(bytes.length / sliceBytes);
  for (let index = 0; index < total; index += 1) {
    const data = encodeBase64(bytes.subarray(index * sliceBytes, (index + 1) * sliceBytes));
    yield form.write({ message, index, total, data });
  }
}

/** Puts the chunks of one connection together. */
export interface Assembler {
  /**
   * Takes a message of the wire.
   * @returns undefined for one that is no chunk; null while chunks are missing; the text once they are complete
   * @throws AppError `bad-request` malformed, lost, duplicate or out of order; `payload-too-large`;
   * `resource-limit-exceeded` too many incomplete messages. The message that the chunk belonged to is dropped.
   */
  accept(message: unknown): string | null | undefined;
  /** Drops what is incomplete. */
  close(): void;
}

interface Assembly {
  slices: Uint8Array[];
  total: number;
  bytes: number;
  cancelTimeout: () => void;
}

/** Creates an assembler; a message may have `maxBytes` at most. */
export function createAssembler(form: ChunkForm, timers: Pick<Timers, 'schedule'>, maxBytes: number): Assembler {
  const open = new Map<string | number, Assembly>();
  const maxChunks = Math.ceil(maxBytes / form.sliceBytes);

  function drop(message: string | number): void {
    open.get(message)?.cancelTimeout();
    open.delete(message);
  }

  /** The assembly that a chunk continues, or a new one. */
  function assemblyOf({ message, index, total }: Chunk): Assembly {
    if (total > maxChunks) throw tooLarge(maxBytes);
    const found = open.get(message);
    if (found) {
      if (index !== found.slices.length || total !== found.total)
        throw malformed(`chunk ${found.slices.length} of ${found.total} was expected, not ${index} of ${total}`);
      return found;
    }
    if (index !== 0) throw malformed(`chunk ${index} belongs to no message that has begun`);
    if (open.size >= MAX_ASSEMBLIES) {
      throw new AppError('resource-limit-exceeded', `At most ${MAX_ASSEMBLIES} messages may be incomplete at once.`, {
        extra: { resource: 'assemblies', limit: MAX_ASSEMBLIES, current: open.size, retry_after: 1 },
      });
    }
    const cancelTimeout = timers.schedule(() => open.delete(message), ASSEMBLY_TIMEOUT_MS);
    const assembly: Assembly = { slices: [], total, bytes: 0, cancelTimeout };
    open.set(message, assembly);
    return assembly;
  }

  function add(chunk: Chunk): string | null {
    const assembly = assemblyOf(chunk);
    const isLast = chunk.index === chunk.total - 1;
    const slice = decode(chunk.data, form.sliceBytes);
    // Only the last slice may be short; otherwise many tiny chunks would pass for a large message.
    if (slice === null || slice.length === 0 || (!isLast && slice.length !== form.sliceBytes))
      throw malformed(`chunk ${chunk.index} does not have the size of a slice, or is not base64`);
    assembly.bytes += slice.length;
    if (assembly.bytes > maxBytes) throw tooLarge(maxBytes);
    assembly.slices.push(slice);
    if (!isLast) return null;
    drop(chunk.message);
    return textOf(assembly.slices);
  }

  return {
    accept(message) {
      const chunk = form.read(message);
      if (chunk === undefined) return undefined;
      if (chunk === null) throw malformed('its members are wrong');
      try {
        return add(chunk);
      } catch (error) {
        drop(chunk.message);
        throw error;
      }
    },
    close() {
      for (const message of [...open.keys()]) drop(message);
    },
  };
}

/** @returns null for what is not base64, or is more than a slice */
function decode(data: string, sliceBytes: number): Uint8Array | null {
  if (data.length > Math.ceil(sliceBytes / 3) * 4) return null;
  const slice = decodeBase64(data);
  return slice === null || slice.length > sliceBytes ? null : slice;
}

function textOf(slices: readonly Uint8Array[]): string {
  try {
    return decodeUtf8(concat(slices));
  } catch (cause) {
    throw new AppError('bad-request', 'The chunks of the message are not UTF-8 together.', { cause });
  }
}

const malformed = (why: string) => new AppError('bad-request', `The chunk cannot be used: ${why}.`);

const tooLarge = (maxBytes: number) =>
  new AppError('payload-too-large', `The message is larger than ${maxBytes} bytes.`, {
    extra: { limit_bytes: maxBytes },
  });
