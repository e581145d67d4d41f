/** An error in words, whatever was thrown: a getter that throws, a proxy, an object without prototype, an endless chain of causes. */

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

/** Never throws. */
export function describeError(thrown: unknown): DescribedError {
  const causes: string[] = [];
  let cause = member(thrown, 'cause');
  for (let n = 0; n < MAX_CAUSES && cause !== undefined && cause !== null; n++) {
    causes.push(words(cause));
    cause = member(cause, 'cause');
  }
  const stack = member(thrown, 'stack');
  return {
    name: nameOf(thrown),
    message: words(thrown),
    stack: typeof stack === 'string' ? stack.slice(0, MAX_CHARS) : null,
    causes,
  };
}

function nameOf(thrown: unknown): string {
  const name = member(thrown, 'name');
  return typeof name === 'string' ? name.slice(0, 200) : typeof thrown;
}

function words(thrown: unknown): string {
  const message = member(thrown, 'message');
  if (typeof message === 'string') return message.slice(0, MAX_CHARS);
  try {
    return String(thrown).slice(0, MAX_CHARS);
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
