/** What becomes of the times of a schedule when it is changed, switched off, deleted or brought back. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { every, HOUR, MINUTE, openScheduleHost, type ScheduleHost } from '../../../../tests/support/schedules.ts';
import { thrownBy } from '../../../../tests/support/tasks.ts';

let host: ScheduleHost;
beforeEach(async () => {
  host = openScheduleHost('2026-01-01T09:30:00Z');
  await host.start();
});
afterEach(() => host.dispose());

describe('an edit', () => {
  test('of the name keeps the next time, of the trigger makes a new one', async () => {
    const { id } = await host.make(await host.command(), { trigger: every(60) });
    host.clock.advance(10 * MINUTE);
    expect(await host.service.update(id, { name: 'Other' }, {})).toMatchObject({
      next_run_at: '2026-01-01T10:30:00.000Z',
    });
    const { next_run_at } = await host.service.update(id, { trigger: every(30) }, {});
    expect(next_run_at).toBe('2026-01-01T10:10:00.000Z');
  });

  test('that switches it off or deletes it stops it; what passed meanwhile is not made up for', async () => {
    const off = await host.make(await host.command(), {});
    const deleted = await host.make(await host.command(), {});
    await host.service.update(off.id, { enabled: false }, {});
    host.service.remove(deleted.id);
    host.clock.advance(5 * HOUR);
    await host.service.update(off.id, { enabled: true }, {});
    host.service.restore(deleted.id);
    for (const { id } of [off, deleted]) {
      expect(host.service.get(id).next_run_at).toBe('2026-01-01T15:00:00.000Z');
      expect(host.ledger(id)).toEqual([]);
    }
  });

  test('says what is wrong', async () => {
    const command = await host.command({ uses: { profile: true, services: [] } });
    const trigger = { kind: 'cron', expr: '61 * * * *', timezone: 'UTC', gap: 'run_after' } as const;
    const profile_ids = [(await host.profile('One')).id];
    const wrong = [
      [{ trigger, profile_ids }, 'trigger.expr'],
      [{}, 'profile_ids'],
      [{ profile_ids, start_at: '2026-01-02T00:00:00.000Z', end_at: '2026-01-01T00:00:00.000Z' }, 'end_at'],
    ] as const;
    for (const [more, field] of wrong) {
      expect((await thrownBy(() => host.make(command, more as never))).extra).toMatchObject({ field });
    }
  });
});

// Would catch: an undo of a deletion, or a switch, that runs something of hours ago.
test('one time that passed while it was off, or deleted, does not come any more', async () => {
  const trigger = { kind: 'once', at: '2026-01-01T10:00:00.000Z' } as const;
  const off = await host.make(await host.command(), { trigger, enabled: false });
  const deleted = await host.make(await host.command(), { trigger });
  host.service.remove(deleted.id);
  await host.pass(2 * HOUR);
  await host.service.update(off.id, { enabled: true }, {});
  host.service.restore(deleted.id);
  await host.pass(HOUR);
  for (const { id } of [off, deleted]) {
    expect(host.service.get(id).next_run_at).toBeNull();
    expect(host.ledger(id)).toEqual([]);
  }
});
