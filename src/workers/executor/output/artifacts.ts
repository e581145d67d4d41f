/** Files that an attempt leaves, below `artifacts/` of its folder. */
import { createReadStream, mkdirSync } from 'node:fs';
import { copyFile, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FromExecutor } from '../../../contract/automation/executor.ts';
import type { Redactor } from '../../../contract/kernel/redact.ts';
import type { Report } from './report.ts';

export type ArtifactKind = Extract<FromExecutor, { t: 'artifact' }>['kind'];

/** What is known about a file before it is stored. */
export interface ArtifactInfo {
  kind: ArtifactKind;
  name: string;
  /** Guessed from the name when left out. */
  mime?: string;
}

/** Files up to this size are redacted in memory, larger ones piece by piece; bytes. */
const IN_MEMORY = 64 * 1024 * 1024;

/** Media type by the name's extension; HAR files are JSON and registered nowhere. The table is loaded with the first file, not with every task. */
async function mimeOf(name: string): Promise<string> {
  const extension = extname(name).toLowerCase();
  if (extension === '.har') return 'application/json';
  const { default: mime } = await import('mime');
  return mime.getType(extension) ?? 'application/octet-stream';
}

/** A name that every file system takes: no separators, no reserved names, 120 characters at most. */
export function safeName(name: string): string {
  // biome-ignore format: the control characters belong together
  const clean = name.replace(/[\\/:*?"<>|\p{Cc}]+/gu, '_').replace(/^[\s.]+|[\s.]+$/g, '');
  const extension = extname(clean).slice(0, 20);
  const stem = clean.slice(0, clean.length - extname(clean).length).slice(0, 100);
  const short = `${stem}${extension}` || 'file';
  return /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(short) ? `_${short}` : short;
}

/** The text of bytes that are text, null for anything else. */
export function textOf(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Stores files and reports them to the host. */
export interface Artifacts {
  /** Stores a text or bytes; text is redacted. Answers the name, made safe and unique. */
  add(info: ArtifactInfo, content: string | Uint8Array): Promise<string>;
  /** Stores a copy of a file; text is redacted. */
  addFile(info: ArtifactInfo, path: string): Promise<string>;
  /** Moves a file that has been redacted already. */
  move(info: ArtifactInfo, path: string): Promise<string>;
}

/** @param runDir folder of the attempt */
export function createArtifacts(runDir: string, redactor: Redactor, report: Report): Artifacts {
  const folder = join(runDir, 'artifacts');
  const taken = new Set<string>();

  /** Finds a name that is free, also where the file system ignores case. */
  function reserve(wanted: string): string {
    mkdirSync(folder, { recursive: true });
    const safe = safeName(redactor.text(wanted));
    const extension = extname(safe);
    const stem = safe.slice(0, safe.length - extension.length);
    let name = safe;
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${stem}-${n}${extension}`;
    taken.add(name.toLowerCase());
    return name;
  }

  async function declare(info: ArtifactInfo, name: string): Promise<string> {
    report.send({ t: 'artifact', kind: info.kind, name, mime: info.mime ?? (await mimeOf(name)), file: name });
    return name;
  }

  function clean(bytes: Uint8Array): Uint8Array | string {
    if (redactor.empty) return bytes;
    const text = textOf(bytes);
    return text === null ? bytes : redactor.text(text);
  }

  async function redactLarge(from: string, to: string): Promise<void> {
    const target = await open(to, 'w');
    try {
      // latin1 keeps every byte as it is, so that a file of any kind goes through unharmed.
      const stream = redactor.stream();
      for await (const chunk of createReadStream(from, { encoding: 'latin1', highWaterMark: 1024 * 1024 })) {
        await target.write(stream.push(String(chunk)), null, 'latin1');
      }
      await target.write(stream.flush(), null, 'latin1');
    } finally {
      await target.close();
    }
  }

  return {
    async add(info, content) {
      const name = reserve(info.name);
      await writeFile(join(folder, name), typeof content === 'string' ? redactor.text(content) : clean(content));
      return declare(info, name);
    },
    async addFile(info, path) {
      const { size } = await stat(path);
      const name = reserve(info.name);
      const target = join(folder, name);
      if (redactor.empty) await copyFile(path, target);
      else if (size > IN_MEMORY) await redactLarge(path, target);
      else await writeFile(target, clean(await readFile(path)));
      return declare(info, name);
    },
    async move(info, path) {
      const name = reserve(info.name);
      await rename(path, join(folder, name)).catch(async () => {
        // Another file system.
        await copyFile(path, join(folder, name));
        await rm(path);
      });
      return declare(info, name);
    },
  };
}
