import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FromExecutor } from '../../../contract/automation/executor.ts';
import { createRedactor } from '../../../contract/kernel/redact/redact.ts';
import { redactTrace } from '../browser/trace.ts';
import { createArtifacts } from './artifacts.ts';
import { NotJson, toLogJson, toStrictJson } from './json.ts';
import type { Report } from './report.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'artifacts-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const silent: Report = { send: () => undefined, progress: () => undefined, flush: () => undefined };

/** A report that keeps what is said about artifacts. */
function noted() {
  const notes: Extract<FromExecutor, { t: 'artifact' }>[] = [];
  const send = (message: FromExecutor) => void (message.t === 'artifact' && notes.push(message));
  return { notes, report: { ...silent, send } satisfies Report };
}

describe('artifacts', () => {
  it('gives every file a name of its own, also where the file system ignores case', async () => {
    const artifacts = createArtifacts(join(dir, 'names'), createRedactor(), silent);
    const names = [
      await artifacts.add({ kind: 'output', name: 'a.txt' }, '1'),
      await artifacts.add({ kind: 'output', name: 'A.TXT' }, '2'),
    ];
    expect(names).toEqual(['a.txt', 'A-2.TXT']);
    expect(readFileSync(join(dir, 'names/artifacts/A-2.TXT'), 'utf8')).toBe('2');
  });

  it('redacts text of any size', async () => {
    const artifacts = createArtifacts(join(dir, 'redact'), createRedactor(['hunter22']), silent);
    const large = join(dir, 'large.txt');
    writeFileSync(large, `${'x'.repeat(1024 * 1024 - 3)}hunter22${'y\n'.repeat(33 * 1024 * 1024)}`);
    await artifacts.addFile({ kind: 'download', name: 'large.txt' }, large);
    const stored = readFileSync(join(dir, 'redact/artifacts/large.txt'), 'latin1');
    expect(stored.includes('hunter22')).toBe(false);
    expect(stored.length).toBe(1024 * 1024 - 3 + '[redacted]'.length + 66 * 1024 * 1024);
  }, 30_000);

  const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();
  it.each([
    ['UTF-8', (text: string) => Buffer.from(text)],
    ['ISO 8859-1', (text: string) => Buffer.from(text, 'latin1')],
    ['UTF-16 with a mark', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 without a mark', (text: string) => Buffer.from(text, 'utf16le')],
    ['UTF-16, high byte first', (text: string) => swapped(Buffer.from(`\ufeff${text}`, 'utf16le'))],
    ['UTF-16, high byte first, without a mark', (text: string) => swapped(Buffer.from(text, 'utf16le'))],
  ])('redacts text in %s, whatever form the secret has in it, from memory and from a file', async (name, encode) => {
    const secret = 'pässword "1"';
    const folder = join(dir, 'encodings', name);
    const { notes, report } = noted();
    const artifacts = createArtifacts(folder, createRedactor([secret]), report);
    const text = (value: string) => `Zeile für Zeile\n${'x'.repeat(1024 * 1024)}${value}, "${value}"\r\n`;
    const forms = [secret, JSON.stringify(secret), encodeURIComponent(secret)];
    const whole = encode(forms.map(text).join(''));
    const clean = encode([text('[redacted]'), text('"[redacted]"'), text('[redacted]')].join(''));
    await artifacts.add({ kind: 'output', name: 'memory' }, whole);
    const from = join(dir, 'encoded');
    writeFileSync(from, whole);
    await artifacts.addFile({ kind: 'output', name: 'file' }, from);
    for (const stored of ['memory', 'file']) {
      expect(readFileSync(join(folder, 'artifacts', stored)).equals(clean), stored).toBe(true);
    }
    expect(notes.map(({ has_secret }) => has_secret)).toEqual([false, false]);
  });

  it('keeps bytes that are no text as they are, and marks those with a secret in any form', async () => {
    const secret = 'hunter22 "x"';
    const { notes, report } = noted();
    const artifacts = createArtifacts(join(dir, 'binary'), createRedactor([secret]), report);
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1, 2, 0xff, 0]);
    const cases: [bytes: Buffer, has_secret: boolean][] = [
      [png, false],
      [Buffer.concat([png, Buffer.from(secret)]), true],
      [Buffer.concat([png, Buffer.from(secret, 'utf16le'), png]), true],
      [Buffer.concat([png, Buffer.from(Buffer.from(secret).toString('base64'))]), true],
      [Buffer.concat([png, Buffer.alloc(1024 * 1024 - 15, 3), Buffer.from(encodeURIComponent(secret)), png]), true],
    ];
    for (const [i, [bytes, has_secret]] of cases.entries()) {
      const from = join(dir, 'bytes');
      writeFileSync(from, bytes);
      await artifacts.add({ kind: 'output', name: `a${i}` }, bytes);
      await artifacts.addFile({ kind: 'output', name: `b${i}` }, from);
      for (const name of [`a${i}`, `b${i}`]) {
        expect(readFileSync(join(dir, 'binary/artifacts', name)).equals(bytes)).toBe(true);
        expect(notes.find((note) => note.name === name)?.has_secret, name).toBe(has_secret);
      }
    }
  });
});

describe('redactTrace', () => {
  it('rewrites everything but pictures, and the file stays a zip', async () => {
    const path = join(dir, 'trace.zip');
    const picture = new Uint8Array([0xff, 0xd8, 0, 1]);
    writeFileSync(
      path,
      zipSync({
        'trace.trace': strToU8('{"value":"hunter22"}\n'),
        'resources/a.jpeg': picture,
        'resources/b': strToU8('fine'),
        'resources/c': Buffer.from('\ufeff"hunter22"', 'utf16le'),
        'resources/d': strToU8('\0\x01hunter22'),
      }),
    );
    expect(await redactTrace(path, createRedactor(['hunter22']))).toBe(true);
    const files = unzipSync(readFileSync(path));
    expect(strFromU8(files['trace.trace'] ?? picture)).toBe('{"value":"[redacted]"}\n');
    expect(files['resources/a.jpeg']).toEqual(picture);
    expect(Buffer.from(files['resources/c'] ?? picture).toString('utf16le')).toBe('\ufeff"[redacted]"');
    expect(strFromU8(files['resources/d'] ?? picture)).toBe('\0\x01[redacted]');
    expect(await redactTrace(path, createRedactor(['hunter22']))).toBe(false);
  });
});

describe('toStrictJson', () => {
  it('keeps JSON as it is and names what is not', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // As text: JSON has no negative zero, and may come back with one from nowhere else.
        expect(JSON.stringify(toStrictJson(value, 'x'))).toBe(JSON.stringify(value));
      }),
    );
    expect(toStrictJson({ a: undefined, d: new Date(0), u: new URL('http://x/') }, 'x')).toEqual({
      d: '1970-01-01T00:00:00.000Z',
      u: 'http://x/',
    });
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const cases: [value: unknown, text: string][] = [
      [{ answer: { _type: 'Response', _guid: 'response@1' } }, 'output.answer: a Playwright Response'],
      [Number.NaN, 'output: NaN'],
      [{ a: [1n] }, 'output.a[0]: a bigint'],
      [{ p: Promise.resolve() }, 'output.p: a Promise'],
      [{ e: new Error('x') }, 'output.e: an Error'],
      [new Uint8Array(1), 'output: bytes'],
      [circle, 'output.self: refers'],
    ];
    for (const [value, text] of cases) {
      expect(() => toStrictJson(value, 'output')).toThrow(NotJson);
      expect(() => toStrictJson(value, 'output')).toThrow(text);
      expect(() => toLogJson(value, createRedactor())).not.toThrow();
    }
  });
});
