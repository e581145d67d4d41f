/** What callers may give as the time of a schedule, at its ends. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openScheduleHost, type ScheduleHost } from '../../../../tests/support/schedules.ts';
import { offsetAt } from './time/zone.ts';

let host: ScheduleHost;
beforeEach(async () => {
  host = openScheduleHost('2026-01-01T09:30:00Z');
  await host.start();
});
afterEach(() => host.dispose());

const END = '9999-12-31T23:59:59.999Z';
const YEARLY = { kind: 'interval', seconds: 31_536_000 } as const;
const cron = (expr: string) => ({ kind: 'cron', expr, timezone: 'UTC', gap: 'run_after' }) as const;

// Would catch: a time that no answer can tell, which made its schedule a damaged record and its preview a failure of the host.
test('times end with the last that can be told', async () => {
  const { items } = await host.service.preview({ trigger: YEARLY, count: 100, from: '9990-01-01T00:00:00.000Z' });
  expect([items.length, items.at(-1)]).toEqual([10, '9999-12-30T00:00:00.000Z']);
  for (const trigger of [YEARLY, cron('0 0 1 1 *')]) {
    expect((await host.service.preview({ trigger, count: 5, from: END })).items).toEqual([]);
    const { id, next_run_at } = await host.make(await host.command(), { trigger, start_at: END });
    expect([next_run_at, host.service.get(id).next_run_at]).toEqual([null, null]);
  }
});

// Would catch: a schedule that is kept with a pattern that cannot be read, since nobody looked at it while it was off.
test('a pattern that is none is refused, whether the schedule is on or off', async () => {
  const command = await host.command();
  for (const enabled of [true, false])
    await expect(host.make(command, { enabled, trigger: cron('x-1') })).rejects.toMatchObject({
      slug: 'validation-error',
      extra: { field: 'trigger.expr' },
    });
});

// Would catch: a preview for which thousands of years are gone through in one turn of the event loop.
test('others have a turn between two times of a preview', async () => {
  let turns = 0;
  let over = false;
  const others = (async () => {
    for (; !over; turns++) await nextTurn();
  })();
  const { items } = await host.service.preview({ trigger: cron('0 0 29 2 +1'), count: 20 });
  over = true;
  await others;
  expect(items.length).toBe(20);
  expect(turns).toBeGreaterThanOrEqual(20);
});

// Would catch: thousands of spellings of one zone that are kept for ever, each with its tables.
test('only so many zones are kept', () => {
  const made = vi.spyOn(Intl, 'DateTimeFormat');
  const spelt = (n: number) => `${[...'europe/ber'].map((c, at) => ((n >> at) & 1 ? c.toUpperCase() : c)).join('')}lin`;
  for (let n = 0; n < 200; n++) offsetAt(spelt(n), 0);
  made.mockClear();
  offsetAt(spelt(199), 0);
  expect(made).toHaveBeenCalledTimes(0);
  expect(offsetAt(spelt(0), 0)).toBe(3_600_000);
  expect(made).toHaveBeenCalledTimes(1);
  made.mockRestore();
});
