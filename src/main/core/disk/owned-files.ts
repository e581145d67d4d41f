/**
 * Writing below the data directory. Tasks run as the same user and can plant links there: no link is followed, neither in the name of the
 * file nor in a folder on the way to it. (Node has no `openat`: a folder that is exchanged within the microseconds between the look and
 * the opening is not noticed.)
 *
 * `root` is the folder from which on everything is ours; a link that leads to it is the operator's and is followed.
 */
import fs from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../contract/kernel/errors.ts';

/** `new`: there must be nothing of that name. `append`: made when missing, else a file of one name only. */
type Mode = 'new' | 'append';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDWR, O_WRONLY } = fs.constants;
const FLAGS: Record<Mode, number> = {
  new: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
  // Not blocking, because a pipe of that name would wait for a reader.
  append: O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK,
};

/** Reason of {@link inTheWay}, for programs. */
const IN_THE_WAY = 'link_in_the_way';

export function inTheWay(file: string, what: string, cause?: unknown): AppError {
  return new AppError(
    'configuration-error',
    `${file} ${what}, and TabAgent neither reads nor writes through what others may have put there. Remove it.`,
    { cause, extra: { setting: 'data_dir', reason: IN_THE_WAY, path: file } },
  );
}

/** Whether an error says that a link, or what is no regular file, is in the place of a file. */
export function isInTheWay(error: unknown): boolean {
  return error instanceof AppError && error.extra.reason === IN_THE_WAY;
}

/** Names of the folders from `root` to `dir`. @throws AppError `configuration-error` when `dir` is not below it */
function namesBetween(root: string, dir: string): string[] {
  const names = path.relative(root, dir).split(path.sep);
  if (names[0] === '..' || path.isAbsolute(names[0] ?? '')) throw inTheWay(dir, `is not below ${root}`);
  return names;
}

/** @throws AppError `configuration-error` when `target` is `root` or not below it */
export function requireBelow(root: string, target: string): void {
  if (namesBetween(root, target)[0] === '') throw inTheWay(target, `is no entry of ${root}`);
}

/** @throws AppError `configuration-error` when `dir` is not below `root`, or a folder between them is a link */
export function checkFolders(root: string, dir: string): void {
  let at = root;
  for (const name of namesBetween(root, dir)) {
    if (name === '') continue;
    at = path.join(at, name);
    if (fs.lstatSync(at).isSymbolicLink()) throw inTheWay(at, 'is a link');
  }
}

/** Makes `dir` and the folders between it and `root`. @throws AppError `configuration-error` when one of them is a link or a file */
export function makeOwnedFolder(root: string, dir: string): void {
  const names = namesBetween(root, dir);
  fs.mkdirSync(root, { recursive: true, mode: 0o700 });
  let at = root;
  for (const name of names) {
    if (name === '') continue;
    at = path.join(at, name);
    try {
      fs.mkdirSync(at, { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (!fs.lstatSync(at).isDirectory()) throw inTheWay(at, 'is no folder', error);
    }
  }
}

/**
 * Opens a file to write.
 * @throws AppError `configuration-error` for a link, a file with several names, or what is no file; Error of the file system
 */
export function openOwned(root: string, file: string, mode: Mode): number {
  checkPath(root, file);
  let fd: number;
  try {
    fd = fs.openSync(file, FLAGS[mode], 0o600);
  } catch (error) {
    throw explained(file, error);
  }
  const wrong = whatIsWrong(fs.fstatSync(fd));
  if (wrong === null) return fd;
  fs.closeSync(fd);
  throw inTheWay(file, wrong);
}

/** @throws AppError `configuration-error` when a folder from `root` to `file` is a link */
export function checkPath(root: string, file: string): void {
  checkFolders(root, path.dirname(file));
  // Windows cannot be asked to stop at a link.
  if (O_NOFOLLOW !== 0) return;
  if (fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) throw inTheWay(file, 'is a link');
}

export function explained(file: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ELOOP' || code === 'EMLINK') return inTheWay(file, 'is a link', error);
  if (code === 'EEXIST' || code === 'EISDIR') return inTheWay(file, 'is there already', error);
  return error;
}

function whatIsWrong(found: fs.Stats): string | null {
  if (!found.isFile()) return 'is no file';
  return found.nlink > 1 ? 'has a second name elsewhere' : null;
}

/** {@link openOwned} to append, as a handle that can also read. */
export async function openOwnedLog(root: string, file: string): Promise<fs.promises.FileHandle> {
  checkPath(root, file);
  const handle = await fs.promises.open(file, FLAGS.append, 0o600).catch((error: unknown) => {
    throw explained(file, error);
  });
  const wrong = whatIsWrong(await handle.stat());
  if (wrong === null) return handle;
  await handle.close();
  throw inTheWay(file, wrong);
}

/** A stream into a file; what is wrong with it comes as its `error`. */
export function createOwnedStream(root: string, file: string, mode: Mode): fs.WriteStream {
  const open = (_file: string, _flags: string, _mode: number, done: (error: unknown, fd?: number) => void) =>
    process.nextTick(() => {
      let fd: number;
      try {
        fd = openOwned(root, file, mode);
      } catch (error) {
        return done(error);
      }
      done(null, fd);
    });
  return fs.createWriteStream(file, { fs: { open, write: fs.write, writev: fs.writev, close: fs.close } });
}

/** Writes a file that is not there yet. @throws like {@link createOwnedStream} */
export function writeNewOwned(root: string, file: string, content: string | Uint8Array): void {
  const fd = openOwned(root, file, 'new');
  try {
    fs.writeFileSync(fd, content);
  } finally {
    fs.closeSync(fd);
  }
}

/** Puts a file in the place of what has its name, so that a crash leaves the old content or the new. A link is replaced, not followed. */
export function replaceOwned(root: string, file: string, content: string | Uint8Array): void {
  const fresh = `${file}.new`;
  checkFolders(root, path.dirname(file));
  fs.rmSync(fresh, { force: true });
  writeNewOwned(root, fresh, content);
  fs.renameSync(fresh, file);
}
