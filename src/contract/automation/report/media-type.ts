/** Media types of what tasks leave: chosen by servers and scripts, kept in rows, and sent as a header. */

/** A type that says nothing. */
export const ANY_TYPE = 'application/octet-stream';

/** Names of a type and a subtype (RFC 6838, 4.2). */
const TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;
/** Encodings of text (WHATWG Encoding); the only parameter that says how bytes are read. */
const CHARSET =
  /^(?:utf-?8|utf-16(?:le|be)?|us-ascii|iso-8859-\d{1,2}|windows-(?:874|125\d)|macintosh|koi8-[ru]|gbk|gb2312|gb18030|big5|shift_jis|iso-2022-jp|euc-(?:jp|kr))$/;

/**
 * A media type (RFC 9110, 8.3.1) in lower case, with the `charset` when it is a known one and no other parameter. Whatever else a text
 * holds, it never gets into a header: {@link ANY_TYPE} then.
 */
export function parseMediaType(text: string): string {
  const [first = '', ...parameters] = text.split(';');
  const type = first.trim().toLowerCase();
  if (!TYPE.test(type)) return ANY_TYPE;
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([\w-]{1,40})"?\s*$/i.exec(parameter)?.[1]?.toLowerCase())
    .find((name) => name !== undefined);
  return charset !== undefined && CHARSET.test(charset) ? `${type}; charset=${charset}` : type;
}
