/** Errors of a disk that takes nothing more, known by the codes of Node and of SQLite. */

/** No space, no quota, a file size limit, a read-only file system, and what SQLite makes of them. */
const CODE = /^(ENOSPC|EDQUOT|EFBIG|EROFS|SQLITE_(FULL|IOERR|READONLY)(_[A-Z_]+)?)$/;
/** Causes that are looked at. */
const MAX_CAUSES = 8;

/** The code of an error by which a disk refused a write, or of one of its causes; null for every other error. */
export function storageFaultCode(thrown: unknown): string | null {
  try {
    return codeOf(thrown);
  } catch {
    // Anything can be thrown, also what throws when it is looked at.
    return null;
  }
}

function codeOf(thrown: unknown): string | null {
  let error = thrown;
  for (let n = 0; n < MAX_CAUSES && typeof error === 'object' && error !== null; n++) {
    const { code, syscall, cause } = error as { code?: unknown; syscall?: unknown; cause?: unknown };
    // ENOSPC of inotify: there are too many watched files, the disk is not full.
    if (typeof code === 'string' && CODE.test(code) && syscall !== 'watch') return code;
    error = cause;
  }
  return null;
}
