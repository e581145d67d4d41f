import { expect, test } from 'vitest';
import { openTestCore } from '../../../tests/support/core.ts';
import { newId, newRequestId } from './ids.ts';
import { createAudit } from './log/audit.ts';
import { createTickets } from './operation/tickets.ts';
import { createSecrets } from './secrets/secrets.ts';

test('a rolled-back transaction tells nobody and keeps nothing', async () => {
  using core = openTestCore();
  const heard: string[] = [];
  core.events.subscribe((changes) => heard.push(...changes.map((change) => change.type)));
  expect(() =>
    core.db.transaction(() => {
      core.events.append({ type: 'task.created', entity: 'task', id: '1' });
      throw new Error('no');
    }),
  ).toThrow('no');
  core.db.transaction(() => core.events.append({ type: 'profile.created', entity: 'profile', id: '2' }));
  await Promise.resolve();
  expect(heard).toEqual(['profile.created']);
  expect(core.events.list(0, 10).map((change) => change.type)).toEqual(['profile.created']);
});

test('subscribers hear of a change only after its transaction has committed', async () => {
  using core = openTestCore();
  let inside: boolean | undefined;
  core.events.subscribe(() => {
    inside = core.db.raw.inTransaction;
  });
  core.db.transaction(() => core.events.append({ type: 'task.created', entity: 'task', id: '1' }));
  await Promise.resolve();
  expect(inside).toBe(false);
});

test('sequence numbers are never used twice, even when the newest events are pruned', () => {
  using core = openTestCore();
  const first = core.events.append({ type: 'task.created', entity: 'task', id: '1' });
  core.clock.advance(1000);
  expect(core.events.prune(core.clock.now(), 1000, 10)).toBe(1);
  expect(core.events.append({ type: 'task.updated', entity: 'task', id: '1' })).toBe(first + 1);
  expect(core.events.oldest()).toBe(first + 1);
});

test('settings: all or nothing, null restores the default, a flag wins over what is stored', () => {
  using core = openTestCore({ port: 9999 });
  const changed: string[][] = [];
  core.settings.onChange((keys) => changed.push(keys));
  expect(() => core.settings.update({ 'executor.max_running': 8, port: 'x', nonsense: 1 })).toThrow(/port/);
  expect(core.settings.get('executor.max_running')).toBe(4);
  core.settings.update({ 'executor.max_running': 8, port: 1234 });
  expect(core.settings.get('executor.max_running')).toBe(8);
  expect(core.settings.get('port')).toBe(9999);
  core.settings.update({ 'executor.max_running': null });
  expect(core.settings.get('executor.max_running')).toBe(4);
  expect(changed).toEqual([['executor.max_running'], ['executor.max_running']]);
});

test('secrets: sealed at rest, bound to their id, useless under another key', async () => {
  using core = openTestCore();
  const id = await core.secrets.put('task:1', 'correct horse battery staple');
  expect(await core.secrets.get(id)).toBe('correct horse battery staple');
  const row = core.db.raw.prepare<[], { box: Buffer }>('SELECT box FROM secret').get();
  expect(row?.box.includes(Buffer.from('horse'))).toBe(false);
  const other = await core.secrets.put('task:2', 'another value entirely');
  core.db.raw
    .prepare(
      'UPDATE secret SET box = (SELECT box FROM secret WHERE id = ?), nonce = (SELECT nonce FROM secret WHERE id = ?) WHERE id = ?',
    )
    .run(other, other, id);
  await expect(core.secrets.get(id)).rejects.toThrow(/cannot be opened/);
  const foreign = createSecrets(core.db, core.clock, async () => ({
    backend: 'file',
    weak: true,
    detail: '',
    key: async () => Buffer.alloc(32, 9),
  }));
  await expect(foreign.get(other)).rejects.toThrow(/cannot be opened/);
  core.secrets.removeOwner('task:2');
  await expect(core.secrets.get(other)).rejects.toThrow(/gone/);
});

test('the audit chain finds an edited, a removed and an inserted line', async () => {
  using core = openTestCore();
  const audit = createAudit(core.db, core.clock);
  for (let n = 0; n < 5; n++)
    audit.record({ principal: 'panel', door: 'ipc', op: 'tasks_create', target: `t${n}`, outcome: 'ok' });
  expect(await audit.verify()).toEqual({ ok: true, entries: 5, broken_at: null });
  core.db.raw.exec("UPDATE audit SET target = 'forged' WHERE seq = 3");
  expect((await audit.verify()).broken_at).toBe(3);
  core.db.raw.exec("UPDATE audit SET target = 't2' WHERE seq = 3; DELETE FROM audit WHERE seq = 2");
  expect((await audit.verify()).broken_at).toBe(3);
});

test('a ticket opens one thing once and only for a while', () => {
  using core = openTestCore();
  const tickets = createTickets(core.clock);
  const { ticket } = tickets.issue('artifacts_content', 'art_1');
  expect(tickets.redeem('uploads_create', 'art_1', ticket)).toBe(false);
  expect(tickets.redeem('artifacts_content', 'art_2', ticket)).toBe(false);
  expect(tickets.redeem('artifacts_content', 'art_1', ticket)).toBe(true);
  expect(tickets.redeem('artifacts_content', 'art_1', ticket)).toBe(false);
  const late = tickets.issue('artifacts_content', 'art_1');
  core.clock.advance(5 * 60_000);
  expect(tickets.redeem('artifacts_content', 'art_1', late.ticket)).toBe(false);
});

test('ids sort by creation and fit the contract', () => {
  const ids = Array.from({ length: 1000 }, () => newId('task'));
  expect([...ids].sort()).toEqual(ids);
  expect(ids[0]).toMatch(/^tsk_[0-9a-hjkmnp-tv-z]{26}$/);
  expect(newRequestId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/);
});
