/**
 * Playwright's report as an artifact: its data without secrets, with small pictures in it. The panel shows them with the product's own copy of
 * the page, so that nothing of what was written while tests ran is run as a script.
 */
import { lstat, readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { AsyncZippable } from 'fflate';
import { parseBounded } from '../../../contract/kernel/bounds.ts';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { textOf } from '../output/artifacts.ts';
import { redactBytes } from '../output/redact-file.ts';
import type { Run } from '../run.ts';

/** Largest page of Playwright that is read, its data unpacked, one picture, and all pictures; bytes. */
const MAX_PAGE = 100_000_000;
const MAX_DATA = 300_000_000;
const MAX_PICTURE = 400_000;
const MAX_PICTURES = 10_000_000;
/** How nested and how long the data of one file of tests may be. */
const BOUNDS = { depth: 120, members: 3_000_000, containers: 1_000_000, string: 20_000_000, size: 100_000_000 };

const START = '<template id="playwrightReportBase64">data:application/zip;base64,';
const END = '</template>';
const PICTURE = /^image\/(?:png|jpeg|webp)$/;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Whether a link on the way, as tests can plant one, leads away from the folder that the path names. */
const isElsewhere = async (path: string) => (await realpath(path)) !== path;

/** Puts pictures into the data that name them; other files are artifacts of the task and not found from here. */
function createInliner({ redactor }: Pick<Run, 'redactor'>, folder: string) {
  let left = MAX_PICTURES;

  async function picture(path: string, type: string): Promise<string | null> {
    // The names are Playwright's, but whoever wrote the page could have written any.
    const file = join(folder, 'data', basename(path));
    const found = await lstat(file).catch(() => null);
    if (found === null || !found.isFile() || found.size > Math.min(MAX_PICTURE, left)) return null;
    left -= found.size;
    if (await isElsewhere(file)) return null;
    const bytes = await readFile(file);
    // As base64 nothing would find a secret any more.
    const clean = redactBytes(bytes, redactor);
    return clean.has_secret || !bytes.equals(clean.bytes) ? null : `data:${type};base64,${bytes.toString('base64')}`;
  }

  async function attachment(value: unknown): Promise<unknown> {
    if (!isObject(value) || typeof value.path !== 'string') return value;
    const { path, ...rest } = value;
    const type = typeof rest.contentType === 'string' ? rest.contentType : '';
    const inlined = PICTURE.test(type) ? await picture(path, type) : null;
    return inlined === null ? null : { ...rest, path: inlined };
  }

  /** Goes over a file of data and replaces the lists of attachments. */
  async function walk(value: unknown): Promise<void> {
    if (Array.isArray(value)) {
      for (const item of value) await walk(item);
    } else if (isObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        if (name !== 'attachments' || !Array.isArray(member)) await walk(member);
        else value[name] = (await Promise.all(member.map(attachment))).filter((item) => item !== null);
      }
    }
  }
  return walk;
}

/** The archive of data in Playwright's page; null when there is none. */
async function archiveOf(folder: string): Promise<Uint8Array | null> {
  const page = join(folder, 'index.html');
  const found = await lstat(page).catch(() => null);
  if (found === null || !found.isFile()) return null;
  if (await isElsewhere(page)) throw new Error('its folder is a link');
  if (found.size > MAX_PAGE) throw new Error(`its page has more than ${MAX_PAGE / 1_000_000} MB`);
  const html = await readFile(page, 'latin1');
  const at = html.lastIndexOf(START);
  const end = html.indexOf(END, at);
  return at < 0 || end < 0 ? null : Buffer.from(html.slice(at + START.length, end), 'base64');
}

/** The same archive as the panel shows it. */
async function cleanArchive(run: Run, archive: Uint8Array, folder: string): Promise<Uint8Array> {
  const { unzipSync, zip } = await import('fflate');
  let bytes = 0;
  const files = unzipSync(archive, {
    filter: ({ name, originalSize }) => {
      if (!name.endsWith('.json')) return false;
      bytes += originalSize;
      // Without some of its files the page would show a report of less than there was.
      if (bytes > MAX_DATA) throw new Error(`its data have more than ${MAX_DATA / 1_000_000} MB`);
      return true;
    },
  });
  const inline = createInliner(run, folder);
  const packed: AsyncZippable = {};
  for (const [name, content] of Object.entries(files)) {
    const data = run.redactor.json(parseBounded(textOf(content) ?? 'null', BOUNDS) as Json);
    await inline(data);
    packed[name] = Buffer.from(JSON.stringify(data));
  }
  return new Promise((resolve, reject) => {
    zip(packed, { level: 6 }, (error, result) => (error ? reject(error) : resolve(result)));
  });
}

/**
 * Stores the report of a run, if there is one.
 * @param folder its real path
 */
export async function storeReport(run: Run, folder: string): Promise<void> {
  try {
    const archive = await archiveOf(folder);
    if (archive === null) return;
    const bytes = await cleanArchive(run, archive, folder);
    await run.artifacts.add({ kind: 'report', name: 'report.zip', mime: 'application/zip' }, bytes);
  } catch (error) {
    run.log.write(
      'warn',
      'host',
      `The report of the tests cannot be kept: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
