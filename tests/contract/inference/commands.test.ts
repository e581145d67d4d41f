/** Prompts as commands: what a task says, does and leaves when the engine computes it. */
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Task } from '../../../src/contract/automation/tasks.ts';
import type { Json, JsonObject } from '../../../src/contract/kernel/scalars.ts';
import { type InferenceHost, scriptedHost } from '../../support/inference.ts';

let subject: InferenceHost;
beforeAll(async () => {
  subject = await scriptedHost({ parallel: 1 });
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

const MODEL = 'test/tiny:F16';

/** Starts a task whose model says what `script` orders. */
async function start(script: object, spec: JsonObject = {}, more: JsonObject = {}, host = subject): Promise<Task> {
  const { client } = host.host;
  const command = await client.call('commands_create', {
    name: 'Ask',
    kind: 'llm',
    spec: { kind: 'llm', model: MODEL, prompt: '{{input.script}}', ...spec },
    ...more,
  });
  const task = await client.call('tasks_create', { command_id: command.id, input: { script: JSON.stringify(script) } });
  if ('items' in task) throw new Error('a batch');
  return task;
}

const linesOf = async ({ id }: Pick<Task, 'id'>) =>
  (await subject.host.client.call('tasks_logs', { id, limit: 500 })).items;

/** Waits for what the events of a task tell. */
async function until({ id }: Task, wanted: (task: Task) => boolean | Promise<boolean>, host = subject): Promise<Task> {
  const { client } = host.host;
  const get = () => client.call('tasks_get', { id });
  let task = await get();
  if (await wanted(task)) return task;
  for await (const _event of client.follow('tasks_follow', { id })) {
    task = await get();
    if (await wanted(task)) return task;
  }
  return task;
}

const ended = (task: Task) =>
  until(task, ({ status }) => !['scheduled', 'queued', 'running', 'retrying'].includes(status));
const run = async (...args: Parameters<typeof start>) => ended(await start(...args));
const outputOf = ({ output }: Task) => output as Record<string, Json>;

describe('a prompt', () => {
  test('its variables are filled in, its answer is the output with its counts, and appears in the log', async () => {
    const task = await run({ say: ['Two ', 'lines:\n', 'the second'], cached: 4 });
    expect(task).toMatchObject({ status: 'succeeded', kind: 'llm', error: null, attempt: 1 });
    expect(task.output).toMatchObject({
      model: MODEL,
      text: 'Two lines:\nthe second',
      finish_reason: 'stop',
      usage: { prompt_tokens: 10, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 4 } },
      tokens_per_second: expect.any(Number),
      duration_ms: expect.any(Number),
    });
    const lines = await linesOf(task);
    expect(lines.filter(({ source }) => source === 'stdout').map(({ message }) => message)).toEqual([
      'Two lines:',
      'the second',
    ]);
    expect(lines.map(({ message }) => message)).toContain('The prompt has 10 tokens, 4 of them computed before.');
  });

  test('its log shows none of the answer when that is switched off', async () => {
    const task = await run({ say: ['quiet'] }, { stream_to_log: false });
    expect(outputOf(task).text).toBe('quiet');
    expect((await linesOf(task)).filter(({ source }) => source === 'stdout')).toEqual([]);
  });

  // Catches a log that is written only at the end of the answer.
  test('a line is in the log while the model still writes', async () => {
    const task = await start({ say: ['first line\n', 'and'], after: 'hang' });
    await until(task, async ({ progress }) => progress?.message === '14 characters');
    expect((await linesOf(task)).map(({ message }) => message)).toContain('first line');
    await subject.host.client.call('tasks_cancel', { id: task.id });
  });

  // Would catch: the only way out of an attempt that nothing redacts.
  test('a secret that an error quotes is redacted in the task and its attempts', async () => {
    const { client } = subject.host;
    const command = await client.call('commands_create', {
      name: 'Ask',
      kind: 'llm',
      spec: { kind: 'llm', model: '{{token}}', prompt: 'x' },
      input_schema: { type: 'object', properties: { token: { type: 'string', format: 'password' } } },
    });
    const task = await client.call('tasks_create', { command_id: command.id, input: { token: 'tiger-lily-4711' } });
    if ('items' in task) throw new Error('a batch');
    const done = await ended(task);
    expect(done.status).not.toBe('succeeded');
    expect(JSON.stringify(done)).not.toContain('tiger-lily-4711');
  });

  test('a secret of the input reaches neither the model nor the output', async () => {
    const { client } = subject.host;
    const command = await client.call('commands_create', {
      name: 'Ask with a secret',
      kind: 'llm',
      spec: { kind: 'llm', model: MODEL, prompt: 'Say {{input.password}}' },
      input_schema: { type: 'object', properties: { password: { type: 'string', format: 'password' } } },
    });
    const input = { password: 'correct-horse-battery' };
    const dry = await client.call('commands_dry_run', { id: command.id, input });
    expect(dry.warnings).toEqual(['The prompt names a secret: the model gets [redacted] in its place.']);
    const task = await client.call('tasks_create', { command_id: command.id, input });
    if ('items' in task) throw new Error('a batch');
    expect(outputOf(await ended(task)).text).toBe('Say [redacted]');
  });
});

describe('an output schema', () => {
  const output_schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };

  test('makes the output a value', async () => {
    expect(outputOf(await run({ say: ['{"ok":', 'true}'] }, { output_schema }))).toMatchObject({ json: { ok: true } });
  });

  // Catches half a value that passes for an answer, and attempts that repeat what cannot succeed.
  test('an answer that ends before its value does is an error, which is not tried again', async () => {
    const task = await run({ say: ['{"ok":'], end: 'length' }, { output_schema }, { retry: { max: 2 } });
    expect(task).toMatchObject({
      status: 'failed',
      attempt: 1,
      error: { code: 'unprocessable_entity', finish_reason: 'length' },
    });
  });

  test('so is one that a stop text has cut', async () => {
    const spec = { output_schema, parameters: { stop: ['true'] } };
    const task = await run({ say: ['{"ok":'] }, spec, { retry: { max: 2 } });
    expect(task).toMatchObject({ status: 'failed', attempt: 1, error: { code: 'unprocessable_entity' } });
    expect(task.error?.detail).toContain('stop text');
  });

  test('one that cannot be enforced, and a model that is not there, are told by the dry run and fail at once', async () => {
    const { client } = subject.host;
    const spec = { kind: 'llm', prompt: 'x', model: 'no/such', output_schema: { not: {} } };
    const dry = await client.call('commands_dry_run', { kind: 'llm', spec, input: {} });
    expect(dry.valid).toBe(false);
    expect(dry.errors.map(({ path: at }) => at)).toEqual(['spec.model', 'spec.output_schema']);
    const missing = await run({ say: [] }, { model: 'no/such' }, { retry: { max: 2 } });
    expect(missing).toMatchObject({ status: 'failed', attempt: 1, error: { code: 'model_not_found' } });
  });

  test('the dry run names the model that would answer', async () => {
    const spec = { kind: 'llm', prompt: 'Hello {{name}}', model: 'test/tiny' };
    const dry = await subject.host.client.call('commands_dry_run', { kind: 'llm', spec, input: { name: 'Ann' } });
    expect(dry).toMatchObject({ valid: true, resolved: { model: MODEL, prompt: 'Hello Ann' } });
  });
});

describe('an attempt ends', () => {
  /** Whether the only place of the model is free. */
  const answers = () =>
    subject.sdk.chat.completions.create({ model: MODEL, messages: [{ role: 'user', content: 'free' }] });

  test('by a cancel, and frees its place', async () => {
    const task = await start({ say: ['a'], after: 'hang' });
    await until(task, ({ progress }) => progress?.message === '1 characters');
    expect(await subject.host.client.call('tasks_cancel', { id: task.id })).toMatchObject({ status: 'cancelled' });
    expect((await answers()).choices[0]?.message.content).toBe('free');
  });

  test('by its timeout', async () => {
    const task = await run({ say: ['a'], after: 'hang' }, {}, { timeout_seconds: 1 });
    expect(task).toMatchObject({ status: 'timed_out', error: { code: 'task_timeout' } });
    expect((await answers()).choices[0]?.message.content).toBe('free');
  });

  test('by an order to stop, which is no success', async () => {
    const task = await start({ say: ['a'], after: 'hang' });
    await until(task, ({ progress }) => progress?.message === '1 characters');
    await subject.host.client.call('stop_generation', {});
    expect(await ended(task)).toMatchObject({ status: 'failed', error: { code: 'unprocessable_entity' } });
  });

  test('by the end of the engine, and is tried again', async () => {
    const retry = { max: 1, backoff_seconds: 0 };
    const task = await run({ say: ['a'], after: 'crash' }, {}, { retry });
    expect(task).toMatchObject({
      status: 'failed',
      attempt: 2,
      error: { code: 'service_unavailable', reason: 'worker_crashed' },
    });
  });
});

// Catches engines that stop before the tasks do: the end of the host would then look like a failure of the command.
test('a host that stops leaves its prompts interrupted', async () => {
  const host = await scriptedHost();
  const task = await start({ say: ['a'], after: 'hang' }, {}, {}, host);
  await until(task, ({ progress }) => progress?.message === '1 characters', host);
  await host.host.stop('the test');
  const db = new Database(path.join(host.dir, 'tabagent.db'), { readonly: true });
  const row = db.prepare('SELECT status FROM task WHERE id = ?').get(task.id);
  db.close();
  await host[Symbol.asyncDispose]();
  expect(row).toEqual({ status: 'interrupted' });
}, 30_000);
