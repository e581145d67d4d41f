/** What the registry of entities says about one cached list. */
import type { Query } from '@tanstack/react-query';
import { entities } from '../../../contract/entities.ts';
import type { CallIdOf } from '../../../contract/index.ts';
import type { EntityRecord } from '../../../contract/kernel/entity.ts';
import { listFields } from '../../../contract/kernel/paging.ts';
import { rowOrder, sortKeys } from '../../../contract/kernel/sorts.ts';
import type { Row } from './rows.ts';

/** A list that can be asked for some of its rows. */
export interface ListView {
  op: CallIdOf;
  /** Filters and order. */
  input: Row;
  compare(a: Row, b: Row): number;
  /** True when no update of an entity moves it into the list, out of it or within it. */
  fixed: boolean;
  /** Rows of a page. */
  pageSize: number;
  /** True when it is one page and stays one. */
  single: boolean;
  dependent(row: Row): boolean;
}

const byList: ReadonlyMap<unknown, EntityRecord> = new Map(
  Object.values<EntityRecord>(entities).flatMap((record) => (record.lists ?? []).map((op) => [op, record] as const)),
);

/** Members of every list's input that say nothing about which rows are in the list, or in which order. */
const NEUTRAL: readonly string[] = ['limit', 'count', 'sort'];

/** The view of a cached query; null when only the whole answer can be asked for. */
export function listView({ queryKey: [op, input, paged] }: Query): ListView | null {
  const record = byList.get(op);
  if (record?.sorts === undefined || typeof input !== 'object' || input === null) return null;
  const given: Row = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  if ('cursor' in given || 'fields' in given || 'id' in given) return null;
  const { filters = {}, sorts, dependent = () => false } = record;
  const sorted = { sorts, ...(record.defaultSort === undefined ? {} : { defaultSort: record.defaultSort }) };
  const sort = typeof given.sort === 'string' ? given.sort : undefined;
  const single = paged === undefined;
  return {
    op: op as CallIdOf,
    input: given,
    compare: rowOrder(sorted, sort),
    fixed:
      sortKeys(sorted, sort).every(({ name }) => sorts[name]?.fixed) &&
      Object.keys(given).every((name) => NEUTRAL.includes(name) || filters[name]?.fixed),
    pageSize: listFields.limit.parse(given.limit),
    single,
    dependent,
  };
}
