/** Where a text stops being JSON (RFC 8259). V8 reports the position of some errors only. */

const SPACE = /[ \t\n\r]*/y;
// Piece by piece: one expression for a whole string would need stack for each of its characters.
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Thrown inside this file to leave the recursion. */
class Fault {
  readonly at: number;
  constructor(at: number) {
    this.at = at;
  }
}

/** Offset of the first character that cannot continue the JSON, the length of the text when it ends too soon. */
export function faultPosition(text: string): number {
  let at = 0;

  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.test(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const take = (character: string): boolean => {
    if (text[at] !== character) return false;
    at += 1;
    return true;
  };
  const fail = (): never => {
    throw new Fault(at);
  };

  /** A string that is at fault is at fault from its beginning. */
  function string(): boolean {
    const start = at;
    if (!take('"')) return false;
    do match(PLAIN);
    while (match(ESCAPE));
    if (take('"')) return true;
    at = start;
    return false;
  }

  function value(): void {
    match(SPACE);
    if (take('{')) list('}', member);
    else if (take('[')) list(']', value);
    else if (!string() && !match(SCALAR)) fail();
    match(SPACE);
  }

  function member(): void {
    match(SPACE);
    if (!string()) fail();
    match(SPACE);
    if (!take(':')) fail();
    value();
  }

  function list(end: string, item: () => void): void {
    match(SPACE);
    if (take(end)) return;
    do item();
    while (take(','));
    if (!take(end)) fail();
  }

  try {
    value();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  return at;
}
