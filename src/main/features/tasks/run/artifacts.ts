/** Files that an attempt leaves: checked, measured and hashed before the database knows them. */
import { createHash } from 'node:crypto';
import fsp from 'node:fs/promises';
import path from 'node:path';
import type { Artifact } from '../../../../contract/automation/artifacts.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { Clock } from '../../../core/clock.ts';
import { checkFolders } from '../../../core/disk/owned-files.ts';
import { openOwnedRead } from '../../../core/disk/owned-reads.ts';
import { newId } from '../../../core/ids.ts';
import type { ArtifactRow } from '../schema.ts';

/** What an executor says about a file: name and media type are safe. */
export interface ArtifactNote {
  kind: Artifact['kind'];
  name: string;
  mime: string;
  /** Path below `<attempt folder>/artifacts`. */
  file: string;
  /** A secret is in it that could not be redacted. */
  has_secret: boolean;
}

/** Folder of an attempt's artifacts. */
export function artifactsDir(taskDir: string, attempt: number): string {
  return path.join(taskDir, String(attempt), 'artifacts');
}

/** SHA-256 of a file in hex, and how many bytes were read. */
async function digest(root: string, file: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const handle = await openOwnedRead(root, file);
  // Closes the handle.
  for await (const chunk of handle.createReadStream({ highWaterMark: 256 * 1024 })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** True when `file` lies below `dir`; both real paths. */
function isBelow(dir: string, file: string): boolean {
  const relative = path.relative(dir, file);
  return relative !== '' && !relative.startsWith(`..${path.sep}`) && relative !== '..' && !path.isAbsolute(relative);
}

/**
 * Takes a file that an executor announced.
 * @throws AppError `validation-error` when it is not a regular file inside the attempt's folder (symbolic links are followed first)
 */
export async function takeArtifact(
  at: { taskId: string; taskDir: string; attempt: number; clock: Clock },
  note: ArtifactNote,
): Promise<ArtifactRow> {
  const dir = artifactsDir(at.taskDir, at.attempt);
  // Of the moment in which it came: files are listed in that order, however long each takes to be read.
  const [id, created_at] = [newId('artifact'), at.clock.now()];
  const refuse = (reason: string) =>
    new AppError('validation-error', `The artifact ${note.name} was not kept: ${reason}.`, {
      errors: { file: reason },
    });
  let real: string;
  let root: string;
  try {
    checkFolders(path.dirname(path.dirname(at.taskDir)), dir);
    root = await fsp.realpath(dir);
    real = await fsp.realpath(path.resolve(dir, note.file));
  } catch {
    throw refuse('there is no such file');
  }
  if (!isBelow(root, real)) throw refuse('it lies outside the folder of the attempt');
  if (!(await fsp.stat(real)).isFile()) throw refuse('it is not a file');
  const { sha256, bytes } = await digest(root, real);
  return {
    id,
    task_id: at.taskId,
    attempt: at.attempt,
    kind: note.kind,
    name: note.name,
    mime: note.mime,
    bytes,
    sha256,
    has_secret: note.has_secret ? 1 : 0,
    file: path.join(String(at.attempt), 'artifacts', path.relative(root, real)),
    created_at,
  };
}

/** Address of the bytes of an artifact, with a one-time ticket. */
export function contentUrl(baseUrl: string, id: string, ticket: string): string {
  return `${baseUrl}/v1/artifacts/${id}/content?ticket=${ticket}`;
}
