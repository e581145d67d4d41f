import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor, REDACTED } from './redact.ts';

const base64 = (bytes: string | Uint8Array) => Buffer.from(bytes).toString('base64');
/** Secrets as operators have them: no lone surrogates, which no encoder keeps. */
const secret = fc
  .string({ unit: 'grapheme', minLength: 5, maxLength: 40 })
  .filter((s) => s.length >= 5 && !/[\r\n]/.test(s));

describe('text', () => {
  const value = 'p@ss w/rd+"ü"\\&=?';
  const redactor = createRedactor([value]);
  it.each([
    ['plain', value],
    ['encodeURIComponent', encodeURIComponent(value)],
    ['encodeURIComponent in lower case', encodeURIComponent(value).replace(/%[0-9A-F]{2}/g, (x) => x.toLowerCase())],
    ['twice', encodeURIComponent(encodeURIComponent(value))],
    ['encodeURI, which leaves separators alone', encodeURI(value)],
    ['a form', new URLSearchParams({ value }).toString().slice('value='.length)],
    ['JSON', JSON.stringify(value).slice(1, -1)],
    ['JSON inside JSON', JSON.stringify(JSON.stringify(value)).slice(3, -3)],
    ['JSON with ASCII escapes', JSON.stringify(value).slice(1, -1).replace('ü', '\\u00FC')],
    ['HTML', value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
    ['base64', base64(value)],
    ['base64url', Buffer.from(value).toString('base64url')],
    ['base64 in a query', encodeURIComponent(base64(value))],
    ['base64 of UTF-16', base64(Buffer.from(value, 'utf16le'))],
    ['hexadecimal digits', Buffer.from(value).toString('hex')],
    ['hexadecimal digits in upper case', Buffer.from(value).toString('hex').toUpperCase()],
    [
      'a query in JSON in HTML',
      JSON.stringify(`?q=${encodeURIComponent(value)}"`)
        .slice(4, -3)
        .replaceAll('%', '&#37;'),
    ],
    ['JSON four deep', [1, 2, 3, 4].reduce((text) => JSON.stringify(text).slice(1, -1), value)],
  ])('hides the value in the form %s', (_, form) => {
    expect(redactor.text(`before ${form} after`)).toMatch(/^before \[redacted\]=* after$/);
  });

  it('hides a value at every offset of a longer base64 text, and leaves no bits of it at the edges', () => {
    fc.assert(
      fc.property(secret, fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 20 }), (text, before, after) => {
        const encoded = base64(Buffer.concat([before, Buffer.from(text), after]));
        const result = createRedactor([text]).text(encoded);
        const [head = '', tail = ''] = result.split(REDACTED);
        expect(result).toContain(REDACTED);
        // What is left of the text on both sides encodes nothing but the neighbours.
        expect(head.length * 6).toBeLessThanOrEqual(before.length * 8);
        expect(tail.replaceAll('=', '').length).toBeLessThanOrEqual(Math.ceil((after.length * 8) / 6));
      }),
    );
  });

  it('leaves no trace of any value in any encoding, whatever surrounds it', () => {
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (text, before, after) => {
        const redactor = createRedactor([text]);
        for (const form of [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1), base64(text)]) {
          const out = redactor.text(`${before} ${form} ${after}`);
          expect(out.includes(REDACTED) || `${before}${after}`.includes(form)).toBe(true);
          expect(out.replaceAll(REDACTED, '').includes(text) && !REDACTED.includes(text)).toBe(false);
        }
      }),
    );
  });

  it('finds a value that looks escaped itself, and one after a character that would begin an escape', () => {
    const redactor = createRedactor(['100%25"\\n&amp;', 'newpass"1']);
    expect(redactor.text('100%25"\\n&amp;')).toBe(REDACTED);
    expect(redactor.text(JSON.stringify('100%25"\\n&amp;'))).toBe(`"${REDACTED}"`);
    expect(redactor.text('C:\\newpass"1 C:\\\\newpass\\"1')).toBe(`C:\\${REDACTED} C:\\\\${REDACTED}`);
  });

  it('keeps every other character as it is, lone surrogates too', () => {
    expect(createRedactor(['hunter22']).text('\ud800é😀hunter22\udfff😀')).toBe(`\ud800é😀${REDACTED}\udfff😀`);
  });

  it('leaves no rest where two secrets overlap', () => {
    expect(createRedactor(['abcdef', 'defghi']).text('xabcdefghix')).toBe(`x${REDACTED}x`);
    expect(createRedactor(['token', 'token-long']).text('token-long token')).toBe(`${REDACTED} ${REDACTED}`);
  });

  it('finds each line of a secret of several lines, because logs are cut into lines', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----';
    const redactor = createRedactor([key]);
    expect(redactor.text('  kqhkiG9w0BAQEF')).toBe(`  ${REDACTED}`);
    expect(redactor.text(key)).toBe(REDACTED);
    expect(redactor.text(JSON.stringify(key))).toBe(`"${REDACTED}"`);
  });

  it('ignores values that are too short to mean anything', () => {
    const redactor = createRedactor(['', 'a', 'abc']);
    expect(redactor.empty).toBe(true);
    expect(redactor.text('abc')).toBe('abc');
  });
});

describe('holders', () => {
  it('a value is known from the first holder on until the last one releases it', () => {
    const redactor = createRedactor();
    expect(redactor.text('shared')).toBe('shared');
    redactor.hold('a', ['shared', 'of a alone']);
    redactor.hold('b', ['shared']);
    redactor.release('a');
    expect(redactor.text('shared, of a alone')).toBe(`${REDACTED}, of a alone`);
    redactor.release('a');
    redactor.release('b');
    expect(redactor.text('shared')).toBe('shared');
    expect(redactor.empty).toBe(true);
  });

  it('a second hold replaces what the holder had, and a value held twice by one holder counts once', () => {
    const redactor = createRedactor();
    redactor.hold('a', ['first', 'first']);
    redactor.hold('a', ['first', 'second']);
    redactor.hold('a', ['second']);
    expect(redactor.text('first second')).toBe(`first ${REDACTED}`);
  });

  it('a value given at the start outlives its holders', () => {
    const redactor = createRedactor(['lasting']);
    redactor.hold('a', ['lasting']);
    redactor.release('a');
    expect(redactor.text('lasting')).toBe(REDACTED);
  });
});

describe('json', () => {
  it('redacts strings, member names and numbers that hold a secret, and keeps everything else', () => {
    const redactor = createRedactor(['hunter22', '123456']);
    const value = { hunter22: ['a hunter22', { deep: 123456, at: 12345 }], flag: true, none: null };
    expect(redactor.json(value)).toEqual({
      [REDACTED]: [`a ${REDACTED}`, { deep: REDACTED, at: 12345 }],
      flag: true,
      none: null,
    });
  });

  // Would catch: a script that hides a numeric secret from redaction by arithmetic.
  it.each([
    ['negated', '48213907', (n: number) => -n],
    ['with a fraction', '48213907', (n: number) => n + 0.5],
    ['times a hundred', '48213907', (n: number) => n * 100],
    ['written with zeros before it', '0048213907', (n: number) => n],
    ['rounded', '48213907482139074821', (n: number) => n],
    ['divided by a hundred', '48213907', (n: number) => n / 100],
    ['with an exponent', '48213907', (n: number) => n * 1e30],
  ])('redacts a number %s', (_how, secret, make) => {
    expect(createRedactor([secret]).json([make(Number(secret)), 3907])).toEqual([REDACTED, 3907]);
  });

  it('keeps a member called __proto__ a member', () => {
    const value: unknown = JSON.parse('{"__proto__":{"x":"hunter22"}}');
    expect(JSON.stringify(createRedactor(['hunter22']).json(value))).toBe(`{"__proto__":{"x":"${REDACTED}"}}`);
  });
});

describe('bytes', () => {
  const value = 'pässword "1"';
  const redactor = createRedactor([value]);
  it.each(['utf8', 'utf16le', 'latin1'] as const)('hides the value in %s and keeps all else', (encoding) => {
    const around = Buffer.from([0, 255, 128, 7]);
    const whole = Buffer.concat([around, Buffer.from(value, encoding), around]);
    const clean = Buffer.concat([around, Buffer.from(REDACTED), around]);
    expect(Buffer.from(redactor.bytes(whole))).toEqual(clean);
  });

  it('answers the same array when there is nothing to hide', () => {
    const bytes = Buffer.from('nothing');
    expect(redactor.bytes(bytes)).toBe(bytes);
  });

  it('hides a value that is split over pieces, at every place and in every block', () => {
    const whole = Buffer.from(`${'x'.repeat(262_140)}${value}${'y'.repeat(262_144)}${encodeURIComponent(value)}z`);
    for (const cut of [1000, 262_139, 262_141, 262_148]) {
      const stream = redactor.byteStream();
      const pieces = [whole.subarray(0, cut), whole.subarray(cut, cut + 3), whole.subarray(cut + 3)];
      const out = Buffer.concat([...pieces.map((piece) => stream.push(piece)), stream.flush()]).toString();
      expect(out).toBe(`${'x'.repeat(262_140)}${REDACTED}${'y'.repeat(262_144)}${REDACTED}z`);
      expect(stream.found).toBe(true);
    }
  });
});

describe('stream', () => {
  it('gives the same as the whole text, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('hunter22', 'hun', 'ter22', '\n', ' ', 'x'.repeat(50))),
        fc.infiniteStream(fc.nat(7)),
        (parts, cuts) => {
          const whole = parts.join('');
          const redactor = createRedactor(['hunter22']);
          const stream = redactor.stream();
          let out = '';
          for (let at = 0; at < whole.length; ) {
            const length = 1 + (cuts.next().value ?? 0);
            out += stream.push(whole.slice(at, at + length));
            at += length;
          }
          expect(out + stream.flush()).toBe(redactor.text(whole));
        },
      ),
    );
  });

  it('keeps its memory bounded on a line without end, and still finds a secret across pieces', () => {
    const stream = createRedactor(['hunter22']).stream();
    let out = '';
    for (let i = 0; i < 100; i++) out += stream.push(`${'y'.repeat(9_997)}hun`) + stream.push('ter22');
    expect(out.length).toBeGreaterThan(800_000);
    out += stream.flush();
    expect(out).not.toContain('hunter22');
    expect(out.split(REDACTED)).toHaveLength(101);
  });
});

// Would catch: a header that is trimmed, or an address without its tabs and line ends, in an output.
it.each([
  ['  tiger-lily\t', 'tiger-lily'],
  ['tiger\t-li\nly\r\n', 'tiger-lily'],
  ['tiger\\lily@x', 'tiger/lily@x'],
  ['ab\ncd', 'abcd'],
])('a secret %j is found in the form that arrives', (secret, arrived) => {
  expect(createRedactor([secret]).text(`<${arrived}>`)).toBe('<[redacted]>');
});

// Catches a secret that was put into an address as it is: the browser and its trace list each parameter by itself, decoded.
it.each([
  ['Mk-first"x&y ü/Zq7Zq7-second=%+third-part', ['Mk-first"x', 'y ü/Zq7Zq7-second', '% third-part']],
  ['abcdefghijkl=mnopqrstuvwx', ['abcdefghijkl', 'mnopqrstuvwx']],
  ['before-the#fragment-part&last-one', ['before-the', 'fragment-part', 'last-one', 'fragment-part&last-one']],
  ['cookie-value;rest-of-it', ['cookie-value', 'rest-of-it']],
  ['abc+defg/hijk+lmno', ['abc defg/hijk lmno']],
])('finds the pieces of %s that an address comes apart into', (secret, written) => {
  const redactor = createRedactor([secret]);
  const { href, search, hash, searchParams } = new URL(`http://a.test/echo?${secret}`);
  for (const text of [...written, href, search, hash, ...searchParams].flat()) {
    const kept = redactor.text(JSON.stringify({ text }));
    const eight = Array.from({ length: secret.length - 7 }, (_, at) =>
      JSON.stringify(secret.slice(at, at + 8)).slice(1, -1),
    );
    expect(
      eight.filter((part) => kept.includes(part)),
      text,
    ).toEqual([]);
    if (text.length >= 8 && text !== href) expect(kept).toContain(REDACTED);
  }
});

// Catches a secret in a header of a server that writes UTF-8, and on a page that does not say its encoding.
it.each(['latin1', 'windows-1252'] as const)('finds UTF-8 that was read as %s', (encoding) => {
  for (const secret of ['pässwörd ÜÄ“x”', '密码-密码-12']) {
    const redactor = createRedactor([secret]);
    const bytes = Buffer.from(secret);
    const text = encoding === 'latin1' ? bytes.toString('latin1') : new TextDecoder(encoding).decode(bytes);
    expect(redactor.text(`a ${text} b`)).toBe(`a ${REDACTED} b`);
    expect(redactor.text(JSON.stringify({ text }))).toBe(JSON.stringify({ text: REDACTED }));
  }
});
