/** Changes of one task among those of many. */
import { expect, test } from 'vitest';
import { openTestCore } from '../../../tests/support/core.ts';

/** Ids of one millisecond. */
const IDS = [
  'tsk_01ARZ3NDEKTSV4RRFFQ69G5FA0',
  'tsk_01ARZ3NDEKTSV4RRFFQ69G5FA1',
  'tsk_01ARZ3NDEKTSV4RRFFQ69G7FA0',
] as const;

// Would catch: changes of another task whose id is alike.
test('the changes of a task are its own, in order', () => {
  using core = openTestCore();
  const { db, events } = core;
  db.transaction(() => {
    for (const type of ['task.created', 'task.updated', 'task.ended'] as const)
      for (const id of IDS) events.append({ type, entity: 'task', id });
  });
  for (const id of IDS) {
    const own = events.listOf(id, 0, 10);
    expect(own.map((change) => [change.id, change.type])).toEqual([
      [id, 'task.created'],
      [id, 'task.updated'],
      [id, 'task.ended'],
    ]);
    expect(events.listOf(id, own[0]?.seq ?? 0, 1)).toEqual([own[1]]);
  }
});
