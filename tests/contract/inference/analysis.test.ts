/** Model tasks as commands: what a task says of a text when a real model judges it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Task } from '../../../src/contract/automation/tasks.ts';
import type { Json, JsonObject } from '../../../src/contract/kernel/scalars.ts';
import { classifierHost, engineProcess, type InferenceHost } from '../../support/inference.ts';

let subject: InferenceHost;
beforeAll(async () => {
  subject = await classifierHost();
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

const TEXT = 'The people of Water Town, who were there: many friends!  How are they?';
const schema = {
  type: 'object',
  properties: { text: { type: 'string' }, key: { type: 'string', format: 'password' } },
};

async function start(spec: JsonObject, input: JsonObject = { text: TEXT }, more: JsonObject = {}): Promise<Task> {
  const { client } = subject.host;
  const command = await client.call('commands_create', {
    name: 'Judge',
    kind: 'analyze',
    spec: { kind: 'analyze', text: '{{input.text}}', ...spec },
    input_schema: schema,
    ...more,
  });
  const task = await client.call('tasks_create', { command_id: command.id, input });
  if ('items' in task) throw new Error('a batch');
  return task;
}

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
const run = async (...args: Parameters<typeof start>) =>
  until(await start(...args), ({ status }) => !['scheduled', 'queued', 'running', 'retrying'].includes(status));
const outputOf = ({ output }: Task) => output as Record<string, Json>;
const dryRun = (spec: JsonObject, input: JsonObject = { text: TEXT }) =>
  subject.host.client.call('commands_dry_run', {
    kind: 'analyze',
    spec: { kind: 'analyze', text: '{{input.text}}', ...spec },
    input_schema: schema,
    input,
  });

describe('a model', () => {
  test('is listed with its type, fits, is the default of its type, and is none for OpenAI clients', async () => {
    const { client } = subject.host;
    const { items } = await client.call('models_list', {});
    expect(items.map(({ repo, type, status }) => [repo, type, status]).sort()).toEqual([
      ['test/onnx-nli', 'classification', 'ready'],
      ['test/onnx-tagger', 'ner', 'ready'],
    ]);
    const fits = (await client.call('models_fits', {})).items;
    expect(fits.map(({ fit }) => fit.verdict)).toEqual(['cpu', 'cpu']);
    expect((await client.call('models', {})).data).toEqual([]);
    expect(await client.call('model_info', { model_id: 'test/onnx-tagger' })).toMatchObject({ type: 'ner' });
    expect(await dryRun({ task: 'entities' })).toMatchObject({
      valid: true,
      resolved: { model: 'test/onnx-tagger:fp32' },
    });
  });
});

describe('entities', () => {
  test('are the output, each with the text at its place; the model stays in memory like any other', async () => {
    const task = await run({ task: 'entities' });
    expect(task).toMatchObject({ status: 'succeeded', kind: 'analyze', error: null });
    const output = outputOf(task);
    expect(output).toMatchObject({ task: 'entities', model: 'test/onnx-tagger:fp32', omitted: 0, windows: 1 });
    const entities = output.entities as { text: string; start: number; end: number; label: string; score: number }[];
    expect(entities.length).toBeGreaterThan(3);
    for (const { text, start, end, label } of entities) {
      expect(text).toBe(TEXT.slice(start, end));
      expect(['PER', 'LOC']).toContain(label);
    }
    const { models } = await subject.host.client.call('get_loaded_models', {});
    expect(models.map(({ id }) => id)).toContain('test/onnx-tagger:fp32');
    const lines = (await subject.host.client.call('tasks_logs', { id: task.id, limit: 100 })).items;
    expect(lines.map(({ message }) => message).join('\n')).toMatch(/\d+ entities found; \d+ tokens read\./);
  });

  // Catches halves of letters and NUL that end a process or shift what comes after them.
  test('have their places in a text with NUL and halves of letters', async () => {
    const text = `\ud83d \u0000 ${TEXT} \udc00`;
    const output = outputOf(await run({ task: 'entities' }, { text }));
    for (const { text: named, start, end } of output.entities as { text: string; start: number; end: number }[])
      expect(text.slice(start, end)).toBe(named);
  });

  test('of a secret are found in its mask only', async () => {
    const spec = { task: 'entities', text: 'Call {{input.key}} of {{input.text}}' };
    const input = { text: TEXT, key: 'water-people-many' };
    expect((await dryRun(spec, input)).warnings.join()).toContain('[redacted]');
    const task = await run(spec, input);
    expect(JSON.stringify(task)).not.toContain('water-people-many');
    const [masked] = [`Call [redacted] of ${TEXT}`];
    for (const { text, start, end } of outputOf(task).entities as { text: string; start: number; end: number }[])
      expect(masked.slice(start, end)).toBe(text);
  });
});

describe('classes', () => {
  test('of the model and of labels are scores, best first, as many as are wanted', async () => {
    const trained = outputOf(await run({ task: 'classify' }));
    expect((trained.scores as { score: number }[]).reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 5);
    const labels = ['water', 'the people', 'friends'];
    const freely = outputOf(await run({ task: 'zero_shot', labels, top_k: 2 }));
    const scores = freely.scores as { label: string; score: number }[];
    expect(scores).toHaveLength(2);
    expect(freely.label).toBe(scores[0]?.label);
    expect(labels).toContain(freely.label);
    const none = outputOf(await run({ task: 'zero_shot', labels, threshold: 1 }));
    expect(none).toMatchObject({ label: null, scores: [] });
  });
});

describe('what cannot be done', () => {
  test('is told by the dry run at its place, and fails without a second attempt', async () => {
    const paths = async (spec: JsonObject) => (await dryRun(spec)).errors.map(({ path }) => path);
    expect(await paths({ task: 'zero_shot' })).toEqual(['spec.labels']);
    expect(await paths({ task: 'zero_shot', labels: ['a', 'a'], hypothesis: 'x' })).toEqual([
      'spec.labels',
      'spec.hypothesis',
    ]);
    expect(await paths({ task: 'entities', model: 'test/onnx-nli' })).toEqual(['spec.model']);
    const retry = { retry: { max: 2 } };
    expect(await run({ task: 'zero_shot' }, undefined, retry)).toMatchObject({
      status: 'failed',
      attempt: 1,
      error: { code: 'validation_error' },
    });
    const wrong = await run({ task: 'classify', model: 'test/onnx-tagger' }, undefined, retry);
    expect(wrong).toMatchObject({ status: 'failed', attempt: 1, error: { code: 'model_not_found' } });
    expect(wrong.error?.detail).toContain('ner');
  });

  // Catches a cancel that waits for the whole text, and a place that is never free again.
  test('a cancel ends the reading of a long text, with its progress told; the next task runs', async () => {
    const task = await start({ task: 'entities' }, { text: `${TEXT} `.repeat(4000) });
    await until(
      task,
      ({ progress, status }) => progress?.percent != null || (status !== 'running' && status !== 'queued'),
    );
    expect(await subject.host.client.call('tasks_cancel', { id: task.id })).toMatchObject({ status: 'cancelled' });
    expect(await run({ task: 'entities' })).toMatchObject({ status: 'succeeded' });
  });

  test('an engine that is killed fails the task, which is tried again and succeeds', async () => {
    const retry = { retry: { max: 1, backoff_seconds: 0 } };
    const task = await start({ task: 'entities' }, { text: `${TEXT} `.repeat(2000) }, retry);
    await until(task, ({ progress }) => progress?.percent != null);
    process.kill(engineProcess('onnx'), 'SIGKILL');
    const done = await until(task, ({ status }) => status === 'succeeded' || status === 'failed');
    expect(done).toMatchObject({ status: 'succeeded', attempt: 2 });
  });
}, 60_000);
