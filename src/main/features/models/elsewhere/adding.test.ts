/** Models of other programs, offered and added through the feature. */
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeLlama } from '../../../../../tests/support/models/llama-model.ts';
import { writeOnnxEmbedder } from '../../../../../tests/support/models/onnx-models.ts';
import { openModels } from '../../../../../tests/support/models/registry.ts';
import type { CallContext } from '../../../core/operation/operation.ts';
import { OPERATOR } from '../../../core/operation/operator.ts';

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
const outside = (name: string) => path.join(subject.core.dir, name);
const list = () => subject.models.service.list(LIST).items;

function write(file: string, shape = {}): string {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  writeLlama(file, shape);
  return file;
}
const importing = async (input: { path: string; mode?: 'link' | 'copy' }) =>
  subject.models.handlers.models_import({ mode: 'link', wait: true, ...input }, context);

test('models of other programs are found and can be added', async () => {
  const home = (...names: string[]) => path.join(subject.core.dir, 'home', ...names);
  write(home('.lmstudio', 'models', 'maker', 'model-GGUF', 'model-Q8_0.gguf'), { type: 'Q8_0' });
  const digest = 'a'.repeat(64);
  write(home('.ollama', 'models', 'blobs', `sha256-${digest}`));
  const manifest = home('.ollama', 'models', 'manifests', 'registry.ollama.ai', 'library', 'tiny', '1b');
  fs.mkdirSync(path.dirname(manifest), { recursive: true });
  const layer = { mediaType: 'application/vnd.ollama.image.model', digest: `sha256:${digest}` };
  fs.writeFileSync(manifest, JSON.stringify({ layers: [layer] }));
  const cache = home('.cache', 'huggingface', 'hub', 'models--maker--hub-GGUF');
  write(path.join(cache, 'blobs', digest));
  fs.mkdirSync(path.join(cache, 'snapshots', 'abc'), { recursive: true });
  fs.symlinkSync(path.join('..', '..', 'blobs', digest), path.join(cache, 'snapshots', 'abc', 'hub-Q4_K_M.gguf'));
  // Catches a search that follows a link to any file.
  fs.symlinkSync(write(outside('private.gguf')), path.join(cache, 'snapshots', 'abc', 'other-Q8_0.gguf'));

  const { items } = await subject.models.handlers.models_found({}, context);
  expect(items.map(({ program, name }) => `${program} ${name}`).sort()).toEqual([
    'huggingface maker/hub-GGUF:Q4_K_M',
    'lmstudio maker/model-GGUF:Q8_0',
    'ollama ollama/tiny:1b',
  ]);
  for (const { path: file } of items) await importing({ path: file });
  expect(
    list()
      .map(({ repo, status }) => `${repo} ${status}`)
      .sort(),
  ).toEqual(['maker/hub-GGUF ready', 'maker/model-GGUF ready', 'ollama/tiny ready']);
  const again = await subject.models.handlers.models_found({}, context);
  expect(again.items.every(({ installed }) => installed)).toBe(true);
});

// Catches a cache whose ONNX models are not offered because their files are links, and a link that leads out of it.
test('an ONNX model in the cache of Hugging Face is offered, used where it is, and stays when it is removed', async () => {
  const cache = path.join(subject.core.dir, 'home', '.cache', 'huggingface', 'hub', 'models--maker--vectors');
  const snapshot = path.join(cache, 'snapshots', 'abc');
  writeOnnxEmbedder(snapshot, { external: true });
  fs.mkdirSync(path.join(cache, 'blobs'));
  for (const name of ['onnx/model.onnx', 'onnx/model.onnx_data', 'config.json', 'tokenizer.json']) {
    const blob = path.join(cache, 'blobs', Buffer.from(name).toString('hex'));
    fs.renameSync(path.join(snapshot, name), blob);
    fs.symlinkSync(blob, path.join(snapshot, name));
  }
  const found = async () => (await subject.models.handlers.models_found({}, context)).items;
  const [offered] = await found();
  expect(offered).toMatchObject({ name: 'maker/vectors:fp32', format: 'onnx', installed: false });
  await importing({ path: offered?.path ?? '' });
  expect(list()).toMatchObject([{ repo: 'maker/vectors', status: 'ready', type: 'embedding', source: 'link' }]);
  await subject.models.service.scan();
  expect(list()).toMatchObject([{ status: 'ready' }]);
  expect(await found()).toMatchObject([{ installed: true }]);

  fs.rmSync(path.join(snapshot, 'config.json'));
  fs.symlinkSync(outside('private.json'), path.join(snapshot, 'config.json'));
  fs.writeFileSync(outside('private.json'), '{"architectures":["BertModel"]}');
  expect(await found()).toEqual([]);
});
