/** Frames of the debugging pipe: JSON texts that each end with a NUL byte. */
import type { Readable } from 'node:stream';

/** Bytes of one message; a screenshot of a large page or a body that a script asks for is the largest that comes. */
const MAX_MESSAGE_BYTES = 96 * 1024 * 1024;

/** Cuts what a browser writes into messages. A message that is too long is left out as a whole. */
export function readFrames(pipe: Readable, onMessage: (text: string) => void): void {
  let pieces: Buffer[] = [];
  let bytes = 0;
  const take = (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > MAX_MESSAGE_BYTES) pieces = [];
    else pieces.push(piece);
  };
  pipe.on('data', (chunk: Buffer) => {
    let from = 0;
    for (let end = chunk.indexOf(0); end >= 0; end = chunk.indexOf(0, from)) {
      take(chunk.subarray(from, end));
      const text = bytes > MAX_MESSAGE_BYTES ? null : Buffer.concat(pieces).toString('utf8');
      pieces = [];
      bytes = 0;
      from = end + 1;
      if (text !== null) onMessage(text);
    }
    if (from < chunk.length) take(chunk.subarray(from));
  });
}
