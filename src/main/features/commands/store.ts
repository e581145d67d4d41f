/** The only SQL of commands. */
import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { commandRecord } from '../../../contract/automation/commands.ts';
import type { FilterValues } from '../../../contract/kernel/filters.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import type { CommandId } from '../../../contract/kernel/scalars.ts';
import { naturalKey } from '../../../contract/kernel/text/natural-key.ts';
import {
  type Db,
  type ListInput,
  type ListSpec,
  listPage,
  matchingIds,
  readableRows,
  rowById,
} from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import { type CommandRow, command, commandVersion } from './schema.ts';

/** The filters of a list of commands. */
export type CommandFilter = FilterValues<typeof commandRecord.filters>;
/** What a list of commands is asked for. */
export type CommandListInput = ListInput<typeof commandRecord.filters>;

/** The last task of a command, for the library. */
export interface LastTask {
  id: string;
  status: string;
  at: number;
}

const spec = (deleted: boolean): ListSpec<typeof command, typeof commandRecord> => ({
  table: command,
  sortable: {
    created_at: command.created_at,
    updated_at: command.updated_at,
    name: command.name_key,
    kind: command.kind,
  },
  id: command.id,
  where: deleted ? isNotNull(command.deleted_at) : isNull(command.deleted_at),
  record: commandRecord,
  sources: {
    name: command.name,
    description: command.description,
    kind: command.kind,
    folder: command.folder,
    tags: { column: command.tags, elements: true },
    enabled: command.enabled,
  },
});

/** Creates the store. */
export function createCommandStore(db: Db, events: Events) {
  const { orm } = db;
  // Reads the tasks table by its index (command_id, created_at): one row per command.
  const lastTask = db.raw.prepare<[string], LastTask>(
    'SELECT id, status, coalesce(finished_at, started_at, created_at) AS at FROM task WHERE command_id = ? ORDER BY created_at DESC LIMIT 1',
  );

  const newestFirst = sql`version DESC`;
  function save(
    row: CommandRow,
    by: string,
    type: 'command.created' | 'command.updated' | 'command.deleted',
    restoredFrom: number | null = null,
  ): void {
    db.transaction(() => {
      const keyed = { ...row, name_key: naturalKey(row.name) };
      orm.insert(command).values(keyed).onConflictDoUpdate({ target: command.id, set: keyed }).run();
      orm
        .insert(commandVersion)
        .values({
          command_id: row.id,
          version: row.version,
          at: row.updated_at,
          by_name: by,
          restored_from: restoredFrom,
          body: row,
        })
        .run();
      events.append({ type, entity: 'command', id: row.id, version: row.version });
    });
  }

  return {
    save,
    /** A command that is not deleted. */
    get: rowById(db, command, isNull(command.deleted_at)),
    getDeleted: rowById(db, command, isNotNull(command.deleted_at)),
    byExample: (example: string): CommandRow | undefined =>
      orm.select().from(command).where(eq(command.example, example)).get(),
    list: (query: CommandListInput): Page<CommandRow> => listPage(db, query, spec(false)),
    /** Ids of all commands that match, oldest first; of the deleted ones or of the others. */
    matching: (filter: CommandFilter, deleted: boolean): string[] => matchingIds(db, filter, spec(deleted)),
    versions: (id: CommandId) =>
      readableRows(db, `version of ${id}`, {
        table: commandVersion,
        id: commandVersion.version,
        where: eq(commandVersion.command_id, id),
        order: [newestFirst],
      }),
    version: (id: CommandId, version: number): CommandRow | undefined =>
      orm
        .select({ body: commandVersion.body })
        .from(commandVersion)
        .where(and(eq(commandVersion.command_id, id), eq(commandVersion.version, version)))
        .get()?.body,
    lastTask: (id: CommandId): LastTask | undefined => lastTask.get(id),
    /** Deletes for good what was deleted before `before` (unix ms); answers the ids. */
    purge(before: number): CommandId[] {
      return orm
        .delete(command)
        .where(and(isNotNull(command.deleted_at), sql`${command.deleted_at} < ${before}`))
        .returning({ id: command.id })
        .all()
        .map((row) => row.id);
    },
  };
}
export type CommandStore = ReturnType<typeof createCommandStore>;
