/** Every filter of every list, generated from the registry of entities: through the dispatcher down to rows of a real database. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entities } from '../../src/contract/entities.ts';
import { contract, type OperationId } from '../../src/contract/index.ts';
import type { EntityRecord } from '../../src/contract/kernel/entity.ts';
import type { Filter } from '../../src/contract/kernel/filters.ts';
import { createTestHost, type TestHost } from '../support/host.ts';
import { type ListSubject, listSubjects, type Samples } from '../support/list-subjects.ts';

let host: TestHost;
let subjects: ReturnType<typeof listSubjects>;

beforeAll(async () => {
  host = await createTestHost();
  subjects = listSubjects(host);
});
afterAll(async () => {
  subjects?.[Symbol.dispose]();
  await host?.[Symbol.asyncDispose]();
});

const records = Object.entries<EntityRecord>(entities);
const lists = records.flatMap(([entity, { filters = {}, lists: ops = [] }]) =>
  ops.map((op) => ({ entity, op: op as OperationId, filters })),
);
const cases = lists.flatMap(({ entity, op, filters }) =>
  Object.entries(filters).flatMap(([name, filter]) =>
    (filter.fields.length === 0 ? [name] : filter.fields).map((field) => ({ entity, op, name, filter, field })),
  ),
);

/** What a filter is asked for, and which of the samples (by index) it has to find. */
function questions({ test: kind }: Filter, [first, second, third]: Samples): { value: unknown; finds: number[] }[] {
  switch (kind) {
    case 'is':
      return [
        { value: first, finds: [0] },
        { value: second, finds: [1] },
      ];
    case 'oneOf':
      return [
        { value: first, finds: [0] },
        { value: [second], finds: [1] },
        { value: [first, third ?? second], finds: [0, third === undefined ? 1 : 2] },
      ];
    case 'contains':
      return [{ value: String(first).slice(1, -1).toUpperCase(), finds: [0] }];
    case 'from':
      return [{ value: second, finds: [1, 2] }];
    case 'before':
      return [{ value: second, finds: [0] }];
  }
}

/** Answers which of `ids` the list has with this input. */
async function found(op: OperationId, input: object, ids: unknown[]): Promise<unknown[]> {
  const result = await host.host.client.raw(op, { limit: 200, ...input });
  if (result.kind !== 'value') throw new Error(`${op} answers no page`);
  const { items } = result.value as { items: { id?: unknown; seq?: unknown }[] };
  const listed = items.map(({ id, seq }) => id ?? seq);
  return ids.filter((id) => listed.includes(id));
}

describe.each(cases)('$op: $name by $field', ({ entity, op, name, filter, field }) => {
  // Catches a filter that is declared and parsed but that the handler, the service or the store does not use.
  test('finds the entities whose field fits, and no others', async () => {
    const subject = (subjects as unknown as Record<string, ListSubject>)[entity];
    const samples = subject?.samples[field];
    if (subject === undefined || samples === undefined) throw new Error(`no samples of ${field} of a ${entity}`);
    const ids: unknown[] = [];
    for (const value of samples) ids.push(await subject.add(field, value));
    expect(await found(op, {}, ids), 'without a filter').toEqual(ids);
    for (const { value, finds } of questions(filter, samples))
      expect(await found(op, { [name]: value }, ids), JSON.stringify(value)).toEqual(finds.map((at) => ids[at]));
    if (filter.test === 'contains')
      expect(await found(op, { [name]: String(ids[1]) }, ids), 'its id').toEqual([ids[1]]);
  });
});

// Catches a list that takes a search text, or a filter, and ignores it.
test('a list takes the filters that its entity declares and no search text beside them', () => {
  const paging = ['limit', 'cursor', 'sort', 'count', 'fields'];
  for (const { op, filters } of lists) {
    const members = Object.keys((contract[op].input as unknown as { shape: object }).shape);
    expect(members.sort(), op).toEqual([...paging, ...Object.keys(filters)].sort());
  }
});
