import { describe, expect, test } from 'vitest';
import { openTestCore } from '../../../../tests/support/core.ts';

describe('what is left for the end of a transaction', () => {
  // Catches events of a savepoint that was undone, and changes that come in another order than they were made in.
  test('is written once, in order, without what a savepoint has undone', () => {
    using core = openTestCore();
    const written: (readonly string[])[] = [];
    const collector = (items: readonly string[]) => void written.push(items);
    core.db.transaction(() => {
      core.db.atCommit(collector, 'a');
      expect(() =>
        core.db.transaction(() => {
          core.db.atCommit(collector, 'undone');
          throw new Error('no');
        }),
      ).toThrow('no');
      core.db.transaction(() => core.db.atCommit(collector, 'b', 'c'));
      expect(written).toEqual([]);
    });
    core.db.atCommit(collector, 'alone');
    core.db.atCommit(collector);
    expect(written).toEqual([['a', 'b', 'c'], ['alone']]);
  });

  // Catches an event that is lost because the statistics append it at the end.
  test('may be left by what is written there', () => {
    using core = openTestCore();
    core.db.transaction(() =>
      core.db.atCommit((ids: readonly string[]) => {
        for (const id of ids) core.events.append({ type: 'task.created', entity: 'task', id });
      }, '1'),
    );
    expect(core.events.list(0, 10).map(({ id }) => id)).toEqual(['1']);
  });

  // Catches what a failed transaction has left, written with the next one.
  test('is gone with a transaction that fails, also when it is what fails', () => {
    using core = openTestCore();
    const append = (id: string) => core.events.append({ type: 'task.created', entity: 'task', id });
    expect(() =>
      core.db.transaction(() => {
        append('1');
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(() =>
      core.db.transaction(() => {
        append('2');
        core.db.atCommit(() => {
          throw new Error('full');
        }, 0);
      }),
    ).toThrow('full');
    append('3');
    expect(core.events.list(0, 10).map(({ id }) => id)).toEqual(['3']);
  });

  test('is more than one statement takes', async () => {
    using core = openTestCore();
    const heard: number[] = [];
    core.events.subscribe((changes) => void heard.push(...changes.map(({ seq }) => seq)));
    core.db.transaction(() => {
      for (let n = 0; n < 120; n++) core.events.append({ type: 'task.created', entity: 'task', id: String(n) });
    });
    await Promise.resolve();
    const stored = core.events.list(0, 1000);
    expect(stored.map(({ id }) => Number(id))).toEqual(Array.from({ length: 120 }, (_, n) => n));
    expect(heard).toEqual(stored.map(({ seq }) => seq));
  });
});
