/** An error in words, whatever was thrown: a getter that throws, a proxy, an object without prototype, an endless chain of causes. */

import { clip } from '../../../contract/kernel/redact/clip.ts';

/** See the file's head. */
export interface DescribedError {
  name: string;
  message: string;
  stack: string | null;
  /** Causes from the outside in, at most {@link MAX_CAUSES}. */
  causes: string[];
}

const MAX_CAUSES = 8;
const MAX_CHARS = 16_384;
const MAX_NAME = 200;

/**
 * Never throws.
 * @param redact removes secrets from a text, before it is cut: what a cut leaves of one is not found any more
 */
export function describeError(thrown: unknown, redact: (text: string) => string): DescribedError {
  const words = (value: unknown) => clip({ text: redact }, wordsOf(value), MAX_CHARS);
  const causes: string[] = [];
  let cause = member(thrown, 'cause');
  for (let n = 0; n < MAX_CAUSES && cause !== undefined && cause !== null; n++) {
    causes.push(words(cause));
    cause = member(cause, 'cause');
  }
  const stack = member(thrown, 'stack');
  const name = member(thrown, 'name');
  return {
    name: typeof name === 'string' ? clip({ text: redact }, name, MAX_NAME) : typeof thrown,
    message: words(thrown),
    stack: typeof stack === 'string' ? words(stack) : null,
    causes,
  };
}

function wordsOf(thrown: unknown): string {
  const message = member(thrown, 'message');
  if (typeof message === 'string') return message;
  try {
    return String(thrown);
  } catch {
    return 'something that cannot be put into words';
  }
}

function member(thrown: unknown, name: string): unknown {
  try {
    return typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, name) : undefined;
  } catch {
    return undefined;
  }
}
