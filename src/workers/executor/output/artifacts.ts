/** Files that an attempt leaves, below `artifacts/` of its folder. */
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FromExecutor } from '../../../contract/automation/executor.ts';
import { artifactName, splitExtension } from '../../../contract/automation/report/artifact-name.ts';
import { ANY_TYPE, parseMediaType } from '../../../contract/automation/report/media-type.ts';
import type { Redactor } from '../../../contract/kernel/redact/redact.ts';
import { copyNew, isTaken, makeFolder, writeNew } from './new-file.ts';
import { type CleanFile, redactBytes, redactCopy } from './redact-file.ts';
import type { Report } from './report.ts';

export type ArtifactKind = Extract<FromExecutor, { t: 'artifact' }>['kind'];

/** What is known about a file before it is stored. */
export interface ArtifactInfo {
  kind: ArtifactKind;
  name: string;
  /** As a script or a server said it; guessed from the name when left out. */
  mime?: string;
}

/** Longest name before it is made unique, characters. */
const MAX_NAME = 120;

/** Media type by the name's extension; HAR files are JSON and registered nowhere. The table is loaded with the first file, not with every task. */
async function mimeOf(name: string): Promise<string> {
  const extension = splitExtension(name)[1].toLowerCase();
  if (extension === '.har') return 'application/json';
  const { default: mime } = await import('mime');
  return mime.getType(extension) ?? ANY_TYPE;
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
    let name = artifactName(redactor.text(wanted), MAX_NAME);
    const [stem, extension] = splitExtension(name);
    // A name that a script has taken by itself, with a link or a file, is passed over.
    for (let n = 2; taken.has(name.toLowerCase()) || isTaken(join(folder, name)); n++)
      name = `${stem}-${n}${extension}`;
    taken.add(name.toLowerCase());
    return name;
  }

  async function declare(info: ArtifactInfo, name: string, has_secret: boolean): Promise<string> {
    const mime = info.mime === undefined ? await mimeOf(name) : parseMediaType(redactor.text(info.mime));
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
