/** Reading untrusted JSON: exact error positions and a limit on nesting. */
import { AppError } from '../../../contract/kernel/errors.ts';
import { faultPosition } from './json-fault.ts';

/** Deepest nesting that is read. */
export const MAX_DEPTH = 64;

/**
 * @throws AppError `invalid-json` with `position` (offset in characters), `bad-request` beyond {@link MAX_DEPTH}
 */
export function parseJson(text: string): unknown {
  if (text.length > MAX_DEPTH && depthOf(text) > MAX_DEPTH) {
    throw new AppError('bad-request', `The JSON is nested deeper than ${MAX_DEPTH} levels.`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const position = faultPosition(text);
    throw new AppError('invalid-json', `The body is not valid JSON at position ${position}.`, {
      extra: { position },
      cause: error,
    });
  }
}

/** Deepest level of brackets outside strings. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index++) {
    switch (text.charCodeAt(index)) {
      case 0x22: {
        index = endOfString(text, index);
        break;
      }
      case 0x5b:
      case 0x7b:
        depth += 1;
        if (depth > deepest) deepest = depth;
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        break;
    }
  }
  return deepest;
}

/** Index of the quote that closes the string which opens at `start`. */
function endOfString(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end === -1) return text.length;
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
}
