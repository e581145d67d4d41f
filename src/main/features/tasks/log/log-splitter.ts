/** Bytes of an executor's output → lines: structured ones (LOG_MARK) or raw text, of bounded length, redacted. */
import { LOG_MARK, StructuredLog } from '../../../../contract/automation/executor.ts';
import { keptLine, MAX_LOG_CHARS } from '../../../../contract/automation/report/report-limits.ts';
import { KEPT_BOUNDS, parseBounded } from '../../../../contract/kernel/bounds.ts';
import type { Redactor } from '../../../../contract/kernel/redact/redact.ts';

/** Longest structured line, bytes; a longer one is taken for raw text. */
const MAX_STRUCTURED = 1_048_576;
/** Longest UTF-8 encoding of one UTF-16 unit, bytes. */
const BYTES_PER_UNIT = 3;

const NEWLINE = 10;
const MARK = LOG_MARK.charCodeAt(0);

/** What becomes of one line. */
export interface LineSink {
  structured(line: StructuredLog): void;
  raw(text: string): void;
}

/** Splits one stream. */
export interface LineSplitter {
  push(chunk: Buffer): void;
  /** The stream has ended: what is left is a line. */
  end(): void;
  /** True when a line has begun that has not ended. */
  isWithinLine(): boolean;
}

/** Cuts raw output into messages; a surrogate pair stays together. */
export function cutMessage(text: string): string[] {
  if (text.length <= MAX_LOG_CHARS) return [text];
  const parts: string[] = [];
  for (let from = 0; from < text.length; ) {
    const code = text.charCodeAt(from + MAX_LOG_CHARS - 1);
    const length = code >= 0xd800 && code <= 0xdbff ? MAX_LOG_CHARS - 1 : MAX_LOG_CHARS;
    parts.push(text.slice(from, from + length));
    from += length;
  }
  return parts;
}

/** Number of bytes at the end that are a UTF-8 character (RFC 3629) still to be continued. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

function parseStructured(bytes: Buffer): StructuredLog | null {
  if (bytes[0] !== MARK) return null;
  try {
    return StructuredLog.parse(parseBounded(bytes.toString('utf8', 1), KEPT_BOUNDS));
  } catch {
    return null;
  }
}

/** Creates a splitter for one stream. */
export function createLineSplitter(redactor: Redactor, sink: LineSink): LineSplitter {
  let held: Buffer[] = [];
  let heldBytes = 0;

  function emit(line: Buffer): void {
    const structured = parseStructured(line);
    if (structured !== null) {
      sink.structured(keptLine({ ...structured, data: structured.data ?? null }, redactor));
      return;
    }
    const end = line.at(-1) === 13 ? line.length - 1 : line.length;
    for (const part of cutMessage(redactor.text(line.toString('utf8', 0, end)))) sink.raw(part);
  }

  function takeHeld(): Buffer {
    const all = held.length === 1 && held[0] ? held[0] : Buffer.concat(held);
    held = [];
    heldBytes = 0;
    return all;
  }

  function hold(bytes: Buffer): void {
    if (bytes.length === 0) return;
    held.push(bytes);
    heldBytes += bytes.length;
    // The tail that stays is longer than any secret, so that none is cut in two before it has been redacted.
    const tail = 1 + Math.max(1, Math.ceil(redactor.reach / MAX_LOG_CHARS));
    const enough = 2 * tail * MAX_LOG_CHARS * BYTES_PER_UNIT;
    if (heldBytes <= (held[0]?.[0] === MARK ? Math.max(MAX_STRUCTURED, enough) : enough)) return;
    const all = takeHeld();
    const open = unfinished(all);
    const text = redactor.text(all.toString('utf8', 0, all.length - open));
    const parts = cutMessage(text);
    const kept = parts.splice(Math.max(1, parts.length - tail)).join('');
    for (const part of parts) sink.raw(part);
    held = [Buffer.from(kept), all.subarray(all.length - open)];
    heldBytes = (held[0]?.length ?? 0) + open;
  }

  return {
    push(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
        const piece = chunk.subarray(from, at);
        if (heldBytes > 0) {
          held.push(piece);
          emit(takeHeld());
        } else emit(piece);
        from = at + 1;
      }
      // A copy, because a small rest would keep its whole chunk in memory.
      hold(from === 0 ? chunk : Buffer.from(chunk.subarray(from)));
    },
    end() {
      if (heldBytes > 0) emit(takeHeld());
    },
    isWithinLine: () => heldBytes > 0,
  };
}
