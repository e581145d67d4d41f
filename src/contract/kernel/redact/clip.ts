/** Cutting texts that may hold secrets. They are redacted first: a secret that a cut goes through is not found any more, and most of it stays. */
import type { Redactor } from './redact.ts';
import { encodeUtf8 } from './utf8.ts';

/** The part of a {@link Redactor} that a text needs. */
export type TextRedactor = Pick<Redactor, 'text'>;

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;

/** The first `length` UTF-16 units of a text without secrets; one less where that would halve a surrogate pair. */
export function start(text: string, length: number): string {
  if (text.length <= length) return text;
  return text.slice(0, isHighSurrogate(text.charCodeAt(length - 1)) ? length - 1 : length);
}

/** The start of a text without its secrets: `length` UTF-16 units, and `mark` behind them when there was more. */
export function clip(redactor: TextRedactor, text: string, length: number, mark = ''): string {
  const clean = redactor.text(text);
  return clean.length <= length ? clean : start(clean, length) + mark;
}

/** The end of a text without its secrets: `length` UTF-16 units at most. */
export function clipEnd(redactor: TextRedactor, text: string, length: number): string {
  const clean = redactor.text(text);
  if (clean.length <= length) return clean;
  const from = clean.length - length;
  return clean.slice(isLowSurrogate(clean.charCodeAt(from)) ? from + 1 : from);
}

/** The start of a text without its secrets: at most `bytes` bytes of UTF-8 (RFC 3629), whole characters only. */
export function clipBytes(redactor: TextRedactor, text: string, bytes: number): string {
  // A UTF-16 unit takes at least a byte.
  const most = start(redactor.text(text), bytes);
  let left = encodeUtf8(most).length - bytes;
  let end = most.length;
  while (left > 0) {
    const pair = isLowSurrogate(most.charCodeAt(end - 1)) && isHighSurrogate(most.charCodeAt(end - 2));
    const from = end - (pair ? 2 : 1);
    left -= encodeUtf8(most.slice(from, end)).length;
    end = from;
  }
  return most.slice(0, end);
}
