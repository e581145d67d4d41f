/** Model tasks about files: what a task says of a recording or a picture that real models hear and see. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Task } from '../../../src/contract/automation/tasks.ts';
import type { Json, JsonObject } from '../../../src/contract/kernel/scalars.ts';
import { type InferenceHost, mediaHost } from '../../support/inference.ts';
import { babble, gradient, png, wav } from '../../support/models/media.ts';

let subject: InferenceHost;
beforeAll(async () => {
  subject = await mediaHost();
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

const schema = { type: 'object', properties: { file: { type: 'string', format: 'file' } } };

async function upload(content: Buffer): Promise<string> {
  const answer = await fetch(`${subject.url}/v1/uploads?name=file`, {
    method: 'POST',
    headers: { authorization: `Bearer ${subject.token}`, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(content),
  });
  return ((await answer.json()) as { upload_id: string }).upload_id;
}

async function start(body: JsonObject, input: JsonObject): Promise<Task> {
  const { client } = subject.host;
  const command = await client.call('commands_create', { name: 'Ask', input_schema: schema, ...body } as never);
  const task = await client.call('tasks_create', { command_id: command.id, input });
  if ('items' in task) throw new Error('a batch');
  return task;
}
const ask = (spec: JsonObject, file: string) =>
  start({ kind: 'analyze', spec: { kind: 'analyze', file: '{{input.file}}', ...spec } }, { file });

async function until({ id }: Task, wanted: (task: Task) => boolean): Promise<Task> {
  const { client } = subject.host;
  const get = () => client.call('tasks_get', { id });
  let task = await get();
  if (wanted(task)) return task;
  for await (const _event of client.follow('tasks_follow', { id })) {
    task = await get();
    if (wanted(task)) return task;
  }
  return task;
}
const ended = (task: Task) =>
  until(task, ({ status }) => !['scheduled', 'queued', 'running', 'retrying'].includes(status));
const run = async (...args: Parameters<typeof ask>) => ended(await ask(...args));
const outputOf = ({ output }: Task) => output as Record<string, Json>;
const dryRun = (spec: JsonObject, file: string) =>
  subject.host.client.call('commands_dry_run', {
    kind: 'analyze',
    spec: { kind: 'analyze', file: '{{input.file}}', ...spec },
    input_schema: schema,
    input: { file },
  });

describe('models', () => {
  test('are listed with their types and what they take, and are none for OpenAI clients', async () => {
    const { client } = subject.host;
    const { items } = await client.call('models_list', {});
    expect(items.map(({ repo, type, status, files }) => [repo, type, status, files]).sort()).toEqual([
      ['test/onnx-ears', 'speech', 'ready', 2],
      ['test/onnx-eyes', 'vision', 'ready', 2],
    ]);
    const fits = (await client.call('models_fits', {})).items;
    expect(fits.map(({ fit }) => [fit.verdict, fit.context_length])).toEqual([
      ['cpu', 64],
      ['cpu', 64],
    ]);
    expect((await client.call('models', {})).data).toEqual([]);
    // One that only describes pictures does not chat.
    await expect(
      client.call('chat', { model: 'test/onnx-eyes', messages: [{ role: 'user', content: 'hello' }] } as never),
    ).rejects.toMatchObject({ slug: 'model-not-found' });
  });
});

describe('a recording', () => {
  test('of an upload is written down, with times and language, in the log too', async () => {
    const id = await upload(wav(babble(), { seconds: 5, rate: 44_100, channels: 2 }));
    expect(await dryRun({ task: 'transcribe' }, id)).toMatchObject({
      valid: true,
      resolved: { model: 'test/onnx-ears:fp32' },
    });
    const task = await run({ task: 'transcribe', timestamps: true }, id);
    expect(task).toMatchObject({ status: 'succeeded', kind: 'analyze', error: null });
    const output = outputOf(task);
    expect(output).toMatchObject({ task: 'transcribe', model: 'test/onnx-ears:fp32', seconds: 5, omitted: 0 });
    expect(['en', 'de', 'fr']).toContain(output.language);
    const segments = output.segments as { start: number; end: number; text: string }[];
    expect(segments.length).toBeGreaterThan(2);
    for (const { start: from, end, text } of segments) {
      expect(end).toBeGreaterThanOrEqual(from);
      expect(output.text).toContain(text);
    }
    const lines = (await subject.host.client.call('tasks_logs', { id: task.id, limit: 100 })).items;
    const all = lines.map(({ message }) => message).join('\n');
    expect(all).toMatch(/5 seconds heard in \d+ windows, language (en|de|fr); \d+ tokens written\./);
    expect(lines.filter(({ source }) => source === 'stdout').length).toBeGreaterThan(1);
    const plain = outputOf(await run({ task: 'transcribe', language: 'de' }, id));
    expect(plain).toMatchObject({ language: 'de' });
    expect(plain).not.toHaveProperty('segments');
  }, 60_000);

  // Catches a cancel that waits for hours of sound, and a place that is never free again.
  test('that is long ends when its task is cancelled, with its progress told', async () => {
    const id = await upload(wav(babble(), { seconds: 300, rate: 8_000 }));
    const task = await ask({ task: 'transcribe' }, id);
    await until(task, ({ progress, status }) => progress?.percent != null || status === 'failed');
    expect(await subject.host.client.call('tasks_cancel', { id: task.id })).toMatchObject({ status: 'cancelled' });
    expect(await run({ task: 'transcribe' }, await upload(wav(babble())))).toMatchObject({ status: 'succeeded' });
  }, 60_000);
});

describe('a picture', () => {
  test('that another task has left is described', async () => {
    const server = createServer((_request, answer) => {
      answer.setHeader('content-type', 'image/png');
      answer.end(png(80, 50, gradient));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const fetched = await ended(await start({ kind: 'http', spec: { kind: 'http', url } }, {}));
      const { items } = await subject.host.client.call('artifacts_list', { id: fetched.id });
      const task = await run({ task: 'describe' }, items[0]?.id ?? '');
      expect(task).toMatchObject({ status: 'succeeded', error: null });
      expect(outputOf(task)).toMatchObject({ task: 'describe', width: 80, height: 50 });
      expect(String(outputOf(task).text).length).toBeGreaterThan(5);
    } finally {
      server.close();
    }
  }, 60_000);
});

describe('what cannot be done', () => {
  test('is told by the dry run at its place, and fails without a second attempt', async () => {
    const errors = async (spec: JsonObject, file: string) => (await dryRun(spec, file)).errors.map(({ path }) => path);
    const gone = 'art_01arz3ndektsv4rrffq69g5fav';
    expect(await errors({ task: 'describe', file: '' }, 'x')).toEqual(['spec.file']);
    expect(await errors({ task: 'classify' }, 'x')).toContain('spec.text');
    // A path of this machine is no id: whoever may run tasks would read any file of the operator.
    for (const file of ['/etc/passwd', '../../etc/passwd', 'upl_../../x', gone, gone.replace('art', 'upl')]) {
      expect(await errors({ task: 'describe' }, file)).toEqual(['spec.file']);
      expect(await run({ task: 'describe' }, file)).toMatchObject({ status: 'failed', attempt: 1 });
    }
    const wrong = await run({ task: 'describe' }, await upload(wav(babble())));
    expect(wrong).toMatchObject({ status: 'failed', attempt: 1, error: { code: 'unprocessable_entity' } });
    expect(wrong.error?.detail).toMatch(/is a WAV recording.*PNG/s);
    const deaf = await run({ task: 'transcribe', language: 'xx' }, await upload(wav(babble())));
    expect(deaf.error?.detail).toContain('knows en, de, fr');
  }, 60_000);

  test('a chat with a picture is refused with why', async () => {
    const content = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }];
    const answer = await subject.post('/v1/chat/completions', {
      model: 'default',
      messages: [{ role: 'user', content }],
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: { code: 'unsupported_parameter', param: 'messages.0.content' },
    });
  });
});
