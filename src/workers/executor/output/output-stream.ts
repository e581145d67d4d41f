/** Writing to standard output and error without a buffer in between. */
import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Error code of a failed system call. */
const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined);

/**
 * Writes all of a text to a file descriptor and returns when the system has taken it. While a pipe is full the thread
 * waits, and so does everything that would write more: this is what keeps a flood out of memory. A reader that has
 * gone is ignored; the process learns about it from its channel.
 */
export function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EPIPE' || code === 'EBADF' || code === 'ECONNRESET' || code === 'EOF') return;
      if (code !== 'EAGAIN' && code !== 'EINTR') throw error;
      // The other side made the pipe non-blocking and it is full: look again in 2 ms.
      Atomics.wait(pause, 0, 0, 2);
    }
  }
}

/**
 * Replaces `process.stdout` or `process.stderr`. The built-in one is never opened, because it
 * would make the descriptor non-blocking and keep what the pipe does not take.
 * @param emit called with text as it comes, cut anywhere
 */
export function replaceStream(name: 'stdout' | 'stderr', emit: (text: string) => void): void {
  const decoder = new StringDecoder('utf8');
  const stream = new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      emit(decoder.write(chunk));
      done();
    },
  });
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    value: Object.assign(stream, { fd: name === 'stdout' ? 1 : 2 }),
  });
}
