/** Names that people write, among many that contain them. */
import { expect, test } from 'vitest';
import { namedSo } from './by-name.ts';

/** Pages of what contains a text, as lists of the host answer. */
function listOf(...names: string[]) {
  const asked: (string | undefined)[] = [];
  const all = names.map((name, n) => ({ id: `x_${n}`, name }));
  const list = async ({ q, limit, cursor }: { q: string; limit: number; cursor?: string }) => {
    asked.push(cursor);
    const found = all.filter(({ name }) => name.includes(q));
    const from = Number(cursor ?? 0);
    const next = from + limit < found.length ? String(from + limit) : null;
    return { items: found.slice(from, from + limit), next_cursor: next, total: null };
  };
  return { asked, list };
}
const many = Array.from({ length: 450 }, (_, n) => `shop ${n}`);
const idsOf = async (name: string, list: ReturnType<typeof listOf>['list']) =>
  (await namedSo(name, list)).map(({ id }) => id);

// Would catch: a name that is not found because more than a page of others contain it.
test('a name is found wherever it stands', async () => {
  const { asked, list } = listOf(...many, 'shop');
  expect(await idsOf('shop', list)).toEqual(['x_450']);
  expect(asked).toEqual([undefined, '200', '400']);
  expect(await idsOf('shop 449', list)).toEqual(['x_449']);
  expect(await idsOf('nobody', list)).toEqual([]);
});

// Would catch: the first of several, and pages that are read although two are known.
test('two of a name are told, and no more is read', async () => {
  const { asked, list } = listOf('shop', ...many, 'shop', 'shop');
  expect(await idsOf('shop', list)).toEqual(['x_0', 'x_451']);
  expect(asked).toHaveLength(3);
  const { asked: once, list: early } = listOf('shop', 'shop', 'shop', ...many);
  expect(await idsOf('shop', early)).toEqual(['x_0', 'x_1']);
  expect(once).toHaveLength(1);
});
