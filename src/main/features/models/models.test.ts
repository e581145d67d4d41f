import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeLlama } from '../../../../tests/support/models/llama-model.ts';
import { writeOnnxFolder } from '../../../../tests/support/models/onnx-writer.ts';
import { openModels } from '../../../../tests/support/models/registry.ts';
import type { CallContext } from '../../core/operation/operation.ts';
import { OPERATOR } from '../../core/operation/operator.ts';
import { NOTHING_HELD } from './memory/plan.ts';
import { createReadingStore } from './store/reading-store.ts';

let subject: ReturnType<typeof openModels>;
beforeEach(() => {
  subject = openModels();
});
afterEach(async () => {
  await subject.jobs.parts[0]?.stop?.();
  subject.core[Symbol.dispose]();
});

const LIST = { limit: 50, count: false };
const context: CallContext = {
  ...{ principal: OPERATOR, door: 'memory', remote: 'local', requestId: '0', signal: new AbortController().signal },
};
const at = (...names: string[]) => path.join(subject.root, ...names);
const outside = (name: string) => path.join(subject.core.dir, name);
const list = () => subject.models.service.list(LIST).items;

function write(file: string, shape = {}): string {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  writeLlama(file, shape);
  return file;
}
const importing = async (input: { path: string; mode?: 'link' | 'copy' }) =>
  subject.models.handlers.models_import({ mode: 'link', wait: true, ...input }, context);

test('the models folder is read: repos, quantizations and what the headers say', async () => {
  write(at('owner', 'Some-GGUF', 'some-Q8_0.gguf'), { type: 'Q8_0', name: 'Some' });
  write(at('owner', 'Some-GGUF', 'some-F16.gguf'), { name: 'Some' });
  write(at('alone.gguf'), { name: 'Alone' });
  writeOnnxFolder(at('owner', 'embedder'), { architectures: ['BertModel'] });
  expect(await subject.models.service.scan()).toEqual({ added: 4, changed: 0, missing: 0 });
  expect(list()).toMatchObject([
    { name: 'Alone', repo: 'local/alone', variant: null, type: 'chat', status: 'ready', layers: 2, embedding_size: 64 },
    { repo: 'owner/embedder', variant: 'fp32', type: 'embedding', format: 'onnx', embedding_size: 32 },
    { repo: 'owner/Some-GGUF', variant: 'F16', quant: 'F16', context_length: 512, chat_template: true },
    { repo: 'owner/Some-GGUF', variant: 'Q8_0', quant: 'Q8_0', architecture: 'llama', tokenizer: 'llama' },
  ]);
  expect(subject.models.service.fits(undefined).items).toHaveLength(4);
  // Catches rows that are written again, with an event each, at every look.
  expect(await subject.models.service.scan()).toEqual({ added: 0, changed: 0, missing: 0 });
});

test('what is broken is listed with the reason, and is never handed to an engine', async () => {
  const file = write(at('broken.gguf'));
  fs.truncateSync(file, 100_000);
  writeOnnxFolder(at('a', 'b'), {}, { 'onnx/model.onnx': Buffer.from('nothing') });
  await subject.models.service.scan();
  for (const model of list()) expect(model).toMatchObject({ status: 'broken', problem: expect.any(String) });
  await expect(subject.models.source.resolve('local/broken', 'chat', [])).rejects.toMatchObject({
    slug: 'model-corrupted',
  });
  await expect(async () => subject.models.service.select('local/broken')).rejects.toMatchObject({
    slug: 'model-corrupted',
  });
});

// Catches a file that ends the host at every start: what was open then is passed over until somebody asks for it.
test('a file that was open when the host ended is not opened by the next one until it is asked for', async () => {
  const file = write(at('suspect.gguf'));
  const other = write(at('other.gguf'));
  const { dir } = subject.core;
  createReadingStore(subject.core.db).begin(file);
  const next = openModels({}, dir);
  const seen = () => next.models.service.list(LIST).items.map(({ path, status }) => [path, status]);
  await next.models.service.scan();
  expect(seen()).toEqual([
    [file, 'broken'],
    [other, 'ready'],
  ]);
  expect(await next.models.service.scan()).toEqual({ added: 0, changed: 0, missing: 0 });
  await next.models.handlers.models_scan({}, context);
  expect(seen().map(([, status]) => status)).toEqual(['ready', 'ready']);
  expect(createReadingStore(next.core.db).all()).toEqual([]);
  await next.jobs.parts[0]?.stop?.();
});

// Catches a model that a request loads again after it has ended the engine, and one that nobody can load any more.
test('a model that has ended an engine is loaded only when that is asked for, until it was loaded', async () => {
  write(at('o', 'm', 'm.gguf'));
  await subject.models.service.scan();
  const { source } = subject.models;
  source.endedEngine('o/m', 'llama ended by SIGABRT.');
  expect(list()).toMatchObject([{ status: 'broken', problem: expect.stringContaining('SIGABRT') }]);
  await expect(source.resolve('o/m', 'chat', [])).rejects.toMatchObject({ slug: 'model-corrupted' });
  // It does not come back with a look at the same files.
  await subject.models.handlers.models_scan({}, context);
  await expect(source.resolve('o/m', 'chat', [])).rejects.toMatchObject({ slug: 'model-corrupted' });
  expect(await source.resolve('o/m', null, [], true)).toMatchObject({ id: 'o/m' });
  source.wasLoaded('o/m');
  expect(await source.resolve('o/m', 'chat', [])).toMatchObject({ id: 'o/m' });
});

// Catches a scan that lists, and then deletes, what a link leads to.
test('no link in the models folder is followed', async () => {
  const file = write(outside('elsewhere.gguf'));
  fs.symlinkSync(file, at('link.gguf'));
  fs.symlinkSync(path.dirname(file), at('folder'));
  await subject.models.service.scan();
  expect(list()).toEqual([]);
});

test('a file that is added stays where it is, also when it is deleted from the list', async () => {
  const file = write(outside('mine-Q8_0.gguf'), { type: 'Q8_0', name: 'Mine' });
  expect(await importing({ path: file })).toMatchObject({ items: [{ source: 'link', path: file, variant: 'Q8_0' }] });
  const { freed } = await subject.models.service.remove('local/mine', undefined);
  expect(freed).toBe(0);
  expect(fs.existsSync(file)).toBe(true);
  expect(list()).toEqual([]);
});

test('a copy is whole, is ours, and goes with the model', async () => {
  const file = write(outside('mine.gguf'));
  const made = await importing({ path: file, mode: 'copy' });
  const copy = at('local', 'mine', 'mine.gguf');
  expect(made).toMatchObject({ items: [{ source: 'copy', path: copy, status: 'ready' }] });
  expect(fs.readFileSync(copy).equals(fs.readFileSync(file))).toBe(true);
  expect(fs.existsSync(`${copy}.part`)).toBe(false);
  expect((await subject.models.service.remove('local/mine', undefined)).freed).toBe(fs.statSync(file).size);
  expect([fs.existsSync(path.dirname(copy)), fs.existsSync(file)]).toEqual([false, true]);
});

test('an ONNX folder is copied with what describes it', async () => {
  writeOnnxFolder(outside('ner'), { architectures: ['BertForTokenClassification'] });
  await importing({ path: outside('ner'), mode: 'copy' });
  expect(list()).toMatchObject([{ type: 'ner', format: 'onnx', repo: 'local/ner' }]);
  expect(fs.existsSync(at('local', 'ner', 'tokenizer.json'))).toBe(true);
});

test('an uploaded file becomes a model of ours; one that is none is refused', async () => {
  const id = 'upl_00000000000000000000000000' as never;
  subject.uploaded.set(id, { file: write(outside('bytes')), name: '../My model.gguf' });
  const model = await subject.models.handlers.models_import_upload({ upload_id: id }, context);
  expect(model).toMatchObject({ source: 'copy', status: 'ready', path: at('local', 'My-model', 'My-model.gguf') });
  expect(subject.uploaded.size).toBe(0);
  fs.writeFileSync(outside('noise'), 'noise');
  subject.uploaded.set(id, { file: outside('noise'), name: 'noise.gguf' });
  await expect(subject.models.handlers.models_import_upload({ upload_id: id }, context)).rejects.toMatchObject({
    slug: 'model-corrupted',
  });
});

test('what is no model is refused with the reason at its field', async () => {
  fs.writeFileSync(outside('notes.txt'), 'hello');
  for (const wrong of ['relative.gguf', outside('nothing.gguf'), outside('notes.txt')])
    await expect(importing({ path: wrong })).rejects.toMatchObject({
      slug: 'validation-error',
      extra: { field: 'path' },
    });
});

test('names mean models: repo, quantization, id, alias, default', async () => {
  write(at('owner', 'one', 'one-Q8_0.gguf'), { type: 'Q8_0' });
  write(at('owner', 'two', 'two.gguf'));
  writeOnnxFolder(at('owner', 'vectors'), { architectures: ['BertModel'] });
  await subject.models.service.scan();
  const { select } = subject.models.service;
  const resolve = (ref: string, type: 'chat' | 'embedding') => subject.models.source.resolve(ref, type, []);
  expect(await resolve('owner/one:q8_0', 'chat')).toMatchObject({
    id: 'owner/one:Q8_0',
    variant: 'Q8_0',
    engine: 'llama',
  });
  expect(await resolve('default', 'embedding')).toMatchObject({ id: 'owner/vectors:fp32', engine: 'onnx' });
  expect(await subject.models.source.resolve('default', 'chat', ['owner/two'])).toMatchObject({ id: 'owner/two' });
  // Two chat models, and none of them selected.
  await expect(resolve('default', 'chat')).rejects.toMatchObject({ slug: 'model-not-found' });
  select('owner/one');
  select('owner/two');
  expect(await resolve('default', 'chat')).toMatchObject({ id: 'owner/two' });
  expect(list().filter(({ selected }) => selected)).toHaveLength(1);
  subject.core.settings.update({ model_aliases: { 'gpt-4o': 'owner/one' } });
  expect(await resolve('gpt-4o', 'chat')).toMatchObject({ id: 'owner/one:Q8_0' });
  await expect(resolve('owner/vectors', 'chat')).rejects.toMatchObject({
    message: expect.stringContaining('embedding'),
  });
});

test('what is set reaches the engine: request parameters over settings, and a system prompt only when it was saved', async () => {
  write(at('owner', 'qwen', 'qwen-Q8_0.gguf'), { type: 'Q8_0' });
  await subject.models.service.scan();
  const { source, handlers } = subject.models;
  const model = await source.resolve('owner/qwen', 'chat', []);
  expect(source.defaults(model)).toEqual({
    ...{ temperature: 0.7, top_p: 0.8, top_k: 50, repetition_penalty: 1.1, max_tokens: 2048 },
  });
  await handlers.save_inference_settings(
    { repo_id: 'owner/qwen', variant: 'Q8_0', settings: { do_sample: false } },
    context,
  );
  await handlers.set_params({ max_tokens: 5, stop: ['.'] }, context);
  expect(source.defaults(model)).toMatchObject({
    temperature: 0,
    max_tokens: 5,
    stop: ['.'],
    system_prompt: expect.any(String),
  });
  const planned = await source.plan(model, { contextLength: 512 }, NOTHING_HELD);
  expect(planned).toMatchObject({ contextLength: 512, parallel: 1, unloads: false });
  expect(planned.bytes).toBeGreaterThan(model.sizeBytes);
});

test('a model has two names in inputs, which have to agree', async () => {
  write(at('owner', 'one', 'one-Q8_0.gguf'), { type: 'Q8_0' });
  await subject.models.service.scan();
  const select = async (input: object) => subject.models.handlers.select_model(input, context);
  expect(await select({ model: 'owner/one' })).toEqual({ model_id: 'owner/one:Q8_0', status: 'selected' });
  expect(await select({ model_id: 'owner/one', model: 'owner/one' })).toMatchObject({ status: 'selected' });
  await expect(select({ model_id: 'owner/one', model: 'owner/two' })).rejects.toMatchObject({
    slug: 'validation-error',
  });
  await expect(select({})).rejects.toMatchObject({ slug: 'validation-error', extra: { field: 'model' } });
  const memory = { context_length: 512, quantization: 'Q8_0' };
  const estimate = await subject.models.handlers.estimate_memory({ model_id: 'owner/one', ...memory }, context);
  expect(estimate).toMatchObject({ model: 'owner/one', quantization: 'Q8_0', basis: 'file', can_load: true });
});

test('a file that changes or goes is noticed before it is loaded', async () => {
  const file = write(outside('linked.gguf'));
  await importing({ path: file });
  fs.truncateSync(file, 50_000);
  await expect(subject.models.source.resolve('local/linked', 'chat', [])).rejects.toMatchObject({
    slug: 'model-corrupted',
  });
  fs.rmSync(file);
  expect(await subject.models.service.scan()).toMatchObject({ missing: 1 });
  expect(list()).toMatchObject([{ status: 'missing', problem: expect.any(String) }]);
  write(file);
  expect(await subject.models.service.scan()).toMatchObject({ changed: 1 });
  expect(list()).toMatchObject([{ status: 'ready', problem: null }]);
});

// Would catch: a key that may only read and learns what the folders of this machine are called.
test('where files lie is told to those who manage them', async () => {
  write(at('alone.gguf'));
  await subject.models.service.scan();
  const { models_list, models_get } = subject.models.handlers;
  const reader: CallContext = { ...context, principal: { ...OPERATOR, scope: 'read' } };
  const manager: CallContext = { ...context, principal: { ...OPERATOR, scope: 'manage' } };
  for (const [caller, told] of [
    [reader, null],
    [manager, at('alone.gguf')],
  ] as const) {
    const [model] = (await models_list(LIST, caller)).items;
    expect(model?.path).toBe(told);
    expect(model && (await models_get({ id: model.id }, caller)).path).toBe(told);
  }
});

// Would catch: an offer of gigabytes that no engine of this program can run.
test('only models that an engine runs are recommended', async () => {
  const { models } = await subject.models.handlers.get_recommended_models({}, context);
  expect(models.length).toBeGreaterThan(5);
  expect(new Set(models.map(({ format, type }) => `${format} ${type}`))).toEqual(
    new Set([
      ...['gguf chat', 'gguf embedding', 'gguf rerank', 'onnx embedding', 'onnx ner'],
      ...['onnx classification', 'onnx speech', 'onnx vision'],
    ]),
  );
});
