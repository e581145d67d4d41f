/** Redaction of files: text in its own encoding; anything else is only searched, because a changed byte could break it. */
import { createReadStream } from 'node:fs';
import type { Redactor } from '../../../contract/kernel/redact/redact.ts';
import { openNew } from './new-file.ts';

/** `ascii` is every encoding whose ASCII characters are single bytes: UTF-8, ISO 8859, Windows, Shift JIS, GBK, EUC. */
export type Encoding = 'ascii' | 'utf-16le' | 'utf-16be' | 'binary';

/** Bytes from the start of a file that its encoding is told from. */
const SAMPLE = 65_536;
const CHUNK = 1_048_576;
/** Share of units of a text that are ASCII when it is UTF-16 without a mark; tables and JSON in any language have more. */
const ASCII_SHARE = 0.1;

/** Control characters that texts have: BS HT LF VT FF CR ESC, and the end-of-file mark of DOS. */
const TEXT_CONTROLS = new Set([8, 9, 10, 11, 12, 13, 0x1b, 0x1a]);
const isControl = (byte: number) => byte < 0x20 && !TEXT_CONTROLS.has(byte);

/** What a file is written in, from its first bytes. */
export function encodingOf(bytes: Uint8Array): Encoding {
  const sample = bytes.subarray(0, SAMPLE);
  const [first, second] = sample;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (!sample.some(isControl)) return 'ascii';
  // The high byte of an ASCII character is zero; a text has no character U+0000 and no control characters.
  let [little, big, other] = [0, 0, 0];
  for (let at = 0; at + 1 < sample.length; at += 2) {
    const [a, b] = [sample[at] ?? 0, sample[at + 1] ?? 0];
    if (b === 0 && a !== 0 && !isControl(a)) little += 1;
    else if (a === 0 && b !== 0 && !isControl(b)) big += 1;
    else if (a === 0 || b === 0) other += 1;
  }
  const units = sample.length / 2;
  if (other === 0 && big === 0 && little > units * ASCII_SHARE) return 'utf-16le';
  if (other === 0 && little === 0 && big > units * ASCII_SHARE) return 'utf-16be';
  return 'binary';
}

/** A file without secrets, or as it was when `has_secret` says that there is one in it. */
export interface CleanFile {
  bytes: Uint8Array;
  has_secret: boolean;
}

function decode(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): string {
  const copy = Buffer.from(bytes);
  return (encoding === 'utf-16be' ? copy.swap16() : copy).toString('utf16le');
}

function encode(text: string, encoding: 'utf-16le' | 'utf-16be'): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16be' ? bytes.swap16() : bytes;
}

/** Redacts the bytes of a file. */
export function redactBytes(bytes: Uint8Array, redactor: Redactor): CleanFile {
  const encoding = encodingOf(bytes);
  if (encoding === 'ascii') return { bytes: redactor.bytes(bytes), has_secret: false };
  if (encoding === 'binary') return { bytes, has_secret: redactor.bytes(bytes) !== bytes };
  const whole = bytes.length - (bytes.length % 2);
  const text = decode(bytes.subarray(0, whole), encoding);
  const clean = redactor.text(text);
  if (clean === text) return { bytes, has_secret: false };
  return { bytes: Buffer.concat([encode(clean, encoding), bytes.subarray(whole)]), has_secret: false };
}

/** Takes the bytes of a file piece by piece and gives back what is to be written. */
interface FileStream {
  push(chunk: Buffer): Uint8Array;
  flush(): Uint8Array;
  readonly has_secret: boolean;
}

function createFileStream(encoding: Encoding, redactor: Redactor): FileStream {
  if (encoding === 'utf-16le' || encoding === 'utf-16be') {
    const stream = redactor.stream('whole');
    let odd = Buffer.alloc(0);
    return {
      push(chunk) {
        const all = Buffer.concat([odd, chunk]);
        const whole = all.length - (all.length % 2);
        odd = all.subarray(whole);
        return encode(stream.push(decode(all.subarray(0, whole), encoding)), encoding);
      },
      flush: () => Buffer.concat([encode(stream.flush(), encoding), odd]),
      has_secret: false,
    };
  }
  const stream = redactor.byteStream();
  if (encoding === 'ascii') return { push: stream.push, flush: stream.flush, has_secret: false };
  return {
    push(chunk) {
      stream.push(chunk);
      return chunk;
    },
    flush() {
      stream.flush();
      return Buffer.alloc(0);
    },
    get has_secret() {
      return stream.found;
    },
  };
}

/** Copies a file of any size, see {@link redactBytes}. @returns whether a secret is left in it */
export async function redactCopy(from: string, to: string, redactor: Redactor): Promise<boolean> {
  const target = await openNew(to);
  try {
    let stream: FileStream | undefined;
    for await (const chunk of createReadStream(from, { highWaterMark: CHUNK })) {
      stream ??= createFileStream(encodingOf(chunk as Buffer), redactor);
      await target.appendFile(stream.push(chunk as Buffer));
    }
    if (stream !== undefined) await target.appendFile(stream.flush());
    return stream?.has_secret ?? false;
  } finally {
    await target.close();
  }
}
