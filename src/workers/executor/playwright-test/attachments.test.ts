/** What of the files that tests attach becomes an artifact. */
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAttachments } from './attachments.ts';
import { storingRun } from './playwright-test.harness.ts';

const SECRET = 'hunter2-very-secret';
let dir: string;
let results: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'attachments-')));
  results = join(dir, 'results');
  mkdirSync(results);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function subject(secrets: string[] = []) {
  const storing = storingRun(join(dir, 'run'), secrets);
  const { store } = createAttachments(storing.run, results);
  return {
    ...storing,
    file: (path: string, name = 'note', mime = 'text/plain') => store({ name, mime, path, body: null }),
    text: (body: string, name = 'note', mime = 'text/plain') =>
      store({ name, mime, path: null, body: Buffer.from(body).toString('base64') }),
  };
}
/** Writes a file of the results. */
function written(name: string, content: string | Uint8Array = 'x'): string {
  writeFileSync(join(results, name), content);
  return join(results, name);
}

describe('an attachment', () => {
  // Would catch: a picture or a trace that the panel does not know as one, a name without its type, one that has it twice.
  test('is stored with its kind and a name that says its type', async () => {
    const { file, text, told } = subject();
    await file(written('a', zipSync({ 'a.trace': strToU8('{}') })), 'trace', 'application/zip');
    await file(written('b'), 'screenshot', 'image/png');
    await file(written('c'), 'screenshot', 'text/plain');
    await file(written('d'), 'video', 'video/webm');
    await text('{}', 'Cart.JSON', 'application/json; charset=utf-8');
    await text('x', 'odd', 'application/x-odd');
    expect(told.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      ...['trace trace.zip', 'screenshot screenshot.png', 'output screenshot.txt', 'video video.webm'],
      ...['output Cart.JSON', 'output odd'],
    ]);
  });

  // Would catch: a secret in a file, a body, a name or a type, or in a trace, which is packed.
  test('has no secret', async () => {
    const { file, text, told, stored, names } = subject([SECRET]);
    await text(`it is ${SECRET}`, `of ${SECRET}`);
    await file(written('f', `it is ${SECRET}`), 'file', `text/plain; x=${SECRET}`);
    await file(written('t', zipSync({ 'a.trace': strToU8(`{"a":"${SECRET}"}`) })), 'trace', 'application/zip');
    for (const name of names()) expect(stored(name).toString('latin1'), name).not.toContain('hunter2');
    expect(strFromU8(unzipSync(stored('trace.zip'))['a.trace'] ?? new Uint8Array())).toBe('{"a":"[redacted]"}');
    expect(JSON.stringify(told)).not.toContain('hunter2');
    expect(told).toHaveLength(3);
  });

  // Would catch: something that calls itself a trace and goes past redaction.
  test('that calls itself a trace and is no archive is not kept', async () => {
    const { file, logged, names } = subject([SECRET]);
    expect(await file(written('t', `no archive ${SECRET}`), 'trace', 'application/zip')).toBeUndefined();
    expect(logged).toEqual(['The trace trace is no archive; it is not kept.']);
    expect(names()).toEqual([]);
  });

  // Would catch: any file of the machine as an artifact, by its name, by a link, by a folder of results that was exchanged.
  test('that is no file of the results is not kept, and the log says so', async () => {
    const { file, logged, names } = subject();
    const outside = join(dir, 'private.txt');
    writeFileSync(outside, 'private');
    mkdirSync(join(dir, 'results-other'));
    writeFileSync(join(dir, 'results-other/x'), 'private');
    symlinkSync(outside, join(results, 'link'));
    symlinkSync(dir, join(results, 'up'));
    mkdirSync(join(results, 'folder'));
    const paths = [
      outside,
      'link',
      'up/private.txt',
      '../private.txt',
      '../results-other/x',
      'folder',
      'none',
      '.',
      'a\0b',
    ];
    for (const path of paths) expect(await file(path === outside ? path : join(results, path)), path).toBeUndefined();
    expect(logged).toHaveLength(paths.length);
    rmSync(results, { recursive: true });
    symlinkSync(dir, results);
    expect(await file(join(results, 'private.txt'))).toBeUndefined();
    expect(await file(outside)).toBeUndefined();
    expect(names()).toEqual([]);
  });

  // Would catch: a file that is refused because its path is written in another way.
  test('is found by any path that leads to it', async () => {
    const { file, stored } = subject();
    mkdirSync(join(results, 'a'));
    linkSync(written('b', 'kept'), join(results, 'a/c'));
    symlinkSync(results, join(dir, 'other'));
    expect(await file(`${results}/a/../b`)).toBe('note.txt');
    expect(await file(join(dir, 'other/a/c'))).toBe('note-2.txt');
    expect(stored('note-2.txt').toString()).toBe('kept');
  });
});

describe('limits of an attempt', () => {
  // Would catch: a test that fills the disk with files, a warning for each of them.
  test('are 500 files, and one warning', async () => {
    const { text, logged, names } = subject();
    for (let n = 0; n < 500; n++) expect(await text('x')).toBeDefined();
    expect([await text('x'), await text('x')]).toEqual([undefined, undefined]);
    expect(names()).toHaveLength(500);
    expect(logged).toEqual([expect.stringContaining('at most 500 files and 1 GB')]);
  });

  // Would catch: a file of any size that is copied, or a large one that takes the room of those that fit.
  test('are 1 GB, before anything is copied; what fits is kept', async () => {
    const { file, logged, names } = subject();
    truncateSync(written('large'), 1_073_741_825);
    expect(await file(join(results, 'large'))).toBeUndefined();
    expect(await file(written('small'))).toBe('note.txt');
    truncateSync(join(results, 'large'), 1_073_741_824);
    expect(await file(join(results, 'large'))).toBeUndefined();
    expect(names()).toEqual(['note.txt']);
    expect(logged).toHaveLength(1);
  });

  // Would catch: files that were refused and count all the same.
  test('count only what is kept', async () => {
    const { file, text } = subject();
    for (let n = 0; n < 501; n++) await file('/no/such/file');
    expect(await text('x')).toBe('note.txt');
  });
});
