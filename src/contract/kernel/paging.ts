/** Conventions of lists, and the standard set of seven operations that each resource has. */
import { z } from 'zod';
import { type BulkActions, bulkOperation } from './bulk.ts';
import { type Area, call, type Operation } from './define.ts';
import { type Filters, filterShape } from './filters.ts';

/** Input members of every list. `sort` is a comma list of fields, `-` for descending. What a list filters by, its entity declares. */
export const listFields = {
  limit: z.int().min(1).max(200).default(50),
  cursor: z.string().max(2048).optional(),
  sort: z.string().max(200).optional(),
  count: z.boolean().default(false),
  fields: z.string().max(500).optional(),
};

/** Input of the list of an entity: {@link listFields} and the entity's filters. */
export const listInput = <const F extends Filters>({ filters }: { filters: F }) =>
  z.strictObject({ ...listFields, ...filterShape(filters) });

/** Result of a list: `total` is filled only with `count=true`. */
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable(), total: z.int().nullable() });

/** One page of `T`. */
export interface Page<T> {
  items: T[];
  next_cursor: string | null;
  total: number | null;
}

/** Answer of a delete. */
export const Deleted = z.object({ id: z.string(), deleted: z.literal(true) });

/** The standard operations of a resource. */
const VERBS = ['list', 'create', 'get', 'update', 'delete', 'restore', 'bulk'] as const;
type Verb = (typeof VERBS)[number];

interface ResourceSchemas<
  Id extends z.ZodType,
  E extends z.ZodType,
  C extends z.ZodType,
  U extends z.ZodRawShape,
  F extends Filters,
  A extends BulkActions,
  O extends Verb,
> {
  /** Tracking number of the operations, `-` for none; then the tag, and the noun used in summaries. */
  row: string;
  tag: string;
  noun: string;
  /** Its record in the registry. */
  record: { area: Area; id: Id; filters: F };
  entity: E;
  create: C;
  /** Members of the merge-patch. */
  update: U;
  /** Verbs that the bulk operation accepts. */
  actions?: A;
  /** Those among them that scope `run` is enough for. */
  running?: readonly A[number][];
  /** The operations that the resource has; all seven unless said. */
  only?: readonly O[];
}

const updateInput = <Id extends z.ZodType, U extends z.ZodRawShape>(id: Id, update: U) =>
  z.strictObject({ ...update, id, version: z.int().min(1).optional() });
const deleteInput = <Id extends z.ZodType>(id: Id) => z.strictObject({ id, force: z.boolean().default(false) });
const oneInput = <Id extends z.ZodType>(id: Id) => z.strictObject({ id });

interface ByVerb<
  Id extends z.ZodType,
  E extends z.ZodType,
  C extends z.ZodType,
  U extends z.ZodRawShape,
  F extends Filters,
  A extends BulkActions,
> {
  list: Operation<ReturnType<typeof listInput<F>>, ReturnType<typeof page<E>>, 'never'>;
  create: Operation<C, E, 'never'>;
  get: Operation<ReturnType<typeof oneInput<Id>>, E, 'never'>;
  update: Operation<ReturnType<typeof updateInput<Id, U>>, E, 'never'>;
  delete: Operation<ReturnType<typeof deleteInput<Id>>, typeof Deleted, 'never'>;
  restore: Operation<ReturnType<typeof oneInput<Id>>, E, 'never'>;
  bulk: ReturnType<typeof bulkOperation<Id, A, F>>;
}

/**
 * The standard operations for resource `name` (plural, as in ids and paths).
 * @throws Error when it has a bulk operation and no verbs for it
 */
export function resource<
  const R extends string,
  Id extends z.ZodType,
  E extends z.ZodType,
  C extends z.ZodType,
  U extends z.ZodRawShape,
  F extends Filters,
  const A extends BulkActions,
  const O extends Verb = Verb,
>(name: R, s: ResourceSchemas<Id, E, C, U, F, A, O>): { [V in O as `${R}_${V}`]: ByVerb<Id, E, C, U, F, A>[V] } {
  const base = `/v1/${name}`;
  const common = { row: s.row, tags: [s.tag], area: s.record.area };
  const wanted = new Set<Verb>(s.only ?? VERBS);
  if (wanted.has('bulk') && s.actions === undefined) throw new Error(`${name} has a bulk operation without actions`);
  const operations: Record<Verb, Operation> = {
    list: call(listInput(s.record), page(s.entity), {
      ...common,
      summary: `List ${name}`,
      scope: 'read',
      http: { method: 'GET', path: base },
    }),
    create: call(s.create, s.entity, {
      ...common,
      summary: `Create a ${s.noun}`,
      scope: 'manage',
      idempotencyKey: true,
      http: { method: 'POST', path: base, status: 201, location: `${base}/{id}` },
    }),
    get: call(oneInput(s.record.id), s.entity, {
      ...common,
      summary: `One ${s.noun}`,
      scope: 'read',
      http: { method: 'GET', path: `${base}/{id}` },
    }),
    update: call(updateInput(s.record.id, s.update), s.entity, {
      ...common,
      summary: `Change a ${s.noun} (merge-patch, null clears)`,
      scope: 'manage',
      http: { method: 'PATCH', path: `${base}/{id}` },
    }),
    delete: call(deleteInput(s.record.id), Deleted, {
      ...common,
      summary: `Delete a ${s.noun}${wanted.has('restore') ? '; it can be restored for 30 days' : ''}`,
      scope: 'manage',
      http: { method: 'DELETE', path: `${base}/{id}` },
    }),
    restore: call(oneInput(s.record.id), s.entity, {
      ...common,
      summary: `Restore a deleted ${s.noun}`,
      scope: 'manage',
      http: { method: 'POST', path: `${base}/{id}/restore` },
    }),
    bulk: bulkOperation(name, s.record, { actions: s.actions ?? ['-'], running: s.running ?? [] }, common),
  };
  return Object.fromEntries(
    VERBS.filter((verb) => wanted.has(verb)).map((verb) => [`${name}_${verb}`, operations[verb]]),
  ) as { [V in O as `${R}_${V}`]: ByVerb<Id, E, C, U, F, A>[V] };
}
