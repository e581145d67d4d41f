/**
 * A host in a process of its own that takes signed deliveries one after the other: `node webhook-child.ts <data dir> <n>`. Kills itself right
 * after the n-th transaction. Says on stdout which secret they are signed with, and which deliveries are sent and acknowledged.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ScheduleCreate } from '../../src/contract/automation/schedule/schedules.ts';
import { killAfter } from '../support/kill-after.ts';
import { schedulesOn } from '../support/schedules.ts';
import { openTaskHost } from '../support/tasks.ts';
import { standardHeaders } from '../support/webhooks.ts';

const [dir = '', last = ''] = process.argv.slice(2);
const host = openTaskHost({ dir });
const { service, webhooks, parts } = schedulesOn(host);
for (const part of parts) await part.start?.();

const { id: command_id } = await host.command({ name: 'Then' });
const trigger = { kind: 'webhook', map: { of: '/body/n' } };
const { id } = await service.create(
  ScheduleCreate.parse({ name: 'After', target: { command_id }, overlap: 'queue', trigger }),
);
const { secret } = await webhooks.renewSecret(id);
const say = (told: object) => process.stdout.write(`${JSON.stringify(told)}\n`);
say({ id, secret });

killAfter(host.db, Number(last));
for (let n = 0; ; n++) {
  const body = JSON.stringify({ n });
  say({ sent: n });
  await webhooks.deliver({ id, body, headers: standardHeaders(secret, `msg_${n}`, body) });
  say({ acknowledged: n });
  await nextTurn();
}
