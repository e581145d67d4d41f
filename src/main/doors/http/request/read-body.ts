/** Reading a whole body. */
import type { Readable } from 'node:stream';
import { AppError } from '../../../../contract/kernel/errors.ts';

/** Pieces below this are copied together: each is an object with memory of its own, some hundred bytes, were it of one byte. */
const SMALL = 4096;
const LEAST_BLOCK = 1024;
const MOST_BLOCK = 64 * 1024;

/** Keeps bytes in memory of at most about twice their number, in whatever pieces they come. */
function createGathered() {
  const kept: Buffer[] = [];
  let block = Buffer.alloc(0);
  let used = 0;
  let length = 0;

  function closeBlock(): void {
    if (used > 0) kept.push(block.subarray(0, used));
    block = block.subarray(used);
    used = 0;
  }

  function copy(piece: Buffer): void {
    if (block.length - used < piece.length) {
      closeBlock();
      block = Buffer.allocUnsafeSlow(Math.max(piece.length, Math.min(MOST_BLOCK, Math.max(LEAST_BLOCK, length))));
    }
    used += piece.copy(block, used);
  }

  return {
    get length() {
      return length;
    },
    add(piece: Buffer): void {
      // Most bodies are one piece, which needs no copy.
      if (length > 0 && piece.length < SMALL) copy(piece);
      else {
        closeBlock();
        kept.push(piece);
      }
      length += piece.length;
    },
    whole(): Buffer {
      closeBlock();
      const [first] = kept;
      return kept.length === 1 && first !== undefined ? first : Buffer.concat(kept, length);
    },
  };
}

/** @throws AppError `payload-too-large` beyond the limit, `bad-request` for a body that breaks off */
export function readBody(payload: Readable, announced: number, limit: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const tooLarge = () => reject(new AppError('payload-too-large', undefined, { extra: { limit_bytes: limit } }));
  if (announced > limit) {
    tooLarge();
    return promise;
  }
  const gathered = createGathered();
  // A request that announces no body has ended before anybody listens.
  if (payload.readableEnded) resolve(gathered.whole());
  const onData = (piece: Buffer) => {
    if (gathered.length + piece.length <= limit) return gathered.add(piece);
    // The rest flows on, into nothing.
    payload.off('data', onData);
    tooLarge();
  };
  payload.on('data', onData);
  payload.once('end', () => resolve(gathered.whole()));
  payload.once('error', (cause) => reject(new AppError('bad-request', 'The body broke off.', { cause })));
  payload.resume();
  return promise;
}
