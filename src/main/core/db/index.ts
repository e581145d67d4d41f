/** Public door of the database. */
export { createDb, type Db, openConnection } from './database.ts';
export { type ListQuery, listPage } from './list.ts';
export { openDatabase, type OpenReport } from './migrate.ts';
