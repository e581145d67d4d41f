/** Bounds of what a child process may send, checked before a schema walks through it. */

/** Limits of one message. */
export interface MessageBounds {
  /** Characters of all strings and member names, bytes of all byte arrays, and 8 for every other value. */
  size: number;
  /** Levels of nesting. */
  depth: number;
}

/** Room for the largest output of a task, however many small values it consists of. */
export const DEFAULT_BOUNDS: MessageBounds = { size: 16 * 1024 * 1024, depth: 256 };

const isPlain = (value: object) => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/**
 * What is wrong with a structured-cloned message, or null. Only JSON values, undefined and byte arrays pass; the walk keeps its own stack
 * and stops at the first excess, so no message can exhaust the stack or hold up the event loop.
 */
export function outOfBounds(message: unknown, bounds: MessageBounds = DEFAULT_BOUNDS): string | null {
  const open: { value: unknown; depth: number }[] = [{ value: message, depth: 0 }];
  let size = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    size += typeof value === 'string' ? value.length : 8;
    if (typeof value === 'object' && value !== null) {
      if (depth >= bounds.depth) return `nested deeper than ${bounds.depth} levels`;
      if (value instanceof Uint8Array) size += value.byteLength;
      else if (Array.isArray(value)) {
        if (size + value.length * 8 > bounds.size) return `larger than ${bounds.size}`;
        for (const item of value) open.push({ value: item, depth: depth + 1 });
      } else if (isPlain(value)) {
        for (const [name, member] of Object.entries(value)) {
          size += name.length;
          open.push({ value: member, depth: depth + 1 });
        }
      } else return `holds a ${value.constructor.name}`;
    }
    if (size > bounds.size) return `larger than ${bounds.size}`;
  }
  return null;
}
