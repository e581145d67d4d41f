/** How a vocabulary writes letters, so that its tokens can be found in the text of which they were made. */
import type { Tokenizer } from '@huggingface/tokenizers';
import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';

export interface Letters {
  /** Bytes that a token stands for; null when it stands for letters that the vocabulary does not have. */
  surfaceOf(token: string): Buffer | null;
  /** The same bytes, of a letter of the text; none for what leaves no trace in tokens, such as spaces. */
  write(letter: string): Buffer;
}

/** Whether a part of the tokenizer, or one inside of it, is of a type. */
function hasType(part: Json | undefined, type: string): boolean {
  if (Array.isArray(part)) return part.some((one) => hasType(one, type));
  if (!isJsonObject(part)) return false;
  return part.type === type || Object.values(part).some((one) => typeof one === 'object' && hasType(one, type));
}

/** Bytes by the printable letters that stand for them (GPT-2, `bytes_to_unicode`). */
function byteOfLetter(): Map<string, number> {
  const bytes = new Map<string, number>();
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const isPrintable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    bytes.set(String.fromCodePoint(isPrintable ? byte : next++), byte);
  }
  return bytes;
}

const isSpaceByte = (byte: number) => byte === 32 || (byte >= 9 && byte <= 13);
const BYTE_TOKEN = /^<0x([0-9A-Fa-f]{2})>$/;

/** Letters as bytes of their own: GPT-2, RoBERTa and their kin. */
function byteLetters(normalize: (text: string) => string): Letters {
  const byteOf = byteOfLetter();
  const withoutSpaces = (bytes: readonly number[]) => Buffer.from(bytes.filter((byte) => !isSpaceByte(byte)));
  return {
    surfaceOf: (token) => withoutSpaces([...token].flatMap((letter) => byteOf.get(letter) ?? [...Buffer.from(letter)])),
    write: (letter) => withoutSpaces([...Buffer.from(normalize(letter))]),
  };
}

/** Letters as they are, with marks for the beginning, the middle or the end of a word. */
function plainLetters(file: JsonObject, normalize: (text: string) => string): Letters {
  const model = isJsonObject(file.model) ? file.model : {};
  const text = (value: Json | undefined) => (typeof value === 'string' ? value : '');
  const prefix = text(model.continuing_subword_prefix) || (model.type === 'WordPiece' ? '##' : '');
  const suffix = text(model.end_of_word_suffix);
  const plain = (letters: string) => Buffer.from(letters.replaceAll(/[\s▁]+/gu, '').toLowerCase());
  return {
    surfaceOf(token) {
      const byte = BYTE_TOKEN.exec(token)?.[1];
      if (byte !== undefined) return Buffer.from([Number.parseInt(byte, 16)]);
      const from = prefix !== '' && token.length > prefix.length && token.startsWith(prefix) ? prefix.length : 0;
      const end = suffix !== '' && token.endsWith(suffix) ? token.length - suffix.length : token.length;
      return plain(token.slice(from, end));
    },
    write: (letter) => plain(normalize(letter)),
  };
}

/** @param file what `tokenizer.json` holds */
export function createLetters(file: JsonObject, tokenizer: Tokenizer): Letters {
  const unknown = isJsonObject(file.model) && typeof file.model.unk_token === 'string' ? file.model.unk_token : null;
  const normalize = (text: string) => tokenizer.normalizer?.(text) ?? text;
  const isBytes = hasType(file.pre_tokenizer, 'ByteLevel') || hasType(file.decoder, 'ByteLevel');
  const { surfaceOf, write } = isBytes ? byteLetters(normalize) : plainLetters(file, normalize);
  return { surfaceOf: (token) => (token === unknown ? null : surfaceOf(token)), write };
}
