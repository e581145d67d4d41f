/**
 * The host's end of a child's IPC channel. Node's own reader throws where no listener can catch it when bytes are no message, and allocates
 * whatever length a message claims; a child is not trusted with either. The wire is Node's serialization mode `advanced`: the length in
 * four bytes, then the value as V8 serializes it.
 */
import type { Duplex } from 'node:stream';
import { DefaultDeserializer, DefaultSerializer } from 'node:v8';
import { MESSAGE_BOUNDS } from '../../contract/kernel/bounds.ts';
import { excessOfBytes } from './wire-values.ts';

/** Longest message, bytes; a longer one closes the channel. */
const MAX_MESSAGE = 64 * 1024 * 1024;
/** Serialized values in one message: each member has a name and a value, and each container an end. */
const MAX_VALUES = 3 * MESSAGE_BOUNDS.members;
/** Bytes of the length before a message. */
const HEAD = 4;
/** Time for which messages are read and handled without a pause, ms; whatever takes longer is followed by a rest. */
const FREE_MS = 50;
/** Length of the rest as a multiple of the time spent: a child cannot take more than a quarter of the host's time. */
const REST = 3;
/** How long the exit of the process may wait for the messages of a resting channel, ms. */
const DRAIN_MS = 500;

/** Tags that Node writes before an object that V8 leaves to its embedder. */
const BYTES = 0;
const OTHER = 1;

/** Methods of Node's own classes that its types leave out. */
interface HostObjects {
  _writeHostObject(object: object): void;
  _readHostObject(): unknown;
}
const nodeWriter = DefaultSerializer.prototype as unknown as HostObjects;
const nodeReader = DefaultDeserializer.prototype as unknown as HostObjects;

class Serializer extends DefaultSerializer {
  _writeHostObject(object: object): void {
    this.writeUint32(ArrayBuffer.isView(object) ? BYTES : OTHER);
    if (ArrayBuffer.isView(object)) nodeWriter._writeHostObject.call(this, object);
    else this.writeValue({ ...object });
  }
}

class Deserializer extends DefaultDeserializer {
  _readHostObject(): unknown {
    return this.readUint32() === BYTES ? nodeReader._readHostObject.call(this) : this.readValue();
  }
}

function serialized(message: unknown): Buffer {
  const serializer = new Serializer();
  serializer.writeRawBytes(Buffer.alloc(HEAD));
  serializer.writeHeader();
  serializer.writeValue(message);
  const bytes = serializer.releaseBuffer();
  bytes.writeUInt32BE(bytes.length - HEAD, 0);
  return bytes;
}

/** The value, or an error when the bytes are no message. */
function deserialized(bytes: Buffer): unknown {
  const excess = excessOfBytes(bytes, MAX_VALUES);
  if (excess !== null) return new Error(`a message ${excess}`);
  try {
    const deserializer = new Deserializer(bytes);
    deserializer.readHeader();
    return deserializer.readValue();
  } catch (error) {
    return error;
  }
}

/** Messages over a pipe. */
export interface ChildChannel {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** The host's end of a channel of its own. */
export interface PipeChannel extends ChildChannel {
  /** Handles the messages that a resting channel holds back, without further rests. Resolves when they are handled; at once when it does not rest. */
  drain(): Promise<void>;
}

/** Opens the host's end. A message that cannot be read arrives as an `Error`. */
export function openChildChannel(pipe: Duplex): PipeChannel {
  // The child has gone; its exit says how.
  pipe.on('error', () => undefined);
  const reader = createReader(pipe);
  return {
    send(message) {
      if (pipe.writable) pipe.write(serialized(message));
    },
    onMessage: reader.start,
    drain: reader.drain,
  };
}

/** Messages out of the pieces in which they come. @param tooLong called with the length of a message beyond the limit; what is held is dropped */
function createFrames(tooLong: (length: number) => void) {
  let held: Buffer[] = [];
  let bytes = 0;
  /** Length of the message that has begun, with its head; HEAD until that is known. */
  let wanted = HEAD;

  /** The next whole message; null when none is complete. */
  function take(): Buffer | null {
    while (bytes >= wanted) {
      const all = held.length === 1 && held[0] ? held[0] : Buffer.concat(held);
      held = [all];
      const length = HEAD + all.readUInt32BE(0);
      if (length > MAX_MESSAGE) {
        held = [];
        bytes = 0;
        tooLong(length);
        return null;
      }
      wanted = length;
      if (bytes < wanted) return null;
      held = [all.subarray(wanted)];
      bytes -= wanted;
      wanted = HEAD;
      return all.subarray(HEAD, length);
    }
    return null;
  }

  return {
    add(chunk: Buffer): void {
      held.push(chunk);
      bytes += chunk.length;
    },
    take,
  };
}

function createReader(pipe: Duplex) {
  let listener: (message: unknown) => void = () => undefined;
  const frames = createFrames((length) => {
    pipe.destroy();
    listener(new Error(`a message of ${length} bytes`));
  });
  let rest: NodeJS.Timeout | null = null;
  let isPaced = true;

  /** Time that was spent and has not been made up for by time between pieces, ms. */
  let debt = 0;
  let idleSince = performance.now();

  function handleAll(): void {
    let began = performance.now();
    debt = Math.max(0, debt - (began - idleSince) / REST);
    for (let message = frames.take(); message !== null; message = frames.take()) {
      listener(deserialized(message));
      idleSince = performance.now();
      debt += idleSince - began;
      began = idleSince;
      if (isPaced && debt > FREE_MS) {
        pipe.pause();
        rest = setTimeout(wake, debt * REST);
        return;
      }
    }
  }

  function wake(): void {
    if (rest !== null) clearTimeout(rest);
    rest = null;
    debt = 0;
    handleAll();
    if (rest === null) pipe.resume();
  }

  return {
    start(handle: (message: unknown) => void): void {
      listener = handle;
      pipe.on('data', (chunk: Buffer) => {
        frames.add(chunk);
        if (rest === null) handleAll();
      });
    },
    async drain(): Promise<void> {
      if (rest === null) return;
      isPaced = false;
      const ended = new Promise<void>((resolve) => {
        for (const event of ['end', 'close']) pipe.once(event, resolve);
        // A descendant may keep the other end open.
        setTimeout(resolve, DRAIN_MS).unref();
      });
      wake();
      await ended;
    },
  };
}
