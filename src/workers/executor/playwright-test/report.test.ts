/** Reports of Playwright that are written by hand, as a test of the same run could have written one. */
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { storingRun } from './playwright-test.harness.ts';
import { storeReport } from './report.ts';

const SECRET = 'hunter2-very-secret';
const PICTURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]);
const INLINED = `data:image/png;base64,${PICTURE.toString('base64')}`;

let dir: string;
let folder: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'report-')));
  folder = join(dir, 'report');
  mkdirSync(join(folder, 'data'), { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const zipOf = (files: Record<string, unknown>) =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, data]) => [name, strToU8(JSON.stringify(data))])));
const page = (archive: Uint8Array) =>
  `<!doctype html><script>x</script><template id="playwrightReportBase64">data:application/zip;base64,${Buffer.from(archive).toString('base64')}</template>`;
const write = (archive: Uint8Array) => writeFileSync(join(folder, 'index.html'), page(archive));
const attached = (path: string, contentType = 'image/png') => ({ name: 'screenshot', contentType, path });
/** A report with one test and its attachments. */
const withFiles = (...attachments: unknown[]) =>
  write(zipOf({ 'a.json': { tests: [{ results: [{ attachments }] }] } }));

/** Stores what is in the folder; answers the files of the archive that was stored, or null, and what was said. */
async function stored(secrets: string[] = []) {
  const subject = storingRun(mkdtempSync(join(dir, 'run-')), secrets);
  await storeReport(subject.run, folder);
  const [name] = subject.names();
  const files = name === undefined ? null : unzipSync(subject.stored(name));
  const texts = files && Object.fromEntries(Object.entries(files).map(([file, bytes]) => [file, strFromU8(bytes)]));
  return { ...subject, texts };
}
/** Attachments of the one test in what was stored. */
async function kept(secrets: string[] = []): Promise<unknown> {
  const { texts, logged } = await stored(secrets);
  expect(logged).toEqual([]);
  return JSON.parse(texts?.['a.json'] ?? '').tests[0].results[0].attachments;
}

describe('a report', () => {
  // Would catch: a file of the archive that is not redacted, a secret in the name of a member or in another form, the page that becomes an artifact.
  test('is kept as its data, and no secret is left in any of them', async () => {
    write(
      zipOf({
        'report.json': { title: `of ${SECRET}`, [SECRET]: 1, options: { url: `/?q=${encodeURIComponent(SECRET)}` } },
        'f1.json': {
          steps: [{ title: 'Fill', snippet: JSON.stringify({ password: SECRET }), log: [[`a${SECRET}b`]] }],
        },
      }),
    );
    const { texts, told, logged } = await stored([SECRET]);
    expect(Object.keys(texts ?? {})).toEqual(['report.json', 'f1.json']);
    expect(JSON.stringify(texts)).not.toContain('hunter2');
    expect(JSON.parse(texts?.['f1.json'] ?? '')).toMatchObject({ steps: [{ title: 'Fill', log: [['a[redacted]b']] }] });
    expect(told).toMatchObject([{ kind: 'report', name: 'report.zip', mime: 'application/zip', has_secret: false }]);
    expect(logged).toEqual([]);
  });

  // Would catch: scripts and pages of an archive that the panel's own page would be served with.
  test('has no files but those of data', async () => {
    write(zipSync({ 'report.json': strToU8('{}'), 'x.js': strToU8('alert(1)'), 'index.html': strToU8('<script>') }));
    expect((await stored()).texts).toEqual({ 'report.json': '{}' });
  });

  // Would catch: an earlier archive in the page, as a title can hold one, that is taken for Playwright’s own.
  test('is the last archive of its page', async () => {
    writeFileSync(join(folder, 'index.html'), page(zipOf({ 'a.json': 'forged' })) + page(zipOf({ 'a.json': 'real' })));
    expect((await stored()).texts).toEqual({ 'a.json': '"real"' });
  });
});

describe('pictures', () => {
  // Would catch: a report without its screenshots, or one that still names files that are not there.
  test('that are small are in the data; other attachments are left out', async () => {
    writeFileSync(join(folder, 'data/a.png'), PICTURE);
    writeFileSync(join(folder, 'data/t.zip'), 'zip');
    const body = { name: 'note', contentType: 'text/plain', body: 'said' };
    withFiles(attached('data/a.png'), attached('data/t.zip', 'application/zip'), attached('data/none.png'), body);
    expect(await kept()).toEqual([{ ...attached(INLINED) }, body]);
  });

  // Would catch: a drawing with a script, or a type that ends the address and begins another one.
  test.each([
    'image/svg+xml',
    'text/html',
    'image/png;x',
    'image/png,<script>',
    '',
  ])('are not of type %j', async (type) => {
    writeFileSync(join(folder, 'data/a.png'), PICTURE);
    withFiles(attached('data/a.png', type));
    expect(await kept()).toEqual([]);
  });

  // Would catch: a file of the machine in a report because its data name it.
  test('from outside of the folder are not taken', async () => {
    writeFileSync(join(dir, 'private.png'), PICTURE);
    const paths = ['../private.png', '../../private.png', 'data/../../private.png', join(dir, 'private.png'), '..', ''];
    withFiles(...paths.map((path) => attached(path)));
    expect(await kept()).toEqual([]);
  });

  // Would catch: a link that is followed, be it the file itself, its folder, or a folder that calls itself a picture.
  test('behind a link are not taken', async () => {
    const elsewhere = join(dir, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'private.png'), PICTURE);
    symlinkSync(join(elsewhere, 'private.png'), join(folder, 'data/link.png'));
    mkdirSync(join(folder, 'data/folder.png'));
    withFiles(attached('data/link.png'), attached('data/folder.png'));
    expect(await kept()).toEqual([]);
    rmSync(join(folder, 'data'), { recursive: true });
    symlinkSync(elsewhere, join(folder, 'data'));
    withFiles(attached('data/private.png'));
    expect(await kept()).toEqual([]);
  });

  // Would catch: a text that calls itself a picture, whose secret nobody finds in base64.
  test('with a secret in them are not taken', async () => {
    writeFileSync(join(folder, 'data/text.png'), `password: ${SECRET}`);
    writeFileSync(join(folder, 'data/bytes.png'), Buffer.concat([PICTURE, Buffer.from(SECRET)]));
    writeFileSync(join(folder, 'data/clean.png'), PICTURE);
    withFiles(...['text', 'bytes', 'clean'].map((name) => attached(`data/${name}.png`)));
    expect(await kept([SECRET])).toEqual([attached(INLINED)]);
  });

  // Would catch: one picture, or all of them together, that make a report which no page can open.
  test('are taken up to 400 kB each and 10 MB together', async () => {
    const sizes = { large: 400_001, ...Object.fromEntries(Array.from({ length: 26 }, (_, n) => [`p${n}`, 400_000])) };
    for (const [name, size] of Object.entries(sizes)) {
      writeFileSync(join(folder, `data/${name}.png`), '');
      truncateSync(join(folder, `data/${name}.png`), size);
    }
    withFiles(...Object.keys(sizes).map((name) => ({ ...attached(`data/${name}.png`), name })));
    const names = ((await kept()) as { name: string }[]).map(({ name }) => name);
    expect(names).toHaveLength(25);
    expect(names).not.toContain('large');
  });
});

describe('no report is kept', () => {
  // Would catch: a task that fails, or a warning in each one, because a configuration has left the report out.
  test('where there is none, and nothing is said', async () => {
    for (const text of [
      null,
      '<!doctype html>',
      '<template id="playwrightReportBase64">data:application/zip;base64,AAAA',
    ]) {
      if (text !== null) writeFileSync(join(folder, 'index.html'), text);
      expect(await stored()).toMatchObject({ texts: null, logged: [] });
    }
  });

  // Would catch: damaged data that end the task, or that become a report which does not open.
  test.each([
    ['is no archive', Buffer.from('nothing')],
    ['has no JSON', zipSync({ 'a.json': strToU8('{') })],
    ['is nested too deeply', zipSync({ 'a.json': strToU8('['.repeat(200) + ']'.repeat(200)) })],
  ])('of what %s, and the log says so', async (_what, archive) => {
    write(archive);
    expect(await stored()).toMatchObject({
      texts: null,
      logged: [expect.stringMatching(/^The report of the tests cannot be kept: \S/)],
    });
  });

  /** Writes a size into the directory of an archive with one file, where readers look for it. */
  function claim(archive: Uint8Array, size: number): Uint8Array {
    const bytes = Buffer.from(archive);
    bytes.writeUInt32LE(size, bytes.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1')) + 24);
    return bytes;
  }
  // Would catch: memory of any size because an archive says so, and a report that is cut or empty and does not say so.
  test.each([
    ['too large', 300_000_001, 'its data have more than 300 MB'],
    ['too small', 10, 'JSON'],
  ])('of an archive whose sizes are %s', async (_what, size, why) => {
    write(claim(zipOf({ 'report.json': { title: 'x'.repeat(1000) } }), size));
    expect(await stored()).toMatchObject({ texts: null, logged: [expect.stringContaining(why)] });
  });

  // Would catch: a page of any size in memory.
  test('of a page of more than 100 MB', async () => {
    write(zipOf({ 'a.json': 1 }));
    truncateSync(join(folder, 'index.html'), 100_000_001);
    expect(await stored()).toMatchObject({ texts: null, logged: [expect.stringContaining('more than 100 MB')] });
  });

  // Would catch: a report of somewhere else that a link has put in the place of this one.
  test('of a page or a folder that is a link', async () => {
    const elsewhere = join(dir, 'elsewhere');
    write(zipOf({ 'a.json': 1 }));
    renameSync(folder, elsewhere);
    symlinkSync(elsewhere, folder);
    expect((await stored()).texts).toBeNull();
    rmSync(folder);
    mkdirSync(folder);
    symlinkSync(join(elsewhere, 'index.html'), join(folder, 'index.html'));
    expect((await stored()).texts).toBeNull();
  });
});
