/** How much of a file is read and shown. */

/** What is read of a text at once, bytes. */
export const TEXT_CHUNK = 256 * 1024;
/** Text that is shown at most, bytes; more of it has to be saved. */
export const MAX_TEXT = 16 * TEXT_CHUNK;
/** Largest JSON document that is shown as a tree, bytes. */
export const MAX_JSON = 4 * 1024 * 1024;
/** What is read of a table, bytes. */
export const MAX_TABLE = 8 * 1024 * 1024;
/** What is read of an archive: the list of its files, bytes. */
export const MAX_DIRECTORY = 8 * 1024 * 1024;
/** Largest drawing that is shown as one, bytes. */
export const MAX_DRAWING = 1024 * 1024;
