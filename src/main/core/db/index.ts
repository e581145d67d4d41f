/** Public door of the database. */
export { databaseChore, databaseProbe } from './care.ts';
export { above, filterValues, textContains } from './conditions.ts';
export { damagedError, damageOf, isDamage, isDamagedError } from './damage.ts';
export { createDb, type Db, openConnection } from './database.ts';
export { tryLockFile } from './file/file-lock.ts';
export { foreignSchema } from './file/foreign-schema.ts';
export { openDatabase } from './file/migrate.ts';
export { requireOwnedDatabase } from './file/open-file.ts';
export { type Restored, restoreDatabase } from './file/restore.ts';
export { type ListInput, type ListSpec, listPage, matchingIds } from './list.ts';
export { readableRows, recordOf, recordOrNull, recordsOf, tryRead } from './records.ts';
export { rowById } from './row-by-id.ts';
export { audit } from './schema.ts';
export { json, parseStored } from './stored-json.ts';
