/** A host with models: real ones in the real engine, or scripted ones. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import OpenAI from 'openai';
import type { Settings } from '../../src/contract/host/settings.ts';
import type { EngineName } from '../../src/contract/models/engine.ts';
import type { Replaced } from '../../src/main/features.ts';
import { ROOT } from './core.ts';
import { createTestHost, type TestHost } from './host.ts';
import { type LlamaShape, writeLlama } from './models/llama-model.ts';
import { writeOnnxCaptioner, writeOnnxSpeech } from './models/onnx-encoder-decoder.ts';
import {
  INFERENCE,
  writeOnnxClassifier,
  writeOnnxEmbedder,
  writeOnnxGenerator,
  writeOnnxReranker,
  writeOnnxTagger,
} from './models/onnx-models.ts';

export interface InferenceHost extends TestHost {
  sdk: OpenAI;
  post(path: string, body: object, signal?: AbortSignal): Promise<Response>;
}

const withSdk = (subject: TestHost, cleanUp: () => void = () => undefined): InferenceHost => ({
  ...subject,
  sdk: new OpenAI({
    ...{ baseURL: `${subject.url}/v1`, apiKey: subject.token, maxRetries: 0 },
    // Tests of the panel run beside a document; the key is one of a host that ends with them.
    dangerouslyAllowBrowser: true,
  }),
  post: (address, body, signal) =>
    fetch(subject.url + address, {
      method: 'POST',
      headers: { authorization: `Bearer ${subject.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal ? { signal } : {}),
    }),
  async [Symbol.asyncDispose]() {
    await subject[Symbol.asyncDispose]();
    cleanUp();
  },
});

/** `test/<name>:F16` */
type Models = readonly (readonly [name: string, shape: Partial<LlamaShape>])[];
const MODELS: Models = [
  ['tiny', {}],
  ['tiny-2', {}],
  ['vectors', { pooling: 1 }],
  ['ranker', { pooling: 4 }],
];

/** `test/<name>:fp32` */
const ONNX_MODELS = {
  'onnx-vectors': (dir: string) =>
    writeOnnxEmbedder(dir, {
      files: {
        'config_sentence_transformers.json': { prompts: { query: 'find: ', document: 'the people ' } },
        '1_Pooling/config.json': { word_embedding_dimension: 32, pooling_mode_cls_token: true },
      },
    }),
  'onnx-ranker': (dir: string) => writeOnnxReranker(dir, { external: true }),
  'onnx-tiny': (dir: string) => writeOnnxGenerator(dir),
};

/** Models that classify texts; requests in OpenAI's form are not made to them. */
const CLASSIFIERS = {
  'onnx-tagger': (dir: string) => writeOnnxTagger(dir, { seed: 2 }),
  'onnx-nli': (dir: string) => writeOnnxClassifier(dir, { labels: INFERENCE, seed: 5 }),
};

/** Models of speech and pictures. */
const MEDIA_MODELS = {
  'onnx-ears': (dir: string) => writeOnnxSpeech(dir, { seconds: 2, seed: 4 }),
  'onnx-eyes': (dir: string) => writeOnnxCaptioner(dir, { seed: 6 }),
};

type OnnxModels = Readonly<Record<string, (dir: string) => string>>;

/** A folder with ONNX models. @param count how many of them are listed for OpenAI's clients */
function onnxFolder(models: Record<string, (dir: string) => string> = ONNX_MODELS, count = Object.keys(models).length) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tabagent-models-'));
  for (const [name, write] of Object.entries(models)) write(path.join(folder, 'test', name));
  return {
    folder,
    count,
    cleanUp: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A folder with the models. */
function modelsFolder(models = MODELS) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tabagent-models-'));
  for (const [name, shape] of models) {
    const dir = path.join(folder, 'test', name);
    mkdirSync(dir, { recursive: true });
    writeLlama(path.join(dir, `${name}-F16.gguf`), shape);
  }
  return { folder, count: models.length, cleanUp: () => rmSync(folder, { recursive: true, force: true }) };
}

async function open(
  settings: Partial<Settings>,
  replaced: Replaced,
  { folder, count, cleanUp } = modelsFolder(),
): Promise<InferenceHost> {
  const fixed = {
    'inference.self_check': false,
    'inference.threads': 1,
    'inference.gpu': 'off',
    'models.folder': folder,
  } as const;
  const host = withSdk(await createTestHost({ replaced, settings: { ...fixed, ...settings } }), cleanUp);
  while ((await host.host.client.call('models', {})).data.length < count)
    await new Promise((resolve) => setTimeout(resolve, 20));
  return host;
}

/** The real engine. */
export const realHost = (settings: Partial<Settings> = {}, models: Models = MODELS) =>
  open(settings, {}, modelsFolder(models));

/** The real engine for ONNX models, with nothing else in the list. */
export const onnxHost = (settings: Partial<Settings> = {}, models: OnnxModels = ONNX_MODELS) =>
  open(settings, {}, onnxFolder({ ...models }));

/** The real engine for ONNX models that classify texts. */
export const classifierHost = (settings: Partial<Settings> = {}) => unservedHost(CLASSIFIERS, settings);

/** The real engine for ONNX models of speech and pictures. */
export const mediaHost = (settings: Partial<Settings> = {}) => unservedHost(MEDIA_MODELS, settings);

/** With models that are not listed for OpenAI's clients. */
async function unservedHost(
  models: Record<string, (dir: string) => string>,
  settings: Partial<Settings>,
): Promise<InferenceHost> {
  const subject = await open(settings, {}, onnxFolder(models, 0));
  const { client, changes } = subject.host;
  const listed = Promise.withResolvers<void>();
  const look = async () => {
    if ((await client.call('models_list', {})).items.length === Object.keys(models).length) listed.resolve();
  };
  const stop = changes.subscribe(() => void look());
  await look();
  await listed.promise.finally(stop);
  return subject;
}

/** The scripted engine, which does not read the files. */
export const scriptedHost = (settings: Partial<Settings> = {}, models: Models = MODELS) =>
  open(settings, { engines: { llama: path.join(ROOT, 'tests/fixtures/engines/scripted.ts') } }, modelsFolder(models));

/** Id of the process of an engine of a host in this process. */
export function engineProcess(name: EngineName): number {
  const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const [id] = listed
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent]) => parent === String(process.pid))
    .filter((words) => words.includes(`tabagent-${name}`));
  if (id?.[0] === undefined) throw new Error(`the engine ${name} does not run`);
  return Number(id[0]);
}

/** Messages that order the scripted engine what to say. */
export const order = (script: object) => [{ role: 'user' as const, content: JSON.stringify(script) }];
