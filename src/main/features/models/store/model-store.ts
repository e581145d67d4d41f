/** The only SQL of models. */
import { and, asc, eq, ne, sql } from 'drizzle-orm';
import type { Page } from '../../../../contract/kernel/paging.ts';
import type { ModelId } from '../../../../contract/kernel/scalars.ts';
import { naturalKey } from '../../../../contract/kernel/text/natural-key.ts';
import { modelRecord } from '../../../../contract/models/models.ts';
import { type Db, type ListInput, type ListSpec, listPage, readableRows, tryRead } from '../../../core/db/index.ts';
import type { Events } from '../../../core/events.ts';
import { type ModelRow, model } from '../schema.ts';

/** What a list of models is asked for. */
export type ModelListInput = ListInput<typeof modelRecord.filters>;

const spec: ListSpec<typeof model, typeof modelRecord> = {
  table: model,
  sortable: {
    created_at: model.created_at,
    updated_at: model.updated_at,
    name: model.name_key,
    type: model.type,
    format: model.format,
    bytes: model.bytes,
    parameters: model.parameters,
    context_length: model.context_length,
  },
  id: model.id,
  record: modelRecord,
  sources: {
    name: model.name,
    repo: model.repo,
    variant: model.variant,
    architecture: model.architecture,
    type: model.type,
    format: model.format,
    status: model.status,
    source: model.source,
  },
};

const keyed = (row: ModelRow) => ({ ...row, name_key: naturalKey(row.name) });

/** Creates the store. */
export function createModelStore(db: Db, events: Events) {
  const { orm } = db;
  const touch = (verb: 'created' | 'updated' | 'deleted', { id, version }: Pick<ModelRow, 'id' | 'version'>) =>
    events.append({ type: `model.${verb}`, entity: 'model', id, version });
  const order = [asc(model.created_at), asc(model.id)];
  const all = (where: Parameters<typeof readableRows>[2]['where']): ModelRow[] =>
    readableRows(db, 'model', { table: model, id: model.id, where, order });
  const save = (row: ModelRow): void => {
    orm.update(model).set(keyed(row)).where(eq(model.id, row.id)).run();
    touch('updated', row);
  };

  // Each request to a model asks for them; building such a query takes longer than running it.
  const ofRepo = sql`lower(${model.repo}) = ${sql.placeholder('repo')}`;
  const reads = {
    get: orm
      .select()
      .from(model)
      .where(eq(model.id, sql.placeholder('id')))
      .prepare(),
    at: orm
      .select()
      .from(model)
      .where(eq(model.path, sql.placeholder('path')))
      .prepare(),
    ofRepo: orm
      .select()
      .from(model)
      .where(ofRepo)
      .orderBy(...order)
      .prepare(),
  };

  return {
    insert(row: ModelRow): void {
      db.transaction(() => {
        orm.insert(model).values(keyed(row)).run();
        touch('created', row);
      });
    },
    save: (row: ModelRow): void => db.transaction(() => save(row)),
    /** Makes a row the default of its type, and no other one. */
    select(row: ModelRow): void {
      db.transaction(() => {
        const before = all(and(eq(model.type, row.type), eq(model.selected, true), ne(model.id, row.id)));
        for (const other of before) save({ ...other, selected: false, version: other.version + 1 });
        save(row);
      });
    },
    /** Tells subscribers that something has changed that is not in the row. */
    announce: (id: ModelId): void => void events.append({ type: 'model.updated', entity: 'model', id, version: null }),
    remove(row: ModelRow): void {
      db.transaction(() => {
        orm.delete(model).where(eq(model.id, row.id)).run();
        touch('deleted', row);
      });
    },
    get: (id: ModelId): ModelRow | undefined => reads.get.get({ id }),
    at: (path: string): ModelRow | undefined => reads.at.get({ path }),
    /** All, oldest first. */
    all: (): ModelRow[] => all(undefined),
    /** All of one repo, whatever the case of its name. */
    ofRepo(repo: string): ModelRow[] {
      const rows = tryRead(() => reads.ofRepo.all({ repo: repo.toLowerCase() }));
      return rows.ok ? rows.value : all(sql`lower(${model.repo}) = ${repo.toLowerCase()}`);
    },
    list: (query: ModelListInput): Page<ModelRow & { name_key: string }> => listPage(db, query, spec),
  };
}
export type ModelStore = ReturnType<typeof createModelStore>;
