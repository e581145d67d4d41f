/** Folders that only the user of this host can read and write, whoever made them before. */
import fs from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../contract/kernel/errors.ts';
import { writeNewOwned } from './owned-files.ts';
import { readOwnedNote } from './owned-reads.ts';
import { removeOwnedFile } from './owned-trees.ts';

/** Rights of the group and of others. */
const OTHERS = 0o077;
/** The user of this process; undefined on Windows, where a user's folders are private by their place. */
const ourUid = () => process.getuid?.();

/** From now on, what this process and its children make is for its user alone. */
export function createPrivately(): void {
  if (ourUid() !== undefined) process.umask(OTHERS);
}

/** True for a file or folder, not a link, that belongs to this user and is open to no other. */
function isPrivate(target: string): boolean {
  const found = fs.lstatSync(target, { throwIfNoEntry: false });
  if (!found) return false;
  const uid = ourUid();
  return !found.isSymbolicLink() && (uid === undefined || (found.uid === uid && (found.mode & OTHERS) === 0));
}

/** Whether others may open a file. False for one that is not there. */
export function isOpenToOthers(file: string): boolean {
  const found = fs.statSync(file, { throwIfNoEntry: false });
  return found !== undefined && ourUid() !== undefined && (found.mode & OTHERS) !== 0;
}

/**
 * Makes a folder, or takes the rights of others from one that is there.
 * @throws AppError `configuration-error` for one that belongs to another user or whose rights cannot be changed
 */
export function ensurePrivateFolder(dir: string): void {
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  const uid = ourUid();
  if (uid === undefined) return;
  // A link that the operator has made to another disk is followed: what counts is where it leads.
  const { uid: owner, mode } = fs.statSync(dir);
  if (owner !== uid) throw unusable(dir, `belongs to user ${owner}`);
  if ((mode & OTHERS) === 0) return;
  try {
    fs.chmodSync(dir, 0o700);
  } catch (cause) {
    throw unusable(dir, 'is open to other users and its rights cannot be changed', cause);
  }
  // Some file systems take the change and do nothing.
  if ((fs.statSync(dir).mode & OTHERS) !== 0) throw unusable(dir, 'is open to other users whatever its rights say');
}

function unusable(dir: string, why: string, cause?: unknown): AppError {
  return new AppError('configuration-error', `The folder ${dir} ${why}. Choose another one with --data-dir.`, {
    cause,
    extra: { setting: 'data_dir', reason: 'not_private' },
  });
}

/** The folder `base`, or when somebody else has made that one, another beside it whose name nobody could know. */
function privateParent(base: string): string {
  fs.mkdirSync(path.dirname(base), { recursive: true });
  try {
    fs.mkdirSync(base, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const found = fs.lstatSync(base);
  if (found.isDirectory() && (ourUid() === undefined || found.uid === ourUid())) {
    if (!isPrivate(base)) fs.chmodSync(base, 0o700);
    return base;
  }
  return fs.mkdtempSync(`${base}-`);
}

/** Whether a path is that of a folder in what {@link privateParent} gives: a task can note any other one. */
function isBelow(folder: string, base: string): boolean {
  const parent = path.dirname(folder);
  return path.resolve(folder) === folder && (parent === base || parent.replace(/-\w{6}$/, '') === base);
}

/**
 * The temporary folder of a data directory, the same one at each start as long as it is there and private: what a killed host has
 * left in it can be found again.
 * @param base where temporary folders of this user go
 */
export function openTempFolder(dataDir: string, base: string): string {
  const note = path.join(dataDir, 'temp-folder');
  const known = readNote(dataDir, note);
  if (isBelow(known, base) && isPrivate(known) && isPrivate(path.dirname(known))) return known;
  const made = fs.mkdtempSync(path.join(privateParent(base), path.sep));
  removeOwnedFile(dataDir, note);
  writeNewOwned(dataDir, note, made);
  return made;
}

/** What is noted; nothing when a link or a pipe is in its place, which gives way to a new note. */
function readNote(dataDir: string, note: string): string {
  try {
    return readOwnedNote(dataDir, note)?.toString() ?? '';
  } catch {
    return '';
  }
}
