import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRedactor } from '../../../contract/kernel/redact.ts';
import { redactTrace } from '../browser/trace.ts';
import { createArtifacts, safeName } from './artifacts.ts';
import { NotJson, toLogJson, toStrictJson } from './json.ts';
import type { Report } from './report.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'artifacts-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const silent: Report = { send: () => undefined, progress: () => undefined, flush: () => undefined };

describe('safeName', () => {
  it('never leaves its folder and never is a name that a system reserves', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (name) => {
        const safe = safeName(name);
        expect(safe).toMatch(/^[^\\/:*?"<>|\p{Cc}]+$/u);
        expect(safe).not.toMatch(/^\.|[. ]$/);
        expect(safe.length).toBeLessThanOrEqual(130);
      }),
    );
    expect(safeName('../../etc/passwd')).toBe('_.._etc_passwd');
    expect(safeName('CON.txt')).toBe('_CON.txt');
    expect(safeName('')).toBe('file');
    expect(safeName('report.tar.gz')).toBe('report.tar.gz');
  });
});

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

  it('redacts text of any size and leaves bytes as they are', async () => {
    const artifacts = createArtifacts(join(dir, 'redact'), createRedactor(['hunter22']), silent);
    const large = join(dir, 'large.txt');
    writeFileSync(large, `${'x'.repeat(1024 * 1024 - 3)}hunter22${'y\n'.repeat(33 * 1024 * 1024)}`);
    await artifacts.addFile({ kind: 'download', name: 'large.txt' }, large);
    const stored = readFileSync(join(dir, 'redact/artifacts/large.txt'), 'latin1');
    expect(stored.includes('hunter22')).toBe(false);
    expect(stored.length).toBe(1024 * 1024 - 3 + '[redacted]'.length + 66 * 1024 * 1024);
    const bytes = Buffer.concat([Buffer.from([0, 255]), Buffer.from('hunter2')]);
    await artifacts.add({ kind: 'output', name: 'x.bin' }, bytes);
    expect(readFileSync(join(dir, 'redact/artifacts/x.bin'))).toEqual(bytes);
  }, 30_000);
});

describe('redactTrace', () => {
  it('rewrites text entries only, and the file stays a zip', async () => {
    const path = join(dir, 'trace.zip');
    const picture = new Uint8Array([0xff, 0xd8, 0, 1]);
    writeFileSync(
      path,
      zipSync({
        'trace.trace': strToU8('{"value":"hunter22"}\n'),
        'resources/a.jpeg': picture,
        'resources/b': strToU8('fine'),
      }),
    );
    expect(await redactTrace(path, createRedactor(['hunter22']))).toBe(true);
    const files = unzipSync(readFileSync(path));
    expect(strFromU8(files['trace.trace'] ?? picture)).toBe('{"value":"[redacted]"}\n');
    expect(files['resources/a.jpeg']).toEqual(picture);
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
      expect(() => toLogJson(value)).not.toThrow();
    }
  });
});
