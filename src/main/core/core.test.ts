import { expect, test } from 'vitest';
import { openTestCore } from '../../../tests/support/core.ts';
import { beginHistory, createEvents } from './events.ts';
import { newId, newRequestId } from './ids.ts';
import { createAudit } from './log/audit.ts';
import { createTickets } from './operation/tickets.ts';
import { createSecrets } from './secrets/secrets.ts';

test('a rolled-back transaction notifies no listener and keeps nothing', async () => {
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
  core.events.append({ type: 'task.created', entity: 'task', id: '1' });
  const first = core.events.head();
  core.clock.advance(1000);
  expect(core.events.prune(core.clock.now(), 1000, 10)).toBe(1);
  core.events.append({ type: 'task.updated', entity: 'task', id: '1' });
  expect(core.events.oldest()).toBe(first + 1);
});

// Would catch: clients that take the numbers of a restored database for those of the one that it replaced.
test('a history keeps its name over restarts until another one is begun', () => {
  using core = openTestCore();
  const reopened = () => createEvents(core.db, core.clock, core.faults).history;
  expect(reopened()).toBe(core.events.history);
  beginHistory(core.db);
  expect(reopened()).not.toBe(core.events.history);
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
  const audit = createAudit(core);
  for (let n = 0; n < 5; n++)
    audit.record({ principal: 'panel', door: 'ipc', op: 'tasks_create', target: `t${n}`, outcome: 'ok' });
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 5, broken_at: null });
  core.db.raw.exec("UPDATE audit SET target = 'forged' WHERE seq = 3");
  expect((await audit.verify()).broken_at).toBe(3);
  core.db.raw.exec("UPDATE audit SET target = 't2' WHERE seq = 3; DELETE FROM audit WHERE seq = 2");
  expect((await audit.verify()).broken_at).toBe(3);
});

// Red before: an id with a lone surrogate, or one cut in the middle of a pair, made its line count as forged.
test.each([
  'a\uD800b',
  '\uDC00',
  `${'x'.repeat(255)}😀`,
  'nul\0nul',
  '\u202E\u001B[2J',
])('an id of %j leaves the chain of the audit whole', async (id) => {
  using core = openTestCore();
  const audit = createAudit(core);
  audit.record({ principal: id, door: 'http', op: id, target: id, outcome: 'ok' });
  audit.record({ principal: 'panel', door: 'ipc', op: 'tasks_create', target: null, outcome: id });
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 2, broken_at: null });
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
});

// Catches an id without its version, variant or time, and random bytes that are used twice.
test('request ids are of uuid version 7, hold their time, and never come again', () => {
  const before = Date.now();
  const made = Array.from({ length: 5_000 }, newRequestId);
  const after = Date.now();
  for (const id of made) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const time = Number.parseInt(id.slice(0, 13).replace('-', ''), 16);
    expect(time >= before && time <= after).toBe(true);
  }
  expect(new Set(made.map((id) => id.slice(14))).size).toBe(made.length);
});

// Would catch: a line that refers to one that was rolled back, so that the chain is reported as forged for ever.
test('an audit line whose transaction was rolled back leaves the chain whole', async () => {
  using core = openTestCore();
  const audit = createAudit(core);
  const line = { principal: 'panel', door: 'ipc', op: 'tasks_create', target: null, outcome: 'ok' };
  audit.record(line);
  expect(() =>
    core.db.transaction(() => {
      audit.record({ ...line, target: 'undone' });
      throw new Error('undo');
    }),
  ).toThrow('undo');
  audit.record(line);
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 2, broken_at: null });
});

test('a chain longer than one batch is verified to its end, also while it grows', async () => {
  using core = openTestCore();
  const audit = createAudit(core);
  const line = { principal: 'panel', door: 'ipc', op: 'tasks_create', target: null, outcome: 'ok' };
  core.db.transaction(() => {
    for (let n = 0; n < 1200; n++) audit.record({ ...line, target: `täsk "${n}"\n` });
  });
  const verifying = audit.verify();
  await new Promise(setImmediate);
  audit.record(line);
  expect(await verifying).toMatchObject({ ok: true, broken_at: null });
  expect(await createAudit(core).verify()).toMatchObject({ ok: true, entries: 1201, broken_at: null });
  core.db.raw.exec("UPDATE audit SET outcome = 'denied' WHERE seq = 1100");
  expect(await audit.verify()).toMatchObject({ ok: false, entries: 1099, broken_at: 1100, reason: 'edited' });
});

// Would catch: a keyring that was locked at the first secret and stays closed until the host is restarted.
test('a key store that cannot be opened is asked again at the next secret', async () => {
  using core = openTestCore();
  let tries = 0;
  const secrets = createSecrets(core.db, core.clock, async () => {
    tries += 1;
    if (tries === 1) throw new Error('locked');
    return { backend: 'keyring', weak: false, detail: '', key: async () => Buffer.alloc(32, 1) };
  });
  await expect(secrets.put('task:1', 'value')).rejects.toThrow('locked');
  const id = await secrets.put('task:1', 'value');
  expect(await secrets.get(id)).toBe('value');
  expect(tries).toBe(2);
});

test('a secret keeps every character, however long or odd, and equal values look different at rest', async () => {
  using core = openTestCore();
  for (const value of ['', ' ', '\u0000', 'пароль 🔑 \ud83d', 'x'.repeat(1_000_000)]) {
    const id = await core.secrets.put('task:1', value);
    expect(await core.secrets.get(id)).toBe(Buffer.from(value, 'utf8').toString('utf8'));
  }
  const boxes = await Promise.all([core.secrets.seal('a', 'same'), core.secrets.seal('a', 'same')]);
  expect(boxes[0]?.box.equals(boxes[1]?.box ?? Buffer.alloc(0))).toBe(false);
  expect(boxes[0]?.nonce.equals(boxes[1]?.nonce ?? Buffer.alloc(0))).toBe(false);
});

test.each(['nonce', 'box'])('a secret whose %s was changed in one bit is refused', async (column) => {
  using core = openTestCore();
  const id = await core.secrets.put('task:1', 'a value of some length');
  const read = core.db.raw.prepare<[string], { bytes: Buffer }>(`SELECT ${column} AS bytes FROM secret WHERE id = ?`);
  const write = core.db.raw.prepare<[Buffer, string]>(`UPDATE secret SET ${column} = ? WHERE id = ?`);
  const original = read.get(id)?.bytes ?? Buffer.alloc(0);
  for (let at = 0; at < original.length; at++) {
    const changed = Buffer.from(original);
    changed[at] = (changed[at] ?? 0) ^ 1;
    write.run(changed, id);
    await expect(core.secrets.get(id), `byte ${at}`).rejects.toMatchObject({ slug: 'configuration-error' });
  }
  write.run(original, id);
  expect(await core.secrets.get(id)).toBe('a value of some length');
});

// Would catch: a stored secret without the row that names it, or the reverse, after a transaction that failed.
test('sealed values are stored with the transaction around them or not at all', async () => {
  using core = openTestCore();
  const sealed = await core.secrets.seal('task:1', 'value');
  expect(() =>
    core.db.transaction(() => {
      core.secrets.store([sealed]);
      throw new Error('undo');
    }),
  ).toThrow('undo');
  await expect(core.secrets.get(sealed.id)).rejects.toMatchObject({ slug: 'not-found' });
  core.db.transaction(() => core.secrets.store([sealed]));
  expect(await core.secrets.get(sealed.id)).toBe('value');
});

// Would catch: tickets that are asked for in a loop and fill the memory of the host.
test('tickets are bounded: beyond 100 000 the oldest end first', () => {
  using core = openTestCore();
  const tickets = createTickets(core.clock);
  const first = tickets.issue('artifacts_content', 'first').ticket;
  const second = tickets.issue('artifacts_content', 'second').ticket;
  for (let n = 0; n < 99_999; n++) tickets.issue('artifacts_content', `art_${n}`);
  expect(tickets.redeem('artifacts_content', 'first', first)).toBe(false);
  expect(tickets.redeem('artifacts_content', 'second', second)).toBe(true);
});
