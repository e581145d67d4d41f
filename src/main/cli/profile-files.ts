/** Profiles as files on the command line: the host makes and reads them, and the bytes go over its HTTP door. */
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { type ArchivePart, ProfileArchive, ProfileImport } from '../../contract/automation/profile/archive.ts';
import { namedSo } from '../../contract/client/by-name.ts';
import { AppError } from '../../contract/kernel/errors.ts';
import type { JobId, ProfileId } from '../../contract/kernel/scalars.ts';
import type { HostClient } from './client.ts';

const unreadable = (file: string, cause: unknown) =>
  new AppError('bad-request', `${file} cannot be read; check the path.`, { cause });

/** The first line of a file, or of standard input for `-`: arguments and variables are seen by other programs. */
export async function readPassphrase(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    const whole = file === '-' ? await text(process.stdin) : fs.readFileSync(file, 'utf8');
    return whole.split(/\r?\n/)[0];
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/** @throws AppError `not-found` */
async function profileOf(client: HostClient, name: string): Promise<ProfileId> {
  const [found, another] = await namedSo(name, (query) => client.call('profiles_list', query));
  if (another) throw new AppError('conflict', `Several profiles are called ${name}; give the id of one.`);
  return found?.id ?? (name as ProfileId);
}

/** Exports a profile to a file that is not there yet. */
export async function exportProfile(
  client: HostClient,
  name: string,
  options: { output?: string | undefined; include: ArchivePart[]; passphrase: string | undefined },
): Promise<{ file: string; bytes: number; sha256: string }> {
  const id = await profileOf(client, name);
  const { include, passphrase } = options;
  const sealed = passphrase === undefined ? {} : { passphrase };
  const made = ProfileArchive.parse(await client.call('profiles_export', { id, include, ...sealed, wait: true }));
  const { url } = await client.call('profiles_export_content', { id: path.posix.basename(made.url) as JobId });
  const response = await fetch(url);
  if (!response.ok || response.body === null)
    throw new AppError('not-found', `The export could not be fetched (HTTP ${response.status}).`);
  const file = path.resolve(options.output ?? made.name);
  const target = fs.createWriteStream(file, { flags: 'wx', mode: 0o600 });
  await pipeline(Readable.fromWeb(response.body as WebStream), target).catch((cause: unknown) => {
    throw new AppError('bad-request', `${file} cannot be written, or is there already.`, { cause });
  });
  return { file, bytes: made.bytes, sha256: made.sha256 };
}

/** Imports a profile from a file. */
export async function importProfile(
  client: HostClient,
  file: string,
  options: { on_duplicate: 'skip' | 'rename' | 'replace'; dry_run: boolean; passphrase: string | undefined },
): Promise<ProfileImport> {
  const content = await fs.openAsBlob(file).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  const upload = await client.call('uploads_create', { name: path.basename(file), bytes: content.size });
  if (!('put_url' in upload)) throw new Error('the host named no place for the file');
  const sent = await fetch(upload.put_url, { method: 'PUT', body: content });
  if (!sent.ok) throw new AppError('bad-request', `The host did not take the file (HTTP ${sent.status}).`);
  const { passphrase, ...rest } = options;
  const sealed = passphrase === undefined ? {} : { passphrase };
  const { upload_id } = upload;
  return ProfileImport.parse(await client.call('profiles_import', { upload_id, ...sealed, ...rest, wait: true }));
}
