import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR, openScheduleHost, type ScheduleHost } from '../../../../../tests/support/schedules.ts';
import type { EventTrigger } from '../../../../contract/automation/schedule/triggers.ts';
import { MOST_IN_A_ROW } from './decide.ts';

let host: ScheduleHost;
beforeEach(async () => {
  host = openScheduleHost('2026-01-01T09:30:00Z');
  await host.start();
});
afterEach(() => host.dispose());

const onEnd = (more: Partial<EventTrigger> = {}): EventTrigger => ({
  ...{ kind: 'event', on: 'task.ended', where: {}, map: {}, min_interval_seconds: 0, ...more },
});
/** Runs a task to its end, without any process. */
async function end(command: { id: string }, labels: string[] = []): Promise<string> {
  const { id } = await host.run(command, [], { labels });
  host.finishAll();
  return id;
}
const wordsOf = (ledger: { outcome: string; reason: string | null }[]) =>
  ledger.map(({ outcome, reason }) => (reason === null ? outcome : `${outcome}: ${reason}`));
const linesOf = (id: Parameters<typeof host.ledger>[0]) => host.service.ticks(id, { limit: 200 }).items;

describe('an event of the product', () => {
  // Would catch: an event that starts a task of a schedule that asks for others, and input that does not come from it.
  test('makes its task with what the event tells, where it is what is asked for', async () => {
    const first = await host.command();
    const schema = { type: 'object', properties: { of: { type: 'string' }, took: {}, place: { type: 'string' } } };
    const then = await host.command({ input_schema: schema });
    const map = { of: '/task/id', took: '/task/output/missing' };
    const where = { '/task/labels': ['nightly'], '/task/command_id': [first.id] };
    const { id, words } = await host.make(then, { trigger: onEnd({ map, where }), input: { place: 'Oslo' } });
    expect(words).toBe(`When a task ends (labels: nightly; command_id: ${first.id})`);
    await end(first, ['weekly']);
    const wanted = await end(first, ['weekly', 'nightly']);
    await host.lines(id, 1);
    const tasks = host.tasksOf(id);
    expect(tasks).toMatchObject([{ schedule_id: id, input: { of: wanted, place: 'Oslo' } }]);
    expect(linesOf(id)).toMatchObject([{ outcome: 'ran', task_id: tasks[0]?.id }]);
    expect(host.service.get(id)).toMatchObject({ next_run_at: null, last_task_id: tasks[0]?.id });
  });

  // Would catch: an event that is lost, or taken twice, because the program ended between two of its steps.
  test('that came while nobody listened is taken in once, and what was there before the schedule never', async () => {
    const command = await host.command();
    await end(command);
    const { id } = await host.make(await host.command(), { trigger: onEnd(), overlap: 'queue' });
    await host.stop();
    await end(command);
    await host.restart();
    await host.lines(id, 1);
    await host.restart();
    await host.restart();
    expect(host.tasksOf(id)).toHaveLength(1);
    expect(linesOf(id)).toHaveLength(1);
  });

  // Would catch: an endless row of tasks that start one another.
  test('of the schedule’s own task stops after so many in a row', async () => {
    const command = await host.command();
    const { id } = await host.make(command, { trigger: onEnd(), overlap: 'queue' });
    await end(command);
    for (let n = 1; n <= MOST_IN_A_ROW; n++) {
      await host.lines(id, n);
      host.finishAll();
    }
    await host.lines(id, MOST_IN_A_ROW + 1);
    expect(wordsOf(linesOf(id).slice(0, 1))).toEqual([
      `skipped: Stopped: ${MOST_IN_A_ROW} tasks in a row have started one another`,
    ]);
    expect(host.tasksOf(id)).toHaveLength(MOST_IN_A_ROW);
  });

  // Would catch: a start for each of many events within the pause, or none for the last one.
  test('waits out the pause after a start, and of several the last one runs', async () => {
    const command = await host.command();
    const trigger = onEnd({ min_interval_seconds: 3600, where: { '/task/command_id': [command.id] } });
    const { id } = await host.make(await host.command(), { trigger, overlap: 'queue' });
    await end(command);
    await host.lines(id, 1);
    for (let n = 0; n < 3; n++) await end(command);
    expect(host.service.get(id).next_run_at).toBe('2026-01-01T10:30:00.000Z');
    await host.pass(HOUR);
    await host.lines(id, 4);
    expect(
      linesOf(id)
        .map(({ outcome }) => outcome)
        .toSorted(),
    ).toEqual(['ran', 'ran', 'skipped', 'skipped']);
    expect(host.service.get(id).next_run_at).toBeNull();
  });

  // Would catch: an event that waits for ever, or fires, when its schedule was switched off, edited or deleted before.
  test('that waits when its schedule is switched off gets a line that says so', async () => {
    const command = await host.command();
    const trigger = onEnd({ min_interval_seconds: 3600, where: { '/task/command_id': [command.id] } });
    const { id } = await host.make(await host.command(), { trigger });
    await end(command);
    await host.lines(id, 1);
    await end(command);
    await host.service.update(id, { enabled: false }, {});
    await end(command);
    await host.service.update(id, { enabled: true }, {});
    await host.pass(2 * HOUR);
    expect(wordsOf(linesOf(id))).toEqual([
      'skipped: The schedule was changed or switched off before this started anything',
      'ran',
    ]);
  });

  // Would catch: the address of a file that somebody without rights gives to a command through an event.
  test('that gives the address of a file starts nothing', async () => {
    const command = await host.command({ input_schema: { type: 'object', properties: { url: {} } } });
    const { id } = await host.make(command, { trigger: onEnd({ map: { url: '/task/output/url' } }) });
    const event = { event: 'task.ended', task: { output: { url: 'file:///etc/passwd' } } };
    await host.service.test(id, event);
    await host.lines(id, 1);
    expect(linesOf(id)[0]?.reason).toMatch(/^Could not start: the event gives the command the address of a file/);
    expect(host.tasksOf(id)).toEqual([]);
  });

  // Would catch: an input that the command does not take, and that nobody is told of.
  test('whose input the command refuses gets a line with the reason', async () => {
    const command = await host.command({
      input_schema: { type: 'object', properties: { count: { type: 'number' } } },
    });
    const { id } = await host.make(command, { trigger: onEnd({ map: { count: '/task/output/count' } }) });
    await host.service.test(id, { event: 'task.ended', task: { output: { count: 'many' } } });
    await host.lines(id, 1);
    expect(wordsOf(linesOf(id))[0]).toMatch(/^skipped: Could not start: .*count/);
  });
});

describe('a trigger that waits for an event', () => {
  // Would catch: a path or an input that is misspelt and found out when the event comes.
  test('is refused when it asks for what no such event has, or gives what the command does not take', async () => {
    const command = await host.command({
      input_schema: { type: 'object', properties: { count: { type: 'number' }, text: { type: 'string' } } },
    });
    const make = (more: Partial<EventTrigger>) => host.make(command, { trigger: onEnd(more) });
    await expect(make({ map: { text: '/task/nmae' } })).rejects.toThrow(/no such event has/);
    await expect(make({ where: { '/proxy/id': ['x'] } })).rejects.toThrow(/no such event has/);
    await expect(make({ map: { txet: '/task/id' } })).rejects.toThrow(/no input of this command/);
    await expect(make({ map: { count: '/task/status' } })).rejects.toThrow(/count/);
    const { id } = await make({ map: { text: '/task/status' } });
    await expect(host.service.update(id, { trigger: onEnd({ map: { text: '/task/labels' } }) }, {})).rejects.toThrow(
      /text/,
    );
  });

  test('is tried out with its own example; a schedule of times or one that is off is not', async () => {
    const command = await host.command({ input_schema: { type: 'object', properties: { who: { type: 'string' } } } });
    const { id } = await host.make(command, { trigger: onEnd({ map: { who: '/task/command_name' } }) });
    const { event } = await host.service.test(id);
    expect(event).toMatchObject({ event: 'task.ended', at: '2026-01-01T09:30:00.000Z' });
    await host.lines(id, 1);
    expect(host.tasksOf(id)).toMatchObject([{ input: { who: 'Collect' } }]);
    await host.service.update(id, { enabled: false }, {});
    await expect(host.service.test(id)).rejects.toThrow(/switched off/);
    const timed = await host.make(command, {});
    await expect(host.service.test(timed.id)).rejects.toThrow(/runs at times/);
  });
});
