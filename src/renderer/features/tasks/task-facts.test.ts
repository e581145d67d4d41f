import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTerminal, TASK_STATUSES, type TaskStatus, WaitReason } from '../../../contract/automation/tasks.ts';
import { cancelBlocked, deleteBlocked, neighbourIn, STATUS_TABS, tabOf, waitSentence } from './task-facts.ts';

const statuses = fc.subarray([...TASK_STATUSES]);

describe('tabs by state', () => {
  // Catches a new state that no tab shows: its tasks would be found under All only.
  test('every state is behind one tab beside All', () => {
    const behind = STATUS_TABS.flatMap((tab): readonly TaskStatus[] => tab.statuses ?? []);
    expect([...behind].sort()).toEqual([...TASK_STATUSES].sort());
  });

  // Catches a tab that is not marked as chosen because the address names its states in another order.
  test('a tab is found by its states in any order, and by nothing else', () => {
    for (const tab of STATUS_TABS) {
      if (tab.statuses === null) continue;
      const states: readonly TaskStatus[] = tab.statuses;
      fc.assert(
        fc.property(fc.shuffledSubarray([...states], { minLength: states.length }), (order) => {
          expect(tabOf(order)).toBe(tab.id);
        }),
      );
    }
    fc.assert(
      fc.property(statuses, (some) => {
        const tab = tabOf(some);
        const exact = STATUS_TABS.find(({ id }) => id === tab)?.statuses;
        if (tab === 'custom') return;
        expect([...(exact ?? [])].sort()).toEqual([...some].sort());
      }),
    );
  });
});

// Catches a verb that is offered for a task that the host would refuse, or blocked for one that it would not.
test.each(TASK_STATUSES)('a task that is %s can either be cancelled or deleted', (status) => {
  expect(cancelBlocked({ status }) === null).toBe(!isTerminal(status));
  expect(deleteBlocked({ status }) === null).toBe(isTerminal(status));
});

describe('why a task waits', () => {
  // Catches a reason of the contract that is shown as “undefined”.
  test.each(WaitReason.options)('%s is a sentence of its own', (wait_reason) => {
    const sentence = waitSentence({ wait_reason, queue_position: null, run_at: null });
    expect(sentence).toMatch(/^[A-Z].*[^.]$/);
    const others = WaitReason.options.filter((other) => other !== wait_reason);
    expect(
      others.map((other) => waitSentence({ wait_reason: other, queue_position: null, run_at: null })),
    ).not.toContain(sentence);
  });

  test('its place in the queue is said even when nothing else holds it', () => {
    expect(waitSentence({ wait_reason: null, queue_position: 1, run_at: null })).toBe(
      'Starts next. Position 1 in queue',
    );
    expect(waitSentence({ wait_reason: 'concurrency_limit', queue_position: 14, run_at: null }, 4)).toBe(
      'All 4 slots are busy. Position 14 in queue',
    );
    expect(waitSentence({ wait_reason: null, queue_position: null, run_at: null })).toBeNull();
  });

  // Catches a task that starts some day, of which nobody is told which one.
  test('one that is scheduled says for when', () => {
    const run_at = new Date(2026, 10, 30, 7, 30).toISOString();
    const task = { wait_reason: 'scheduled', queue_position: null, run_at } as const;
    expect(waitSentence(task)).toBe('Scheduled for 2026-11-30 07:30:00');
    expect(waitSentence({ ...task, wait_reason: 'profile_busy' })).toBe('Its profile is in use');
  });
});

describe('the neighbour in a list', () => {
  const list = (...pages: string[][]) => ({ pages: pages.map((ids) => ({ items: ids.map((id) => ({ id })) })) });

  // Catches a step that stops at the end of a page.
  test('goes on over pages, and ends at both ends', () => {
    const three = list(['a', 'b'], [], ['c']);
    expect(neighbourIn(three, 'b', 1)).toBe('c');
    expect(neighbourIn(three, 'c', -1)).toBe('b');
    expect(neighbourIn(three, 'c', 1)).toBeNull();
    expect(neighbourIn(three, 'a', -1)).toBeNull();
  });

  // Catches J on a task that is not in the list, which would open the first one.
  test('of a task that is not in the list is none, and so it is without a list', () => {
    expect(neighbourIn(list(['a', 'b']), 'x', 1)).toBeNull();
    for (const none of [undefined, null, {}, { pages: 1 }, 'pages']) expect(neighbourIn(none, 'a', 1)).toBeNull();
  });

  test('there and back again is the same task', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2 }), fc.nat(), (ids, at) => {
        const all = list(ids.slice(0, 3), ids.slice(3));
        const id = ids[at % (ids.length - 1)] ?? '';
        expect(neighbourIn(all, neighbourIn(all, id, 1) ?? '', -1)).toBe(id);
      }),
    );
  });
});
