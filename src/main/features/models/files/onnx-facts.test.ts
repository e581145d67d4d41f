/** What the JSON files beside an ONNX model say, of the shapes that transformers writes, and of damaged ones. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { MalformedFile } from './byte-reader.ts';
import { type OnnxEncoderDecoder, onnxFacts } from './onnx-facts.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-onnx-facts-'));
afterAll(() => fs.rmSync(root, { recursive: true }));
let count = 0;

/** A folder with these files; objects are written as JSON, and a tokenizer is there unless it is null. */
function folder(files: Record<string, unknown>): string {
  const dir = path.join(root, `m${count++}`);
  for (const [name, content] of Object.entries({ 'tokenizer.json': {}, ...files })) {
    if (content === null) continue;
    fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    fs.writeFileSync(path.join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return dir;
}

const factsOf = (files: Record<string, unknown>, encoderDecoder: OnnxEncoderDecoder | null = null, variant = 'fp32') =>
  onnxFacts(folder(files), variant, 1_000, encoderDecoder);
const POOLING = { '1_Pooling/config.json': {} };
const BERT = { hidden_size: 384, num_hidden_layers: 6, num_attention_heads: 12, vocab_size: 30_522 };

describe('the type follows from the architecture', () => {
  // Would catch: a model that is loaded for what it cannot do, or listed as nothing.
  test.each([
    ['BertForTokenClassification', {}, {}, 'ner'],
    ['BertForSequenceClassification', { id2label: { 0: 'a', 1: 'b' } }, {}, 'classification'],
    ['BertForSequenceClassification', { num_labels: 3 }, {}, 'classification'],
    ['BertForSequenceClassification', { id2label: { 0: 'LABEL_0' } }, {}, 'rerank'],
    ['XLMRobertaForSequenceClassification', { num_labels: 1 }, {}, 'rerank'],
    ['LlamaForCausalLM', {}, {}, 'chat'],
    ['Qwen3ForCausalLM', {}, POOLING, 'embedding'],
    ['BertModel', {}, {}, 'embedding'],
    ['BertForMaskedLM', {}, {}, 'embedding'],
    ['BertForPreTraining', {}, POOLING, 'embedding'],
    ['BertForPreTraining', {}, {}, 'other'],
    ['Wav2Vec2ForCTC', {}, {}, 'other'],
    ['CLIPModel', {}, {}, 'other'],
    [undefined, {}, {}, 'other'],
  ])('%s %o %o: %s', async (architecture, config, files, type) => {
    const architectures = architecture === undefined ? undefined : [architecture];
    expect(await factsOf({ 'config.json': { architectures, ...config }, ...files })).toMatchObject({ type });
  });

  // Would catch: a list, a number or an object in place of a name, which a hub may serve.
  test.each([
    [[]],
    ['BertModel'],
    [[7]],
    [{ 0: 'BertModel' }],
    [null],
  ])('architectures %j name nothing', async (given) => {
    expect(await factsOf({ 'config.json': { architectures: given } })).toMatchObject({ type: 'other' });
  });

  // Would catch: a decoder alone, which would be loaded and fail at its first use.
  test('models of speech and pictures need both of their graphs', async () => {
    const config = { 'config.json': { architectures: ['WhisperForConditionalGeneration'], model_type: 'whisper' } };
    expect(await factsOf(config)).toMatchObject({ type: 'other' });
    expect(await factsOf(config, { encoder: 'encoder_model.onnx', isThere: true })).toMatchObject({ type: 'speech' });
    await expect(factsOf(config, { encoder: 'encoder_model.onnx', isThere: false })).rejects.toThrow(
      'Its encoder_model.onnx is missing; a decoder alone is of no use.',
    );
  });
});

describe('the longest input is what all files agree on', () => {
  const bert = { architectures: ['BertModel'], max_position_embeddings: 512 };
  test.each([
    ['the positions', {}, 512],
    ['the tokenizer', { 'tokenizer_config.json': { model_max_length: 256 } }, 256],
    ['the sentences', { 'sentence_bert_config.json': { max_seq_length: 128 } }, 128],
    // Tokenizers without a limit are written with a number that is none.
    ['no limit', { 'tokenizer_config.json': { model_max_length: 1e30 } }, 512],
    ['no number', { 'tokenizer_config.json': { model_max_length: '64' } }, 512],
    ['a negative one', { 'sentence_bert_config.json': { max_seq_length: -1 } }, 512],
  ])('%s', async (_name, files, length) => {
    expect(await factsOf({ 'config.json': bert, ...files })).toMatchObject({ context_length: length });
  });

  test('is unknown when nothing tells it', async () => {
    expect(await factsOf({ 'config.json': { architectures: ['BertModel'] } })).toMatchObject({ context_length: null });
  });
});

describe('memory', () => {
  test('of a model for vectors keeps nothing for each token', async () => {
    const { memory } = await factsOf({ 'config.json': { architectures: ['BertModel'], ...BERT } });
    expect(memory).toMatchObject({ weights: 1_000, layers: 6, embedding: 384, heads: 12, cached_per_token: 0 });
    expect(memory?.feed_forward).toBe(4 * 384);
  });

  // Would catch: a cache of all heads where several share one, which doubles the estimate, and half precision counted whole.
  test('of a model that writes keeps keys and values of the heads that have their own', async () => {
    const config = { ...BERT, architectures: ['LlamaForCausalLM'], num_key_value_heads: 4, intermediate_size: 1_024 };
    const { memory } = await factsOf({ 'config.json': config }, null, 'q4f16');
    expect(memory).toMatchObject({ cached_per_token: 2 * 6 * 4 * 32, feed_forward: 1_024, onnx: { cache_bytes: 2 } });
    const wide = await factsOf({ 'config.json': { ...config, head_dim: 64 } });
    expect(wide.memory).toMatchObject({ cached_per_token: 2 * 6 * 4 * 64, onnx: { cache_bytes: 4 } });
  });

  // Would catch: an estimate from numbers that no model has.
  test.each([
    [{ num_hidden_layers: 0 }],
    [{ hidden_size: '384' }],
    [{ num_hidden_layers: 1.5 }],
    [{ hidden_size: 1e12 }],
    [{ num_hidden_layers: undefined }],
  ])('is unknown with %o', async (numbers) => {
    expect(await factsOf({ 'config.json': { architectures: ['BertModel'], ...BERT, ...numbers } })).toMatchObject({
      memory: null,
    });
  });

  test('follows from the names of GPT-2 as well', async () => {
    const config = { architectures: ['GPT2LMHeadModel'], n_layer: 12, n_embd: 768, n_head: 12, n_positions: 1_024 };
    expect(await factsOf({ 'config.json': config })).toMatchObject({
      ...{ layers: 12, embedding_size: 768, context_length: 1_024 },
      memory: { layers: 12, embedding: 768, heads: 12 },
    });
  });
});

// Would catch: a name that brings a path, control characters or a page of text into lists and logs.
test('names are short and printable', async () => {
  const config = {
    architectures: ['BertModel'],
    _name_or_path: '/home/a/models/\u001b[31mtiny\n',
    model_type: 'x'.repeat(500),
  };
  const facts = await factsOf({ 'config.json': config, 'tokenizer_config.json': { tokenizer_class: 'T'.repeat(90) } });
  expect(facts.name).toBe('[31mtiny');
  expect(facts.architecture).toHaveLength(64);
  expect(facts.tokenizer).toHaveLength(64);
});

// Would catch: a path of another system, which tells whose machine the model was made on.
test.each([
  ['org/tiny', 'tiny'],
  ['models/tiny/', 'tiny'],
  [String.raw`C:\Users\ada\models\tiny`, 'tiny'],
  ['tiny', 'tiny'],
  ['/', null],
  [' ', null],
  [7, null],
])('the name in %j is %j', async (given, name) => {
  const config = { architectures: ['BertModel'], _name_or_path: given };
  expect((await factsOf({ 'config.json': config })).name).toBe(name);
});

test('a chat template is known from either of its files', async () => {
  const config = { 'config.json': { architectures: ['LlamaForCausalLM'] } };
  expect(await factsOf(config)).toMatchObject({ chat_template: false });
  expect(await factsOf({ ...config, 'chat_template.jinja': 'x' })).toMatchObject({ chat_template: true });
  const inside = { 'tokenizer_config.json': { chat_template: 'x' } };
  expect(await factsOf({ ...config, ...inside })).toMatchObject({ chat_template: true });
});

// Would catch: a folder that is refused without a reason, or that ends the search for models.
test.each([
  [{}, 'It has no config.json'],
  [{ 'config.json': '{"architectures"' }, 'Its config.json is not a JSON object.'],
  [{ 'config.json': [] }, 'Its config.json is not a JSON object.'],
  [{ 'config.json': '['.repeat(1_000) }, 'Its config.json is not a JSON object.'],
  [{ 'config.json': { architectures: ['BertModel'] }, 'tokenizer_config.json': 'x' }, 'Its tokenizer_config.json'],
  [{ 'config.json': { architectures: ['BertModel'] }, 'tokenizer.json': null }, 'It has no tokenizer.json'],
])('what is missing or damaged is told: %#', async (files, why) => {
  await expect(factsOf(files)).rejects.toThrow(MalformedFile);
  await expect(factsOf(files)).rejects.toThrow(why);
});

// Would catch: a folder that somebody else has prepared, whose files lead to a secret of the operator.
test('a file that is a link to elsewhere is not read', async () => {
  const dir = folder({});
  const secret = path.join(root, 'secret.json');
  fs.writeFileSync(secret, JSON.stringify({ architectures: ['BertModel'] }));
  fs.symlinkSync(secret, path.join(dir, 'config.json'));
  await expect(onnxFacts(dir, 'fp32', 1, null)).rejects.toThrow(MalformedFile);
});
