/** What a model holds is given back: its sessions with the model, keys and values of a text with the text. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { writeOnnxCaptioner, writeOnnxSpeech } from '../../../../tests/support/models/onnx-encoder-decoder.ts';
import {
  writeOnnxClassifier,
  writeOnnxEmbedder,
  writeOnnxGenerator,
  writeOnnxReranker,
  writeOnnxTagger,
} from '../../../../tests/support/models/onnx-models.ts';
import type { EngineAsk, EngineUse } from '../../../contract/models/engine.ts';
import { createOnnxEngine } from './engine.ts';
import { withWriting } from './seq2seq/model.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tabagent-ends-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

/** Sessions that are open. */
function watchSessions() {
  const open = new Set<InferenceSession>();
  const create = InferenceSession.create.bind(InferenceSession) as (...args: never[]) => Promise<InferenceSession>;
  vi.spyOn(InferenceSession, 'create').mockImplementation(async (...args: unknown[]) => {
    const session = await create(...(args as never[]));
    open.add(session);
    const release = session.release.bind(session);
    session.release = async () => {
      open.delete(session);
      await release();
    };
    return session;
  });
  return open;
}

const MODELS: Readonly<Record<EngineUse, (dir: string) => string>> = {
  chat: (dir) => writeOnnxGenerator(dir),
  embedding: (dir) => writeOnnxEmbedder(dir),
  rerank: (dir) => writeOnnxReranker(dir),
  ner: (dir) => writeOnnxTagger(dir),
  classification: (dir) => writeOnnxClassifier(dir, { labels: ['yes', 'no', 'perhaps'] }),
  speech: (dir) => writeOnnxSpeech(dir, { decoder: 'two', seconds: 2 }),
  vision: (dir) => writeOnnxCaptioner(dir, { decoder: 'two' }),
};
const USES = Object.keys(MODELS) as EngineUse[];
const call = { signal: new AbortController().signal, emit: async () => undefined };
const load = (use: EngineUse, type: EngineUse = use): EngineAsk => ({
  ...{ op: 'load' as const, model: 'm', path: MODELS[use](path.join(folder, use)), type, context_length: 64 },
  ...{ parallel: 1, prompt_batch: 64, gpu_layers: 0 },
});

describe.each(USES)('a model for %s', (use) => {
  // Catches graphs that stay in memory for ever.
  test('closes all of its sessions when it is unloaded', async () => {
    const open = watchSessions();
    const engine = createOnnxEngine({ TABAGENT_THREADS: '1', TABAGENT_GPU: 'off' });
    await engine(load(use), call);
    expect(open.size).toBe(use === 'speech' || use === 'vision' ? 3 : 1);
    await engine({ op: 'unload', model: 'm' }, call);
    expect(open.size).toBe(0);
  });

  test('leaves no session open when its load is cancelled', async () => {
    const open = watchSessions();
    const engine = createOnnxEngine({ TABAGENT_THREADS: '1', TABAGENT_GPU: 'off' });
    const controller = new AbortController();
    const emit = async () => controller.abort(new Error('left'));
    await expect(engine(load(use), { signal: controller.signal, emit })).rejects.toThrow();
    expect(open.size).toBe(0);
  });
});

test('a model of another use is refused and leaves no session open', async () => {
  const open = watchSessions();
  const engine = createOnnxEngine({ TABAGENT_THREADS: '1', TABAGENT_GPU: 'off' });
  await expect(engine(load('embedding', 'chat'), call)).rejects.toMatchObject({ slug: 'model-corrupted' });
  await expect(engine(load('chat', 'speech'), call)).rejects.toMatchObject({ slug: 'model-corrupted' });
  expect(open.size).toBe(0);
});

// Catches keys and values of every text that stay until the garbage collector finds them: it sees small objects.
test('keys and values of a text are given back when it ends, also when writing it fails', async () => {
  const file = writeOnnxSpeech(path.join(folder, 'writer'), { decoder: 'merged', seconds: 2 });
  const session = await InferenceSession.create(file, { executionProviders: ['cpu'] });
  const made: Tensor[] = [];
  const run = session.run.bind(session);
  vi.spyOn(session, 'run').mockImplementation(async (...args: Parameters<typeof run>) => {
    const outputs = await run(...args);
    made.push(...Object.values(outputs).filter((value): value is Tensor => value instanceof Tensor));
    return outputs;
  });
  const width = session.inputMetadata.find(({ name }) => name === 'encoder_hidden_states');
  const size = width?.isTensor ? Number(width.shape.at(-1)) : 0;
  const states = new Tensor('float32', new Float32Array(100 * size), [1, 100, size]);
  const held = () => made.filter(({ data }) => (data as Float32Array).byteLength > 0).length;
  const decoder = { first: session, later: null };
  await withWriting(decoder, states, async (writing) => {
    await writing.step([1]);
    await writing.step([2]);
    expect(held()).toBeGreaterThan(0);
  });
  expect(held()).toBe(0);
  const failed = withWriting(decoder, states, async (writing) => {
    await writing.step([1]);
    throw new Error('cancelled');
  });
  await expect(failed).rejects.toThrow('cancelled');
  expect([made.length > 0, held()]).toEqual([true, 0]);
  await session.release();
});
