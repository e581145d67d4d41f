/** Files that an attempt leaves, below `artifacts/` of its folder. */
import { rename, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FromExecutor } from '../../../contract/automation/executor.ts';
import type { Redactor } from '../../../contract/kernel/redact/redact.ts';
import { copyNew, isTaken, makeFolder, writeNew } from './new-file.ts';
import { type CleanFile, redactBytes, redactCopy } from './redact-file.ts';
import type { Report } from './report.ts';

export type ArtifactKind = Extract<FromExecutor, { t: 'artifact' }>['kind'];

/** What is known about a file before it is stored. */
export interface ArtifactInfo {
  kind: ArtifactKind;
  name: string;
  /** Guessed from the name when left out. */
  mime?: string;
}

/** Media type by the name's extension; HAR files are JSON and registered nowhere. The table is loaded with the first file, not with every task. */
async function mimeOf(name: string): Promise<string> {
  const extension = extname(name).toLowerCase();
  if (extension === '.har') return 'application/json';
  const { default: mime } = await import('mime');
  return mime.getType(extension) ?? 'application/octet-stream';
}

/** Without blanks and dots at both ends; one pattern for both would look at each run of them as often as it is long. */
function withoutEdges(text: string): string {
  const isEdge = (at: number) => /[\s.]/.test(text.charAt(at));
  let start = 0;
  let end = text.length;
  while (start < end && isEdge(start)) start += 1;
  while (end > start && isEdge(end - 1)) end -= 1;
  return text.slice(start, end);
}

/** A name that every file system takes: no separators, no reserved names, 120 characters at most. */
export function safeName(name: string): string {
  // biome-ignore format: the control characters belong together
  const clean = withoutEdges(name.replace(/[\\/:*?"<>|\p{Cc}]+/gu, '_'));
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
  /** Stores a text or bytes; text in any encoding is redacted, other bytes that hold a secret are marked. Answers the name, made safe and unique. */
  add(info: ArtifactInfo, content: string | Uint8Array): Promise<string>;
  /** Stores a copy of a file, likewise. */
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
    makeFolder(folder);
    const safe = safeName(redactor.text(wanted));
    const extension = extname(safe);
    const stem = safe.slice(0, safe.length - extension.length);
    let name = safe;
    // A name that a script has taken by itself, with a link or a file, is passed over.
    for (let n = 2; taken.has(name.toLowerCase()) || isTaken(join(folder, name)); n++)
      name = `${stem}-${n}${extension}`;
    taken.add(name.toLowerCase());
    return name;
  }

  async function declare(info: ArtifactInfo, name: string, has_secret: boolean): Promise<string> {
    const mime = info.mime ?? (await mimeOf(name));
    report.send({ t: 'artifact', kind: info.kind, name, mime, file: name, has_secret });
    return name;
  }

  function clean(content: string | Uint8Array): CleanFile {
    if (typeof content === 'string') return { bytes: Buffer.from(redactor.text(content)), has_secret: false };
    return redactBytes(content, redactor);
  }

  return {
    async add(info, content) {
      const name = reserve(info.name);
      const { bytes, has_secret } = clean(content);
      await writeNew(join(folder, name), bytes);
      return declare(info, name, has_secret);
    },
    async addFile(info, path) {
      const name = reserve(info.name);
      const target = join(folder, name);
      if (!redactor.empty) return declare(info, name, await redactCopy(path, target, redactor));
      await copyNew(path, target);
      return declare(info, name, false);
    },
    async move(info, path) {
      const name = reserve(info.name);
      await rename(path, join(folder, name)).catch(async () => {
        // Another file system.
        await copyNew(path, join(folder, name));
        await rm(path);
      });
      return declare(info, name, false);
    },
  };
}
