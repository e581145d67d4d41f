import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimFrom, endWith, newTask } from '../../../../../tests/support/task-store.ts';
import { callOf, openTaskHost, type TaskHost, thrownBy } from '../../../../../tests/support/tasks.ts';
import { Artifact } from '../../../../contract/automation/artifacts.ts';
import { taskOperations } from '../../../../contract/automation/task-operations.ts';
import { TaskDetail, TaskEvent } from '../../../../contract/automation/tasks.ts';
import type { CommandId } from '../../../../contract/kernel/scalars.ts';
import { OPERATOR } from '../../../core/operation/operator.ts';
import { problem } from '../model/problems.ts';

let host: TaskHost;
beforeEach(async () => {
  host = openTaskHost();
  await host.tasks.start();
});
afterEach(() => host.dispose());

describe('reading', () => {
  test('lists filter, page without overlap, and count without scanning', async () => {
    const now = Date.now();
    const rows = Array.from({ length: 120 }, (_, i) =>
      newTask(now, {
        priority: i % 4,
        labels: JSON.stringify(i % 10 === 0 ? ['tenth', `n${i}`] : []),
        command_name: `Job ${i}`,
        status: 'scheduled',
        due_at: now + 1e9,
      }),
    );
    host.store.insert(rows);
    const { service } = host.tasks;
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = service.list({ limit: 50, cursor, count: true });
      seen.push(...page.items.map((task) => task.id));
      expect(page.total).toBe(120);
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
    expect(new Set(seen).size).toBe(120);
    const ids = (filter: Partial<Parameters<typeof service.list>[0]>) =>
      service.list({ limit: 200, count: true, ...filter });
    expect(ids({ label: ['tenth'] }).total).toBe(12);
    expect(ids({ label: ['n10', 'n20'] }).items).toHaveLength(2);
    expect(ids({ priority: ['urgent', 'batch'] }).items).toHaveLength(60);
    expect(ids({ q: 'Job 11' }).items.map((task) => task.command_name)).toContain('Job 110');
    expect(ids({ q: '100%' }).items).toHaveLength(0);
    expect(ids({ status: ['queued', 'scheduled'] }).total).toBe(120);
    expect(ids({ status: ['running'] }).total).toBe(0);
    const foreign = service.list({ limit: 10, count: false, priority: ['low'] }).next_cursor ?? '';
    expect((await thrownBy(() => service.list({ limit: 10, count: false, cursor: foreign }))).slug).toBe(
      'validation-error',
    );
  });

  test('answers match the contract', async () => {
    const command = await host.command();
    const task = await host.run(command, [
      ['step', [1, 'a']],
      ['artifact', ['x.txt', 'x']],
      ['succeed', { a: 1 }],
    ]);
    await host.ends(task.id);
    const context = callOf();
    const { handlers } = host.tasks;
    TaskDetail.parse(await handlers.tasks_get({ id: task.id }, context));
    taskOperations.tasks_list.output.parse(await handlers.tasks_list({ limit: 50, count: true }, context));
    taskOperations.tasks_logs.output.parse(await handlers.tasks_logs({ id: task.id, count: true, limit: 10 }, context));
    taskOperations.tasks_stats.output.parse(await handlers.tasks_stats({ hours: 24 }, context));
    const { items } = await handlers.artifacts_list({ id: task.id }, context);
    const artifact = Artifact.parse(items[0]);
    const content = await handlers.artifacts_content({ id: artifact.id }, context);
    expect(content).toMatchObject({ name: 'x.txt', bytes: 1, mime: 'text/plain' });
    expect(host.tasks.service.openContent(artifact.id)?.path).toMatch(/x\.txt$/);
    expect(host.tasks.service.openContent('art_nothing')).toBeNull();
    await handlers.tasks_delete({ id: task.id }, context);
    expect(host.tasks.service.openContent(artifact.id)).toBeNull();
  });

  test('events of a task can be followed from any point and end with it', async () => {
    const command = await host.command();
    const task = await host.run(command, [
      ['step', [1, 'a']],
      ['endStep', [1]],
      ['artifact', ['p.png', 'x']],
      ['succeed', 1],
    ]);
    const follow = async (since?: number) => {
      const items: TaskEvent[] = [];
      for await (const item of host.tasks.service.follow(task.id, since, new AbortController().signal))
        items.push(TaskEvent.parse(item));
      return items;
    };
    const live = await follow();
    expect(live.map((event) => event.type).filter((type) => type !== 'progress')).toEqual(
      expect.arrayContaining(['status', 'step', 'screenshot', 'end']),
    );
    expect(live.at(-1)).toMatchObject({ type: 'end', data: { status: 'succeeded' } });
    expect(await follow()).toEqual(live);
    expect(await follow(live[1]?.seq)).toEqual(live.slice(2));
    expect(await follow(live.at(-1)?.seq)).toEqual([]);

    host.events.prune(Date.now() + 1000, 0, 100_000);
    host.events.append({ type: 'host.warning', entity: 'host', id: 'x' });
    const gone = await thrownBy(() => follow(1));
    expect(gone).toMatchObject({ slug: 'cursor-expired', status: 410 });
    expect((await follow()).map((event) => event.type)).toEqual(['end']);
  });

  test('a hundred followers of one task all see every event', async () => {
    const command = await host.command();
    const task = await host.run(command, [
      ['wait', 50],
      ['steps', 300],
      ['succeed', 1],
    ]);
    const all = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const seqs: number[] = [];
        for await (const item of host.tasks.service.follow(task.id, undefined, new AbortController().signal)) {
          if ('seq' in item) seqs.push(item.seq);
        }
        return seqs.join();
      }),
    );
    expect(new Set(all).size).toBe(1);
    expect(all[0]?.split(',').length).toBeGreaterThan(600);
  });

  test('statistics of the last hours count outcomes and name failures', () => {
    const end = (more: Parameters<typeof endWith>[0]) => {
      host.store.insert([newTask(Date.now())]);
      const claimed = claimFrom(host.store, Date.now());
      host.store.finish(claimed?.attempt_token ?? '', endWith(more));
      return claimed?.id;
    };
    host.settings.update({ 'executor.paused': true });
    end({});
    end({});
    end({ name: 'fail', attemptStatus: 'failed', error: problem('script-error') });
    const last = end({ name: 'fail', attemptStatus: 'failed', error: problem('script-error') });
    end({ name: 'cancel', attemptStatus: 'cancelled', error: problem('cancelled') });
    const stats = host.tasks.service.stats(24);
    expect(stats).toMatchObject({ succeeded: 2, failed: 2, success_rate: 0.5 });
    expect(stats.failures).toEqual([{ code: 'script_error', count: 2, last_task_id: last }]);
    expect(stats.buckets).toHaveLength(24);
    expect(stats.buckets.reduce((sum, bucket) => sum + bucket.succeeded, 0)).toBe(2);
  });
});

describe('retention', () => {
  test('deletes finished tasks that are old or too much, with their files, and nothing else', async () => {
    const command = await host.command();
    const old = await host.run(command, [['artifact', ['a.txt', 'x'.repeat(1000)]]]);
    const young = await host.run(command, []);
    await Promise.all([host.ends(old.id), host.ends(young.id)]);
    const running = await host.run(command, [['hang', null]]);
    const scheduled = await host.run(command, [], { run_at: new Date(Date.now() + 3_600_000).toISOString() });
    await host.becomes(running.id, 'running');
    host.db.raw.prepare('UPDATE task SET created_at = 1, finished_at = 1 WHERE id = ?').run(old.id);
    mkdirSync(path.join(host.paths.tasks, 'tsk_00000000000000000000000000'));

    expect(await host.tasks.prune()).toBe(1);
    expect([old, young, running, scheduled].map((task) => host.store.exists(task.id))).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect(existsSync(path.join(host.paths.tasks, old.id))).toBe(false);
    expect(existsSync(path.join(host.paths.tasks, 'tsk_00000000000000000000000000'))).toBe(false);

    host.db.raw.prepare('UPDATE task SET bytes = ? WHERE id = ?').run(60 * 1_048_576, young.id);
    host.settings.update({ 'retention.artifacts_mb': 50 });
    expect(await host.tasks.prune()).toBe(1);
    expect(host.store.usedBytes()).toBe(0);
    expect([running, scheduled].map((task) => host.store.exists(task.id))).toEqual([true, true]);
    await host.tasks.service.cancel(running.id, true);
  });
});

test('the command of a task that has been deleted can be shown still', async () => {
  const command = await host.command();
  const task = await host.run(command, []);
  await host.ends(task.id);
  host.commandService.remove(command.id as CommandId, 'test');
  expect(host.tasks.service.get(task.id).command_name).toBe('Test');
  expect((await thrownBy(() => host.tasks.service.retry(task.id, OPERATOR, { as_then: false }))).slug).toBe(
    'not-found',
  );
  expect((await host.tasks.service.retry(task.id, OPERATOR, { as_then: true })).status).toBe('queued');
});
