/**
 * A host in a process of its own whose tasks end one after the other, with a schedule that waits for that: `node trigger-child.ts
 * <data dir> <n>`. Kills itself right after the n-th transaction. Says on stdout which tasks have ended.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ScheduleCreate } from '../../src/contract/automation/schedule/schedules.ts';
import { killAfter } from '../support/kill-after.ts';
import { schedulesOn } from '../support/schedules.ts';
import { claimFrom, endWith } from '../support/task-store.ts';
import { openTaskHost } from '../support/tasks.ts';

const [dir = '', last = ''] = process.argv.slice(2);
const host = openTaskHost({ dir });
const schedules = schedulesOn(host);
for (const part of schedules.parts) await part.start?.();

const source = await host.command({ name: 'Source' });
const { id: then } = await host.command({ name: 'Then' });
await schedules.service.create(
  ScheduleCreate.parse({
    ...{ name: 'After', target: { command_id: then }, overlap: 'queue' },
    trigger: { kind: 'event', on: 'task.ended', where: { '/task/command_id': [source.id] }, map: { of: '/task/id' } },
  }),
);
killAfter(host.db, Number(last));
for (;;) {
  const { id } = await host.run(source, []);
  for (let claimed = claimFrom(host.store, Date.now()); claimed; claimed = claimFrom(host.store, Date.now()))
    host.store.finish(claimed.attempt_token, endWith());
  process.stdout.write(`${JSON.stringify({ ended: id })}\n`);
  await nextTurn();
}
