/** How late schedules are: 200 of them that are due at the same moment, from that moment to the task of each. */
import { createTestHost } from '../support/host.ts';

const SCHEDULES = 200;
const ROUNDS = 3;
/** Time in which the schedules of a round are made, ms. */
const AHEAD_MS = 10_000;
const bars = { p99: 100 };

const percentile = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0;

/** Runs the benchmark and prints its figures. @returns false when a bar is missed */
export async function bench(): Promise<boolean> {
  await using subject = await createTestHost();
  const { client, changes } = subject.host;
  // Tasks are made and wait: what is measured is the schedule, not the machine's room for two hundred programs.
  await client.call('queue_update', { paused: true });
  const { id: command_id } = await client.call('commands_create', {
    ...{ name: 'Nothing', kind: 'process' },
    spec: { kind: 'process', argv: ['{{host.node}}', '-e', ''] },
  });
  const late: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const at = Math.ceil((Date.now() + AHEAD_MS) / 1000) * 1000;
    const all = Promise.withResolvers<void>();
    let left = SCHEDULES;
    const stop = changes.subscribe((change) => {
      if (change.type !== 'task.created') return;
      late.push(Date.now() - at);
      left -= 1;
      if (left === 0) all.resolve();
    });
    for (let n = 0; n < SCHEDULES; n++)
      await client.call('schedules_create', {
        ...{ name: `Round ${round}, ${n}`, target: { command_id } },
        trigger: { kind: 'once', at: new Date(at).toISOString() },
      });
    if (Date.now() >= at) throw new Error('the schedules were not made in time');
    await all.promise;
    stop();
  }
  const p99 = percentile(late, 0.99);
  console.log(
    `${SCHEDULES} schedules due at once: task after p50 ${percentile(late, 0.5)} ms, p99 ${p99} ms (bar ${bars.p99}), first ${Math.min(...late)} ms`,
  );
  return p99 <= bars.p99;
}
