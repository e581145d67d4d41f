import { expect, test } from 'vitest';
import { ENGINES, engineOf, loadedAs } from './engines.ts';
import { MODEL_TYPES, ModelFormat } from './models.ts';

test('each format has the engine that reads it', () => {
  for (const format of ModelFormat.options) expect(ENGINES[engineOf(format)].format).toBe(format);
});

// Catches a model that is offered and cannot be loaded, or one that could be loaded and is not.
test('what no engine computes is loaded for nothing', () => {
  const loadable = (format: ModelFormat) => MODEL_TYPES.filter((type) => loadedAs({ format, type }) !== null);
  expect(loadable('gguf')).toEqual(['chat', 'embedding', 'rerank', 'vision']);
  expect(loadable('onnx')).toEqual(['chat', 'embedding', 'rerank', 'ner', 'classification', 'speech', 'vision']);
  expect(loadedAs({ format: 'gguf', type: 'vision' })).toBe('chat');
});
