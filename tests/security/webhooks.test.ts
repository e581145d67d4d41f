/** Webhooks at the HTTP door: what is let in without a key, and what is not. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ScheduleId } from '../../src/contract/kernel/scalars.ts';
import { createTestHost, type TestHost } from '../support/host.ts';
import { type Answer, githubHeaders, post, standardHeaders } from '../support/webhooks.ts';

let subject: TestHost;
let limited: TestHost;
const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
beforeAll(async () => {
  subject = await createTestHost();
  limited = await createTestHost({ settings: { 'rate_limits.enabled': true } });
}, 60_000);
afterAll(async () => {
  await subject[Symbol.asyncDispose]();
  await limited[Symbol.asyncDispose]();
});

/** A schedule that waits for a webhook. */
async function makeHook({ host }: TestHost = subject, enabled = true) {
  const { id: command_id } = await host.client.call('commands_create', {
    ...{ name: 'Deploy', kind: 'process', spec: { argv: [process.execPath, '-e', '1'] } },
    input_schema: { type: 'object', properties: { ref: {} } },
  });
  const { id } = await host.client.call('schedules_create', {
    ...{ name: 'On push', target: { command_id }, enabled, overlap: 'queue' },
    trigger: { kind: 'webhook', map: { ref: '/body/ref' } },
  });
  return { id, ...(await host.client.call('schedules_secret', { id })) };
}
let hook: Awaited<ReturnType<typeof makeHook>>;
beforeEach(async () => {
  hook = await makeHook();
});
const ledger = async (id: ScheduleId = hook.id) => (await call('schedules_ticks', { id })).items;
const codes = ({ status, body }: Answer) => `${status} ${String(body.code)}`;

describe('a signed request', () => {
  // Would catch: bytes that are parsed and written again before their signature is checked, and an event that is not worked on.
  test('is acknowledged once its event is stored, and runs the command with what it tells', async () => {
    const body = '{ "ref" : "m\\u0061in",\n "zero": 1.0, "ä": "\u{1f600}" }';
    const { status, headers, body: told } = await post(hook.url, body, standardHeaders(hook.secret, 'msg_1', body));
    expect({ status, told }).toEqual({ status: 202, told: { event_id: 'webhook:msg_1', outcome: 'stored' } });
    expect(headers['access-control-allow-origin']).toBeUndefined();
    await expect.poll(async () => (await ledger()).map(({ outcome }) => outcome)).toEqual(['ran']);
    const [line] = await ledger();
    expect(await call('tasks_get', { id: line?.task_id ?? '' })).toMatchObject({ input: { ref: 'main' } });
    expect(codes(await post(hook.url, body, standardHeaders(hook.secret, 'msg_1', body)))).toMatch(/^202/);
    expect(await ledger()).toHaveLength(1);
  });

  test('may be one of GitHub', async () => {
    const body = '{"ref":"main","repository":{"full_name":"owner/name"}}';
    const headers = { ...githubHeaders(hook.secret, 'guid-1', body), 'user-agent': 'GitHub-Hookshot/1' };
    expect((await post(hook.url, body, headers)).body).toEqual({ event_id: 'webhook:guid-1', outcome: 'stored' });
  });

  test('may be without a body', async () => {
    expect((await post(hook.url, '', standardHeaders(hook.secret, 'msg_1', ''))).status).toBe(202);
    const typed = { ...standardHeaders(hook.secret, 'msg_2', ''), 'content-type': 'text/plain' };
    expect((await post(hook.url, '', typed)).status).toBe(202);
  });

  // Would catch: a race of two equal deliveries that both start a task.
  test('that comes many times at once is one event', async () => {
    const headers = standardHeaders(hook.secret, 'msg_1', '{}');
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(hook.url, '{}', headers)));
    const outcomes = answers.map(({ body }) => body.outcome).toSorted();
    expect(outcomes).toEqual([...Array.from({ length: 19 }, () => 'duplicate'), 'stored']);
    await expect.poll(async () => (await ledger()).length).toBe(1);
  });
});

describe('what is refused', () => {
  // Would catch: an answer or a header that tells which addresses there are, which are off, and what is wrong with a signature.
  test('for its address, its signature or its time is answered alike', async () => {
    const off = await makeHook(subject, false);
    const { url: _url, id: _id, ...other } = await makeHook();
    const at = (id: string) => `${subject.url}/v1/hooks/${id}`;
    const signed = (secret: string, time?: number) => standardHeaders(secret, 'msg_1', '{}', time);
    const answers = [
      await post(at('sch_00000000000000000000000000'), '{}', signed(hook.secret)),
      await post(at('x'), '{}', {}),
      await post(off.url, '{}', signed(off.secret)),
      await post(hook.url, '{}', signed(other.secret)),
      await post(hook.url, '{ }', signed(hook.secret)),
      await post(hook.url, '{}', signed(hook.secret, Date.now() - 400_000)),
      await post(hook.url, '{}', signed(hook.secret, Date.now() + 400_000)),
      await post(hook.url, '{}', { 'x-hub-signature-256': 'sha256=' }),
      await post(hook.url, '{', {}),
    ];
    const shown = answers.map(({ status, headers, body: { request_id: _1, instance: _2, ...body } }) => ({
      ...{ status, body },
      headers: Object.keys(headers).toSorted(),
    }));
    expect(shown[0]).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    for (const one of shown) expect(one).toEqual(shown[0]);
    expect(await ledger()).toEqual([]);
    expect(await ledger(off.id)).toEqual([]);
    expect((await call('schedules_get', { id: hook.id })).webhook?.refused?.reason).toMatch(/signature|minutes/);
  });

  // Would catch: a page that sends what it has got hold of, with the origin of the panel or of any other.
  test('from a page is refused, whatever it is signed with', async () => {
    for (const origin of ['https://evil.example', subject.url, 'null']) {
      const headers = { ...standardHeaders(hook.secret, 'msg_1', '{}'), origin };
      expect(codes(await post(hook.url, '{}', headers))).toBe('403 origin_not_allowed');
    }
    const bound = { ...standardHeaders(hook.secret, 'msg_1', '{}'), host: 'evil.example' };
    expect(codes(await post(hook.url, '{}', bound))).toBe('403 host_not_allowed');
    expect(await ledger()).toEqual([]);
  });

  test('for its form is told what is wrong with it', async () => {
    const send = (body: string | Buffer, type = 'application/json') =>
      post(hook.url, body, { ...standardHeaders(hook.secret, 'msg_1', String(body)), 'content-type': type });
    expect(codes(await send('{}', 'application/x-www-form-urlencoded'))).toBe('415 unsupported_media_type');
    expect(codes(await send('{'))).toBe('400 invalid_json');
    expect(codes(await send(Buffer.from([0x22, 0xff, 0x22])))).toBe('400 invalid_json');
    expect(codes(await send(`"${'x'.repeat(65_535)}"`))).toBe('413 payload_too_large');
    expect(codes(await send(`${'['.repeat(80)}${']'.repeat(80)}`))).toBe('400 bad_request');
    expect((await send(`"${'x'.repeat(65_534)}"`)).status).toBe(202);
  });

  // Would catch: a body whose length is not announced, and that is read without end.
  test('for its length is refused before it has come', async () => {
    const headers = { ...standardHeaders(hook.secret, 'msg_1', ''), 'content-length': '100000' };
    expect(codes(await post(hook.url, '"'.padEnd(100_000, 'x'), headers))).toBe('413 payload_too_large');
  });

  // Would catch: guesses without a limit, and guesses of somebody that keep the rightful sender out.
  test('too often is told to wait, and what is signed right still comes through', async () => {
    const target = await makeHook(limited);
    const wrong = [];
    for (let n = 0; n < 8; n++) wrong.push((await post(target.url, '{}', {})).status);
    expect(wrong.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(wrong.at(-1)).toBe(429);
    for (let n = 0; n < 20; n++) {
      const headers = standardHeaders(target.secret, `msg_${n}`, '{}');
      expect((await post(target.url, '{}', headers)).status).toBe(202);
    }
  });
});

describe('a key', () => {
  // Would catch: a right that sending needs, and a caller without rights that makes or reads a secret.
  test('is not needed to deliver, and makes a secret only when it may manage', async () => {
    const ask = async (scope: 'run' | 'manage', area: 'automation' | 'models') => {
      const { key } = await call('keys_create', { name: 'k', scopes: [scope], areas: [area] });
      return (await post(`${subject.url}/v1/schedules/${hook.id}/secret`, '', { authorization: `Bearer ${key}` }))
        .status;
    };
    expect(await ask('run', 'automation')).toBe(403);
    expect(await ask('manage', 'models')).toBe(403);
    expect(await ask('manage', 'automation')).toBe(200);
    expect((await post(hook.url, '{}', standardHeaders(hook.secret, 'msg_1', '{}'))).status).toBe(401);
    const audit = await call('audit_list', { op: 'schedules_secret' });
    expect(audit.items.length).toBeGreaterThanOrEqual(4);
    expect(JSON.stringify(audit)).not.toContain('whsec_');
  });
});
