/** A host with models: real ones in the real engine, or scripted ones. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import OpenAI from 'openai';
import type { Settings } from '../../src/contract/host/settings.ts';
import type { Replaced } from '../../src/main/host.ts';
import { ROOT } from './core.ts';
import { createTestHost, type TestHost } from './host.ts';
import { type LlamaShape, writeLlama } from './models/llama-model.ts';

export interface InferenceHost extends TestHost {
  sdk: OpenAI;
  post(path: string, body: object, signal?: AbortSignal): Promise<Response>;
}

const withSdk = (subject: TestHost, cleanUp: () => void = () => undefined): InferenceHost => ({
  ...subject,
  sdk: new OpenAI({ baseURL: `${subject.url}/v1`, apiKey: subject.token, maxRetries: 0 }),
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
const MODELS: readonly (readonly [name: string, shape: Partial<LlamaShape>])[] = [
  ['tiny', {}],
  ['tiny-2', {}],
  ['vectors', { pooling: 1 }],
  ['ranker', { pooling: 4 }],
];

/** A folder with the models. */
function modelsFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'tabagent-models-'));
  for (const [name, shape] of MODELS) {
    const dir = path.join(folder, 'test', name);
    mkdirSync(dir, { recursive: true });
    writeLlama(path.join(dir, `${name}-F16.gguf`), shape);
  }
  return { folder, cleanUp: () => rmSync(folder, { recursive: true, force: true }) };
}

async function open(settings: Partial<Settings>, replaced: Replaced): Promise<InferenceHost> {
  const { folder, cleanUp } = modelsFolder();
  const fixed = { 'inference.threads': 1, 'inference.gpu': 'off', 'models.folder': folder } as const;
  const host = withSdk(await createTestHost({ replaced, settings: { ...fixed, ...settings } }), cleanUp);
  while ((await host.host.client.call('models', {})).data.length < MODELS.length)
    await new Promise((resolve) => setTimeout(resolve, 20));
  return host;
}

/** The real engine. */
export const realHost = (settings: Partial<Settings> = {}) => open(settings, {});

/** The scripted engine, which does not read the files. */
export const scriptedHost = (settings: Partial<Settings> = {}) =>
  open(settings, { engines: { llama: path.join(ROOT, 'tests/fixtures/engines/scripted.ts') } });

/** Messages that order the scripted engine what to say. */
export const order = (script: object) => [{ role: 'user' as const, content: JSON.stringify(script) }];
