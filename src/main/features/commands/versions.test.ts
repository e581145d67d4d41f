import { describe, expect, test } from 'vitest';
import { commandsOn, httpCommand } from '../../../../tests/support/commands.ts';
import { openTestCore } from '../../../../tests/support/core.ts';

describe('versions', () => {
  // Would catch: two operators of whom the second overwrites the first, because sealing let the first one in between.
  test('of two edits at the same time one wins and the other is told', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    const { id } = await service.create(httpCommand({ defaults: { user: 'demo', password: 'one' } }), 'anna');
    const edits = await Promise.allSettled([
      service.update(id, { defaults: { user: 'anna', password: 'two' } }, 'anna', {}),
      service.update(id, { defaults: { user: 'ben', password: 'three' } }, 'ben', {}),
    ]);
    expect(edits.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(edits.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { slug: 'version-conflict' } });
    expect(service.versions(id).map(({ version }) => version)).toEqual([2, 1]);
    expect((await service.snapshot(id)).defaults.password).toBe('two');
  });

  test('that are deleted while they are sealed are not brought back by the edit', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    const { id } = await service.create(httpCommand(), 'anna');
    const editing = service.update(id, { defaults: { user: 'demo', password: 'one' } }, 'anna', {});
    service.remove(id, 'ben');
    await expect(editing).rejects.toMatchObject({ slug: 'not-found' });
    expect(service.list({ limit: 10, count: true }).total).toBe(0);
  });

  test('count on through deleting and restoring, and name who did it', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    const { id } = await service.create(httpCommand(), 'anna');
    service.remove(id, 'ben');
    expect(service.restore(id, 'cleo')).toMatchObject({ id, version: 3 });
    expect(() => service.restore(id, 'cleo')).toThrow(expect.objectContaining({ slug: 'not-found' }));
    expect(service.versions(id).map(({ version, by }) => [version, by])).toEqual([
      [3, 'cleo'],
      [2, 'ben'],
      [1, 'anna'],
    ]);
    expect(core.events.list(0, 10).map(({ type, version }) => [type, version])).toEqual([
      ['command.created', 1],
      ['command.deleted', 2],
      ['command.created', 3],
    ]);
  });

  // Catches a history in which a version that was restored looks like one that somebody typed.
  test('tell from which version they were restored; one that does not exist cannot be', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    const { id } = await service.create(httpCommand({ timeout_seconds: 5 }), 'anna');
    await service.update(id, { timeout_seconds: 50 }, 'anna', {});
    await service.update(id, { timeout_seconds: 5, restored_from: 1 }, 'ben', {});
    await expect(service.update(id, { restored_from: 9 }, 'ben', {})).rejects.toMatchObject({ slug: 'not-found' });
    expect(service.versions(id).map(({ version, restored_from }) => [version, restored_from])).toEqual([
      [3, 1],
      [2, null],
      [1, null],
    ]);
    expect(service.atVersion(id, 3)).not.toHaveProperty('restored_from');
  });

  test('are found by their number only, and a task can be made from each', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    const { id } = await service.create(httpCommand({ timeout_seconds: 5 }), 'anna');
    await service.update(id, { timeout_seconds: 50 }, 'anna', {});
    expect(await service.snapshot(id, 1)).toMatchObject({ version: 1, timeout_seconds: 5 });
    expect(await service.snapshot(id)).toMatchObject({ version: 2, timeout_seconds: 50 });
    for (const version of [0, 3, -1]) {
      expect(() => service.atVersion(id, version)).toThrow(expect.objectContaining({ slug: 'not-found' }));
      await expect(service.snapshot(id, version)).rejects.toMatchObject({ slug: 'not-found' });
    }
  });

  test('that are switched off make no task, in whatever version', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    const { id } = await service.create(httpCommand(), 'anna');
    await service.update(id, { enabled: false }, 'anna', {});
    for (const version of [undefined, 1])
      await expect(service.snapshot(id, version)).rejects.toMatchObject({ slug: 'invalid-state' });
  });

  // Would catch: null that is stored as null where the wire promises a value.
  test('null sets a member back to what a new command has; one that has nothing by itself stays', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    const fresh = await service.create(httpCommand(), 'anna');
    const { id } = await service.create(
      httpCommand({ timeout_seconds: 5, tags: ['a'], folder: 'f', enabled: false }),
      'anna',
    );
    const cleared = {
      name: null,
      spec: null,
      timeout_seconds: null,
      tags: null,
      folder: null,
      enabled: null,
      retry: null,
    };
    const { timeout_seconds, tags, folder, enabled, retry, name, spec } = fresh;
    expect(await service.update(id, cleared, 'anna', {})).toMatchObject({
      ...{ timeout_seconds, tags, folder, enabled, retry, name, spec },
      version: 2,
    });
  });
});
