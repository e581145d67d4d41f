import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR, openScheduleHost, type ScheduleHost } from '../../../../../tests/support/schedules.ts';
import { githubHeaders, standardHeaders } from '../../../../../tests/support/webhooks.ts';
import type { Schedule } from '../../../../contract/automation/schedule/schedules.ts';
import type { Trigger } from '../../../../contract/automation/schedule/triggers.ts';
import type { ScheduleId } from '../../../../contract/kernel/scalars.ts';

let host: ScheduleHost;
beforeEach(async () => {
  host = openScheduleHost('2026-01-01T09:30:00Z');
  await host.start();
});
afterEach(() => host.dispose());

type Webhook = Extract<Trigger, { kind: 'webhook' }>;
const onWebhook = (more: Partial<Webhook> = {}): Webhook => ({
  ...{ kind: 'webhook', where: {}, map: {}, min_interval_seconds: 0, ...more },
});
/** A schedule with a secret. */
async function waiting(more: Partial<Webhook> = {}, rest: object = {}) {
  const schema = { type: 'object', properties: { ref: { type: 'string' }, of: {} } };
  const command = await host.command({ input_schema: schema });
  const { id } = await host.make(command, { trigger: onWebhook(more), overlap: 'queue', ...rest });
  const { secret } = await host.webhooks.renewSecret(id);
  return { id, secret, command };
}
/** Delivers as a sender does that follows the standard. */
const deliver = ({ id, secret }: { id: string; secret: string }, name: string, body: string) =>
  host.webhooks.deliver({ id, body, headers: standardHeaders(secret, name, body, host.clock.now()) });
const linesOf = (id: ScheduleId) =>
  host.service.ticks(id, { limit: 200 }).items.map(({ outcome, reason, event_id }) => ({ outcome, reason, event_id }));
const secretsKept = () => host.db.raw.prepare("SELECT count(*) FROM secret WHERE owner LIKE '%webhook%'").pluck().get();
const refusedOf = (id: ScheduleId) => host.service.get(id).webhook?.refused?.reason;

describe('a delivery', () => {
  // Would catch: an event that is acknowledged and starts nothing, or does not give the command what it tells.
  test('makes its task with what its body tells', async () => {
    const hook = await waiting({ map: { ref: '/body/ref', of: '/delivery/id' }, where: { '/body/ref': ['main'] } });
    expect(host.service.get(hook.id)).toMatchObject({ words: 'When a webhook comes (ref: main)', next_run_at: null });
    expect(await deliver(hook, 'msg_1', '{"ref":"main"}')).toEqual({ event_id: 'webhook:msg_1', outcome: 'stored' });
    await host.lines(hook.id, 1);
    expect(host.tasksOf(hook.id)).toMatchObject([{ input: { ref: 'main', of: 'msg_1' }, schedule_id: hook.id }]);
    expect(linesOf(hook.id)).toMatchObject([{ outcome: 'ran', event_id: 'webhook:msg_1' }]);
  });

  // Would catch: a retry of the sender that starts a second task, before and after the first one has its line, and after a restart.
  test('that comes again starts nothing more, whenever it comes', async () => {
    const hook = await waiting();
    const again = () => deliver(hook, 'msg_1', '{}');
    expect((await again()).outcome).toBe('stored');
    expect(await again()).toEqual({ event_id: 'webhook:msg_1', outcome: 'duplicate' });
    await host.lines(hook.id, 1);
    await host.restart();
    await host.pass(HOUR);
    expect((await again()).outcome).toBe('duplicate');
    expect(host.tasksOf(hook.id)).toHaveLength(1);
  });

  // Would catch: somebody who has seen a delivery of GitHub and repeats it under other ids.
  test('of GitHub that is repeated under another id is the same one', async () => {
    const hook = await waiting({ map: { of: '/delivery/type' } });
    const send = (name: string) =>
      host.webhooks.deliver({ id: hook.id, body: '{"n":1}', headers: githubHeaders(hook.secret, name, '{"n":1}') });
    expect(await send('first')).toEqual({ event_id: 'webhook:first', outcome: 'stored' });
    expect(await send('second')).toEqual({ event_id: 'webhook:first', outcome: 'duplicate' });
    await host.lines(hook.id, 1);
    expect(host.tasksOf(hook.id)).toMatchObject([{ input: { of: 'push' } }]);
  });

  // Would catch: an id that means the same for two schedules, or for an event of the product and a delivery.
  test('belongs to its schedule', async () => {
    const [one, two] = [await waiting(), await waiting()];
    expect((await deliver(one, 'same', '{}')).outcome).toBe('stored');
    expect((await deliver(two, 'same', '{}')).outcome).toBe('stored');
    await expect(deliver({ id: two.id, secret: one.secret }, 'other', '{}')).rejects.toThrow(/^Not taken/);
  });

  // Would catch: a delivery that is left out without a word, or that is worked on when it is sent again.
  test('that the conditions leave out has a line that says so', async () => {
    const hook = await waiting({ where: { '/body/ref': ['main'] } });
    expect((await deliver(hook, 'msg_1', '{"ref":"dev"}')).outcome).toBe('ignored');
    expect((await deliver(hook, 'msg_1', '{"ref":"dev"}')).outcome).toBe('duplicate');
    expect(linesOf(hook.id)).toEqual([
      { outcome: 'skipped', reason: 'Left out by “Only when”', event_id: 'webhook:msg_1' },
    ]);
  });

  test.for([
    ['an empty one', '', null],
    ['a list', '[1,[2]]', [1, [2]]],
    ['text', '"x"', 'x'],
  ] as const)('may have a body that is %s', async ([_what, body, given]) => {
    const hook = await waiting({ map: { of: '/body' } });
    await deliver(hook, 'msg_1', body);
    await host.lines(hook.id, 1);
    expect(host.tasksOf(hook.id)).toMatchObject([{ input: { of: given } }]);
  });

  // Would catch: a body that is worked on before it is looked at, and a refused one whose id is taken for ever.
  test('whose body is none is told so, can be corrected, and its schedule says what was wrong', async () => {
    const hook = await waiting();
    await expect(deliver(hook, 'msg_1', '{')).rejects.toMatchObject({ slug: 'invalid-json' });
    expect(refusedOf(hook.id)).toBe('The body is no JSON.');
    await expect(deliver(hook, 'msg_1', `${'['.repeat(100)}${']'.repeat(100)}`)).rejects.toThrow(/levels/);
    expect((await deliver(hook, 'msg_1', '{}')).outcome).toBe('stored');
  });
});

describe('what is not believed', () => {
  // Would catch: an answer that tells which schedules there are, which are on, or why a signature is wrong.
  test('is answered alike, whatever is wrong', async () => {
    const hook = await waiting();
    const off = await waiting({}, { enabled: false });
    const bare = await host.make(hook.command, { trigger: onWebhook() });
    const timed = await host.make(hook.command, {});
    const gone = await waiting();
    host.service.remove(gone.id);
    const told = async (id: string, secret: string, at = host.clock.now()) => {
      const headers = standardHeaders(secret, 'msg_1', '{}', at);
      const error = await host.webhooks.deliver({ id, body: '{}', headers }).catch((thrown: unknown) => thrown);
      const { message, slug, status, extra } = error as Record<string, unknown>;
      return { message, slug, status, extra };
    };
    const all = [
      await told('sch_nobody', hook.secret),
      await told(hook.id, off.secret),
      await told(hook.id, hook.secret, host.clock.now() - HOUR),
      await told(off.id, off.secret),
      await told(bare.id, hook.secret),
      await told(timed.id, hook.secret),
      await told(gone.id, gone.secret),
    ];
    expect(all[0]).toMatchObject({ slug: 'unauthorized', status: 401, extra: {} });
    for (const one of all) expect(one).toEqual(all[0]);
    expect(linesOf(hook.id)).toEqual([]);
  });

  // Would catch: a flood of wrong signatures that writes to the disk, and a person who cannot find out why nothing comes.
  test('is noted for whoever looks after the schedule, seldom', async () => {
    const hook = await waiting();
    const wrong = (headers: object) =>
      host.webhooks.deliver({ id: hook.id, body: '{}', headers }).catch((error: Error) => error.message);
    const head = host.events.head();
    await wrong({});
    expect(refusedOf(hook.id)).toBe('It has no signature');
    for (let n = 0; n < 50; n++) await wrong({ 'x-hub-signature-256': 'sha256=00' });
    expect(refusedOf(hook.id)).toBe('It has no signature');
    expect(host.events.head() - head).toBe(1);
    host.clock.advance(2000);
    await wrong({ 'x-hub-signature-256': 'sha256=00' });
    expect(refusedOf(hook.id)).toBe('Its signature is wrong');
  });
});

describe('a secret', () => {
  // Would catch: a secret that can be read back, an old one that still opens, one that outlives its schedule.
  test('is sealed, ends when it is renewed, and goes with its trigger', async () => {
    const hook = await waiting();
    expect(hook.secret).toMatch(/^whsec_[\w+/]{43}=$/);
    const shown = JSON.stringify(host.service.get(hook.id));
    expect(shown).toContain(`"hint":"${hook.secret.slice(-4)}"`);
    expect(shown).not.toContain(hook.secret);
    const rows = host.db.raw.prepare('SELECT * FROM schedule_hook').all();
    expect(JSON.stringify(rows)).not.toContain(hook.secret);
    const { secret, url } = await host.webhooks.renewSecret(hook.id);
    expect(url).toBe(`http://127.0.0.1:8080/v1/hooks/${hook.id}`);
    await expect(deliver(hook, 'msg_1', '{}')).rejects.toThrow(/^Not taken/);
    expect((await deliver({ id: hook.id, secret }, 'msg_1', '{}')).outcome).toBe('stored');
    expect(secretsKept()).toBe(1);
    await host.service.update(hook.id, { trigger: { kind: 'interval', seconds: 60 } }, {});
    expect(host.service.get(hook.id).webhook).toBeNull();
    expect(secretsKept()).toBe(0);
    await host.service.update(hook.id, { trigger: onWebhook() }, {});
    await expect(deliver({ id: hook.id, secret }, 'msg_2', '{}')).rejects.toThrow(/^Not taken/);
  });

  test('goes with its schedule, for good', async () => {
    const hook = await waiting();
    host.service.remove(hook.id);
    host.service.restore(hook.id);
    expect((await deliver(hook, 'msg_1', '{}')).outcome).toBe('stored');
    host.service.remove(hook.id);
    host.service.purge(host.clock.now() + 1);
    expect(secretsKept()).toBe(0);
    for (const table of ['schedule_hook', 'schedule_delivery'])
      expect(host.db.raw.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBe(0);
  });

  // Would catch: a delivery that was believed while its schedule was switched off or its secret renewed.
  test('that is renewed while a delivery is judged does not let it in', async () => {
    const hook = await waiting();
    const judged = deliver(hook, 'msg_1', '{}');
    const renewed = host.webhooks.renewSecret(hook.id);
    const off = host.service.update(hook.id, { enabled: false }, {});
    const [outcome] = await Promise.allSettled([judged, renewed, off]);
    await expect(deliver(hook, 'msg_2', '{}')).rejects.toThrow(/^Not taken/);
    if (outcome.status === 'fulfilled') expect(outcome.value.outcome).toBe('stored');
    expect(host.tasksOf(hook.id).length + linesOf(hook.id).length).toBeLessThanOrEqual(1);
  });

  test('is made for schedules that wait for a webhook only', async () => {
    const { id } = await host.make(await host.command(), {});
    await expect(host.webhooks.renewSecret(id)).rejects.toThrow(/does not wait for a webhook/);
    await expect(host.webhooks.renewSecret('sch_nobody' as ScheduleId)).rejects.toMatchObject({ slug: 'not-found' });
  });
});

describe('how much', () => {
  // Would catch: a sender that fills the disk, a limit that starts anew with the program, or that outlasts its minute.
  test('a schedule takes in a minute is limited', async () => {
    const hook = await waiting({ where: { '/body': ['none'] } });
    for (let n = 0; n < 300; n++) await deliver(hook, `msg_${n}`, '{}');
    await expect(deliver(hook, 'more', '{}')).rejects.toMatchObject({ slug: 'too-many-requests' });
    expect((await deliver(hook, 'msg_299', '{}')).outcome).toBe('duplicate');
    await host.restart();
    await expect(deliver(hook, 'more', '{}')).rejects.toMatchObject({ extra: { retry_after: 60 } });
    host.clock.advance(60_001);
    expect((await deliver(hook, 'more', '{}')).outcome).toBe('ignored');
  });

  // Would catch: a delivery that is acknowledged although it is not kept.
  test('waits for a schedule is limited, and what is refused can come again', async () => {
    const hook = await waiting({ min_interval_seconds: 86_400 });
    const first = await deliver(hook, 'first', '{}');
    expect(first.outcome).toBe('stored');
    await host.lines(hook.id, 1);
    const fill = host.db.raw.prepare(
      'INSERT INTO schedule_event (schedule_id, event_id, at, depth, data) VALUES (?, ?, 0, 1, ?)',
    );
    for (let n = 0; n < 1000; n++) fill.run(hook.id, `old_${n}`, '{}');
    await expect(deliver(hook, 'more', '{}')).rejects.toMatchObject({ slug: 'resource-limit-exceeded' });
    host.db.raw.prepare("DELETE FROM schedule_event WHERE event_id = 'old_0'").run();
    expect((await deliver(hook, 'more', '{}')).outcome).toBe('stored');
  });

  // Would catch: a table that grows for ever, and a chore that takes what still keeps a repeated delivery out.
  test('is kept of deliveries is limited, by age and by number', async () => {
    const hook = await waiting();
    await deliver(hook, 'new', '{}');
    await host.lines(hook.id, 1);
    const now = host.clock.now();
    const add = host.db.raw.prepare(
      'INSERT INTO schedule_delivery (schedule_id, event_id, proof, at) VALUES (?, ?, randomblob(32), ?)',
    );
    host.db.transaction(() => {
      for (let n = 0; n < 10_500; n++) add.run(hook.id, `old_${n}`, now - 1000 - n);
      for (let n = 0; n < 10; n++) add.run(hook.id, `ancient_${n}`, now - 100 * 24 * HOUR);
    });
    const chore = host.chores.find(({ name }) => name.includes('deliveries'));
    await chore?.run(new AbortController().signal);
    expect(host.db.raw.prepare('SELECT count(*), min(at) FROM schedule_delivery').raw().get()).toEqual([
      10_000,
      now - 1000 - 9998,
    ]);
    expect((await deliver(hook, 'new', '{}')).outcome).toBe('duplicate');
  });
});

describe('a trial', () => {
  const trial = (id: ScheduleId) => host.service.test(id);

  // Would catch: a trial that is let in by a way of its own.
  test('is signed with the schedule’s own secret and goes the way of every delivery', async () => {
    const hook = await waiting({ map: { of: '/body/test' } });
    const { event, event_id } = await trial(hook.id);
    expect(event).toEqual({ test: true });
    await host.lines(hook.id, 1);
    expect(host.tasksOf(hook.id)).toMatchObject([{ input: { of: true } }]);
    expect(linesOf(hook.id)).toMatchObject([{ event_id }]);
    expect(event_id).toMatch(/^webhook:test-/);
    host.db.raw.prepare('UPDATE secret SET box = zeroblob(80)').run();
    await expect(trial(hook.id)).rejects.toMatchObject({ slug: 'configuration-error' });
    await expect(deliver(hook, 'msg', '{}')).rejects.toMatchObject({ slug: 'unauthorized' });
    expect(refusedOf(hook.id)).toBe('The secret cannot be opened; make a new one');
  });

  test('needs a secret and a schedule that is on', async () => {
    const { id }: Schedule = await host.make(await host.command(), { trigger: onWebhook() });
    await expect(trial(id)).rejects.toThrow(/no secret yet/);
    await host.service.update(id, { enabled: false }, {});
    await expect(trial(id)).rejects.toThrow(/switched off/);
  });
});
