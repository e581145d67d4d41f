/** Downloads against a server that misbehaves: in the end the bytes are right, or nothing is there and the reason is said. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Fault, type HubServer, openHubServer } from '../../../../../tests/support/models/hub-server.ts';
import { writeLlama } from '../../../../../tests/support/models/llama-model.ts';
import { openModels } from '../../../../../tests/support/models/registry.ts';
import type { CallContext } from '../../../core/operation/operation.ts';
import { OPERATOR } from '../../../core/operation/operator.ts';

const REPO = 'owner/Tiny-GGUF';
const context: CallContext = {
  ...{ principal: OPERATOR, door: 'memory', remote: 'local', requestId: '0', signal: new AbortController().signal },
};

const models: Buffer[] = [1, 2].map((seed) => {
  const file = path.join(os.tmpdir(), `tabagent-hub-${process.pid}-${seed}.gguf`);
  writeLlama(file, { seed });
  const content = fs.readFileSync(file);
  fs.rmSync(file);
  return content;
});
const [model = Buffer.alloc(0), otherModel = Buffer.alloc(0)] = models;

let hub: HubServer;
let subject: ReturnType<typeof openModels>;
let ended: boolean;

function openSubject(dir?: string) {
  ended = false;
  const tuning = { silenceMs: 2_000, pauseMs: 5, isTrusted: (url: URL) => url.origin === hub.url };
  return openModels({ 'hub.endpoint': hub.url, 'hub.connections': 3 }, dir, tuning);
}
/** Ends the jobs as the stop of a host does; what is on the disk stays. */
async function stop() {
  if (!ended) await subject.jobs.parts[0]?.stop?.();
  ended = true;
}
beforeEach(async () => {
  hub = await openHubServer(REPO, { 'README.md': Buffer.from('words'), 'tiny-Q8_0.gguf': model });
  subject = openSubject();
});
afterEach(async () => {
  await stop();
  subject.core[Symbol.dispose]();
  await hub[Symbol.asyncDispose]();
});

const pull = async (more: { variant?: string; wait?: boolean } = {}) =>
  subject.models.handlers.pull_model({ model: REPO, revision: 'main', wait: true, ...more }, context);
const downloads = async () => subject.models.handlers.models_downloads({}, context);
const target = () => path.join(subject.root, 'owner', 'Tiny-GGUF', 'tiny-Q8_0.gguf');
const list = () => subject.models.service.list({ limit: 50, count: false }).items;
/** How downloads ended, for schedules that wait for it. */
const told = () =>
  subject.core.events.list(0, 1000).filter(({ type }) => type === 'download.finished' || type === 'download.failed');
const fileRequests = () => hub.requests.filter(({ path: address }) => address.endsWith('.gguf'));

test('a model is downloaded, checked, listed with its hash, and not downloaded again', async () => {
  expect(await pull()).toMatchObject({ status: 'downloaded', variant: 'Q8_0', progress: 100 });
  expect(fs.readFileSync(target()).equals(model)).toBe(true);
  expect(fs.readdirSync(path.dirname(target()))).toEqual(['tiny-Q8_0.gguf']);
  expect(list()).toMatchObject(
    [{ repo: REPO, variant: 'Q8_0', source: 'download', sha256: /^[0-9a-f]{64}$/ }].map(({ sha256, ...rest }) => ({
      ...rest,
      sha256: expect.stringMatching(sha256),
    })),
  );
  const [{ id: model_id } = { id: '' }] = list();
  expect(told()).toMatchObject([{ type: 'download.finished', data: { repo: REPO, variant: 'Q8_0', model_id } }]);
  const before = hub.requests.length;
  expect(await pull({ variant: 'q8_0' })).toMatchObject({ status: 'downloaded' });
  expect(hub.requests).toHaveLength(before);
});

describe('a fault that passes', () => {
  test.each([
    ['cut'],
    ['silent'],
    ['busy'],
    ['too-many'],
    ['empty'],
    ['refuse-ranges'],
    ['cut', 'refuse-ranges'],
    ['cut', 'other-etag'],
    ['cut', 'unsatisfiable'],
    ['cut', 'cut', 'silent', 'busy', 'cut'],
  ] satisfies Fault[][])('%s %s %s %s %s: the bytes are right in the end', async (...faults) => {
    hub.faults.push(...(faults.filter((fault) => fault !== undefined) as Fault[]));
    await pull();
    expect(fs.readFileSync(target()).equals(model)).toBe(true);
    expect(hub.faults).toEqual([]);
  });
});

describe('a fault that stays', () => {
  test.each([
    ['wrong-total', 'model-corrupted', /bytes/],
    ['broken-bytes', 'model-corrupted', /hash/],
    ['unauthorized', 'forbidden', /gated/],
    ['empty', 'gateway-timeout', /reached/],
  ] satisfies [
    Fault,
    string,
    RegExp,
  ][])('%s: nothing is listed, and the reason is said', async (fault, slug, words) => {
    hub.faults.push(...Array.from({ length: 30 }, () => fault));
    const error = await pull().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ slug, message: expect.stringMatching(words) });
    expect((error as Error).message).not.toContain('secret words');
    expect([list(), fs.existsSync(target())]).toEqual([[], false]);
    expect((await downloads()).items).toMatchObject([{ status: 'failed', problem: expect.stringMatching(words) }]);
    expect(told()).toMatchObject([{ type: 'download.failed', data: { error: expect.stringMatching(words) } }]);
  });

  // Catches bytes of an unknown origin that are kept as a part, so that every later attempt fails too.
  test('after broken bytes the next attempt begins anew and succeeds', async () => {
    hub.faults.push('broken-bytes');
    await expect(pull()).rejects.toMatchObject({ slug: 'model-corrupted' });
    await pull();
    expect(fs.readFileSync(target()).equals(model)).toBe(true);
    expect((await downloads()).items).toEqual([]);
  });
});

test('a server of another host is not asked, and the token does not go there', async () => {
  const elsewhere = await openHubServer(REPO, { 'tiny-Q8_0.gguf': model });
  await subject.models.handlers.set_hf_token({ token: 'hf_0123456789' }, context);
  hub.redirect = `${elsewhere.url}/cdn/tiny-Q8_0.gguf`;
  await expect(pull()).rejects.toMatchObject({ slug: 'forbidden', message: expect.stringContaining('not allowed') });
  expect(elsewhere.requests).toEqual([]);
  subject.core.settings.update({ 'hub.allowed_hosts': [new URL(elsewhere.url).host] });
  await pull();
  expect(fs.readFileSync(target()).equals(model)).toBe(true);
  expect(hub.requests.every(({ authorization }) => authorization === 'Bearer hf_0123456789')).toBe(true);
  expect(elsewhere.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
  await elsewhere[Symbol.asyncDispose]();
});

test('two requests for one model are one download', async () => {
  hub.holdAfter = 1000;
  const held = hub.held();
  const both = [pull(), pull({ variant: 'Q8_0' })];
  await held;
  hub.release();
  await Promise.all(both);
  expect(fileRequests()).toHaveLength(1);
});

test('a download that was stopped goes on at the byte where it was', async () => {
  hub.holdAfter = 100_000;
  const held = hub.held();
  const { job_id } = await pull({ wait: false });
  await held;
  if (job_id === null) throw new Error('there is no job');
  for await (const { job } of subject.jobs.service.follow(job_id, OPERATOR, context.signal))
    if (job.progress.done_bytes === 100_000) break;
  await subject.jobs.service.cancel(job_id, OPERATOR);
  expect((await downloads()).items).toMatchObject([
    { status: 'paused', problem: null, done_bytes: 100_000, bytes: model.length },
  ]);
  hub.release();
  hub.requests.length = 0;
  await pull();
  expect(fileRequests()).toMatchObject([{ range: `bytes=100000-${model.length - 1}`, ifRange: expect.any(String) }]);
  expect(fs.readFileSync(target()).equals(model)).toBe(true);
});

test('a content that was exchanged meanwhile is downloaded anew', async () => {
  hub.holdAfter = 100_000;
  const held = hub.held();
  const { job_id } = await pull({ wait: false });
  await held;
  if (job_id === null) throw new Error('there is no job');
  await subject.jobs.service.cancel(job_id, OPERATOR);
  hub.files.set('tiny-Q8_0.gguf', otherModel);
  hub.release();
  await stop();
  subject.core.db.close();
  // Another run of the host, which has not asked the hub before.
  subject = openSubject(subject.core.dir);
  await pull();
  expect(fs.readFileSync(target()).equals(otherModel)).toBe(true);
});

test('a download that the stop of the host cut off goes on by itself', async () => {
  hub.holdAfter = 100_000;
  const held = hub.held();
  await pull({ wait: false });
  await held;
  await stop();
  subject.core.db.close();
  hub.release();
  subject = openSubject(subject.core.dir);
  const done = new Promise<void>((resolve) => {
    subject.core.events.subscribe((changes) => {
      if (changes.some(({ type }) => type === 'model.created')) resolve();
    });
  });
  await subject.jobs.parts[0]?.start?.();
  await done;
  expect(fs.readFileSync(target()).equals(model)).toBe(true);
});

test('what is there of a download can be discarded', async () => {
  hub.holdAfter = 100_000;
  const held = hub.held();
  await pull({ wait: false });
  await held;
  const freed = await subject.models.handlers.models_discard({ repo: REPO, variant: 'Q8_0' }, context);
  expect(freed).toMatchObject({ repo: REPO, variant: 'Q8_0' });
  expect([fs.readdirSync(path.dirname(target())), (await downloads()).items]).toEqual([[], []]);
});

test('progress rises, tells the rate, and ends at the whole', async () => {
  const progress: number[] = [];
  subject.core.events.subscribe((changes) => {
    for (const { entity, id } of changes)
      if (entity === 'job') progress.push(subject.jobs.service.get(id as never, OPERATOR).progress.done_bytes ?? 0);
  });
  hub.faults.push('cut', 'other-etag', 'cut');
  await pull();
  expect(progress.toSorted((a, b) => a - b)).toEqual(progress);
  expect(progress.at(-1)).toBe(model.length);
});

test('offline nothing is asked, and what is here is still told', async () => {
  await pull();
  subject.core.settings.update({ 'hub.offline': true });
  hub.requests.length = 0;
  const quants = async (repo_id: string) => subject.models.handlers.get_model_quants({ repo_id }, context);
  expect(await quants(REPO)).toMatchObject({ details: [{ key: 'Q8_0', status: 'downloaded' }] });
  await expect(quants('owner/other')).rejects.toMatchObject({
    slug: 'service-unavailable',
    extra: { reason: 'offline' },
  });
  expect(hub.requests).toEqual([]);
});

test('the token is told nobody, not even in the log', async () => {
  await subject.models.handlers.set_hf_token({ token: 'hf_verysecret' }, context);
  expect(await subject.models.handlers.get_hf_token_status({}, context)).toEqual({
    ...{ has_token: true, message: 'A token is stored.', source: 'stored' },
  });
  const database = fs.readFileSync(path.join(subject.core.dir, 'tabagent.db'));
  expect(database.includes('hf_verysecret')).toBe(false);
  await subject.models.handlers.clear_hf_token({}, context);
  expect(await subject.models.handlers.get_hf_token_status({}, context)).toMatchObject({
    has_token: false,
    source: null,
  });
  await expect(subject.models.handlers.set_hf_token({ token: 'sk_x' }, context)).rejects.toMatchObject({
    slug: 'validation-error',
  });
});
