import { expect, test } from 'vitest';
import type { Change } from '../../../contract/host/telemetry.ts';
import { noTouch, touch } from './touch.ts';

const of: Omit<Change, 'type' | 'entity' | 'id'> = { seq: 1, version: 2, at: '2026-11-20T10:00:00.000Z', data: null };

test('a step concerns its task only: no list is asked again for it', () => {
  const batch = noTouch();
  touch(batch, { ...of, type: 'task.step', entity: 'task', id: 'tsk_1' });
  expect(batch.ops.size).toBe(0);
  expect([...(batch.byId.get('tasks_get') ?? [])]).toEqual(['tsk_1']);
});

// Catches a pool and an exit that stand still while their proxies are checked.
test('a check of a proxy asks for its row and for what sums proxies up', () => {
  const batch = noTouch();
  touch(batch, { ...of, type: 'proxy.checked', entity: 'proxy', id: 'prx_1' });
  expect([...batch.ops].sort()).toEqual(['pools_get', 'pools_list', 'profiles_exit']);
  expect([...(batch.byId.get('proxies_get') ?? [])]).toEqual(['prx_1']);
});

// Catches "last used" of a key that stands still while programs use it.
test('the use of a key asks for its row again, and for nothing else', () => {
  const batch = noTouch();
  touch(batch, { ...of, type: 'key.used', entity: 'key', id: 'key_1' });
  expect([...batch.lists]).toEqual([['keys_list', new Map([['key_1', false]])]]);
  expect(batch.ops.size + batch.byId.size).toBe(0);
});

// Catches the "last run" of a command that goes back to an older task, because that task ended later.
test('of two tasks of a command, the younger one is its last run, whichever event came last', () => {
  const batch = noTouch();
  const told = (id: string, status: string) =>
    touch(batch, {
      ...{ ...of, type: 'task.updated', entity: 'task', id },
      data: { status, command_id: 'cmd_1', created_at: of.at, finished_at: null, error_code: null },
    });
  told('tsk_00000000000000000000000002', 'running');
  told('tsk_00000000000000000000000001', 'failed');
  expect(batch.newest.get('commands_list')?.get('cmd_1')?.value).toMatchObject({ status: 'running' });
  told('tsk_00000000000000000000000002', 'succeeded');
  expect(batch.newest.get('commands_list')?.get('cmd_1')?.value).toMatchObject({ status: 'succeeded' });
});
