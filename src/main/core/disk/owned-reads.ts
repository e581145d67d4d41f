/**
 * Reading below the data directory. Tasks run as the same user and can put a link or a named pipe in the place of a file: a pipe without a
 * writer holds up whoever opens it, and four of them all file threads of the process. Nothing here follows a link or waits for a writer.
 */
import fs from 'node:fs';
import { checkPath, explained, inTheWay } from './owned-files.ts';

// Without effect on regular files, and nothing else is read.
const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY, O_RDWR } = fs.constants;
const READ = O_RDONLY | O_NONBLOCK;

/** Notes of the host are a line or two. */
const NOTE_BYTES = 64 * 1024;

/**
 * Opens a regular file to read. Links are followed: for files that no task can replace, or whose folder has been looked at.
 * @throws AppError `configuration-error` for what is no regular file; Error of the file system
 */
export function openRegular(file: string): Promise<fs.promises.FileHandle> {
  return opened(file, READ);
}

/**
 * Opens a file below `root` to read, with `r+` also to flush it.
 * @throws AppError `configuration-error` for a link, also on the way from `root`, or what is no regular file; Error of the file system
 */
export async function openOwnedRead(
  root: string,
  file: string,
  access: 'r' | 'r+' = 'r',
): Promise<fs.promises.FileHandle> {
  checkPath(root, file);
  return opened(file, (access === 'r' ? O_RDONLY : O_RDWR) | O_NONBLOCK | O_NOFOLLOW);
}

async function opened(file: string, flags: number): Promise<fs.promises.FileHandle> {
  const handle = await fs.promises.open(file, flags).catch((error: unknown) => {
    throw explained(file, error);
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw inTheWay(file, 'is no file');
}

/**
 * The content of a file below `root`.
 * @param maxBytes a longer file is refused: a task can put a giant in the place of any file
 * @throws like {@link openOwnedRead}
 */
export async function readOwned(root: string, file: string, maxBytes: number): Promise<Buffer> {
  const handle = await openOwnedRead(root, file);
  try {
    const { size } = await handle.stat();
    if (size > maxBytes) throw inTheWay(file, `has more than ${maxBytes} bytes`);
    // No more than was there when it was measured: it may grow meanwhile. One read may give less than was asked for.
    const content = Buffer.alloc(size);
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await handle.read(content, filled, size - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return content.subarray(0, filled);
  } finally {
    await handle.close();
  }
}

/**
 * The content of a small file below `root`; null when there is none.
 * @param maxBytes a longer file is refused
 * @throws like {@link openOwnedRead}
 */
export function readOwnedNote(root: string, file: string, maxBytes = NOTE_BYTES): Buffer | null {
  let fd: number;
  try {
    checkPath(root, file);
    fd = fs.openSync(file, READ | O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw explained(file, error);
  }
  try {
    const found = fs.fstatSync(fd);
    if (!found.isFile()) throw inTheWay(file, 'is no file');
    if (found.size > maxBytes) throw inTheWay(file, `has more than ${maxBytes} bytes`);
    return fs.readFileSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * Looks at a file that a library opens by its name, and follows links: it has to be missing, or a regular file of one name.
 * @throws AppError `configuration-error` otherwise
 */
export function requireOwnedFile(root: string, file: string): void {
  checkPath(root, file);
  const found = fs.lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.isSymbolicLink()) throw inTheWay(file, 'is a link');
  if (!found.isFile()) throw inTheWay(file, 'is no file');
  if (found.nlink > 1) throw inTheWay(file, 'has a second name elsewhere');
}
