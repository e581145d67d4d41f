/** The schedules feature on the parts of a task host whose clock the test owns. */
import {
  type ScheduleCreate,
  ScheduleCreate as ScheduleCreateSchema,
} from '../../src/contract/automation/schedule/schedules.ts';
import type { CommandId, ScheduleId } from '../../src/contract/kernel/scalars.ts';
import { createSchedules } from '../../src/main/features/schedules/index.ts';
import { manualClock } from './core.ts';
import { claimFrom, endWith } from './task-store.ts';
import { openTaskHost, type TaskHost } from './tasks.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** A trigger. */
export const every = (minutes: number) => ({ kind: 'interval', seconds: minutes * 60 }) as const;

/** The feature on the parts of a task host. */
export const schedulesOn = (host: TaskHost) =>
  createSchedules({
    ...host,
    ...{ tasks: host.tasks, commands: host.commandService, profiles: host.profileService },
    baseUrl: () => 'http://127.0.0.1:8080',
  });

/** @param now where the clock starts */
export function openScheduleHost(now: string) {
  const clock = manualClock(Date.parse(now));
  const host = openTaskHost({ clock });
  const open = () => schedulesOn(host);
  let feature = open();
  const { service, webhooks } = feature;
  const [part] = feature.parts;

  const ledger = (id: ScheduleId) =>
    service.ticks(id, { limit: 200 }).items.map(({ at, outcome }) => `${at.slice(5, 16).replace('T', ' ')} ${outcome}`);

  return {
    ...host,
    clock,
    service,
    webhooks,
    chores: feature.chores,
    start: () => part?.start?.(),
    stop: () => part?.stop?.(),
    /** A second start of the program on the same data. */
    async restart() {
      await feature.parts[0]?.stop?.();
      feature = open();
      await feature.parts[0]?.start?.();
    },
    make: (command: { id: string }, more: Partial<ScheduleCreate>) =>
      service.create(
        ScheduleCreateSchema.parse({
          ...{ name: 'Test', target: { command_id: command.id as CommandId } },
          ...{ trigger: { kind: 'cron', expr: '0 * * * *', timezone: 'UTC' }, ...more },
        }),
      ),
    /** Its lines, newest first: "01-01 10:00 ran". */
    ledger,
    /** Lets time go by as it does, so that timers that are set meanwhile count too. */
    async pass(ms: number) {
      for (let left = ms; left > 0; left -= 30_000) {
        clock.advance(Math.min(left, 30_000));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    /** Waits until so many lines are there. */
    async lines(id: ScheduleId, count: number) {
      await host.until(() => service.ticks(id, { limit: 200 }).items.length >= count);
      return ledger(id);
    },
    tasksOf: (id: ScheduleId) => host.tasks.service.list({ schedule_id: id, limit: 200, count: false }).items,
    /** Runs what is in the queue to its end, without any process. */
    finishAll() {
      for (let claimed = claimFrom(host.store, clock.now()); claimed; claimed = claimFrom(host.store, clock.now()))
        host.store.finish(claimed.attempt_token, endWith());
    },
    async dispose() {
      await feature.parts[0]?.stop?.();
      await host.dispose();
    },
  };
}
export type ScheduleHost = ReturnType<typeof openScheduleHost>;
