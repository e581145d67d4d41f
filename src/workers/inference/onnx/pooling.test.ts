/** From the vectors of tokens to that of a text, as the files of the model ask for it. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFolder } from './folder.ts';
import { openPooling } from './pooling.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-pooling-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

function open(files: Record<string, unknown>, name = 'maker/model') {
  for (const [file, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    fs.writeFileSync(path.join(dir, file), JSON.stringify(content));
  }
  return openPooling(openFolder(path.join(dir, 'onnx', 'model.onnx')), name);
}
/** Three tokens with two numbers each, and one of padding that must not count. */
const TOKENS = { data: Float32Array.from([1, -8, 3, 0, 8, 2, 100, 100]), size: 2, count: 3 };
const pooled = async (config: unknown, name?: string) => {
  const files = config === undefined ? {} : { '1_Pooling/config.json': config };
  return [...(await open(files, name)).pool(TOKENS)];
};

describe('one vector of many', () => {
  test.each([
    ['cls_token', [1, -8]],
    ['max_tokens', [8, 2]],
    ['mean_tokens', [4, -2]],
    ['weightedmean_tokens', [(1 + 6 + 24) / 6, (-8 + 0 + 6) / 6]],
    ['lasttoken', [8, 2]],
  ])('by %s', async (mode, vector) => {
    const found = await pooled({ [`pooling_mode_${mode}`]: true });
    for (const [index, value] of vector.entries()) expect(found[index]).toBeCloseTo(value, 5);
  });

  test('by the mean over the root of the length', async () => {
    const [first] = await pooled({ pooling_mode_mean_sqrt_len_tokens: true });
    expect(first).toBeCloseTo(12 / Math.sqrt(3), 5);
  });

  test('by several modes is longer, in the order of the library', async () => {
    const found = await pooled({ pooling_mode_mean_tokens: true, pooling_mode_cls_token: true });
    expect(found).toEqual([1, -8, 4, -2]);
  });

  test('by the newer spelling of the file', async () => {
    expect(await pooled({ pooling_mode: 'max' })).toEqual([8, 2]);
    expect(await pooled({ pooling_mode: ['cls', 'mean'] })).toEqual([1, -8, 4, -2]);
  });

  // Catches a mode that is not known and quietly becomes the mean: all distances would be wrong.
  test.each([
    [{ pooling_mode: 'attention' }],
    [{}],
    [{ pooling_mode_mean_tokens: 'yes' }],
    [{ pooling_mode: 'toString' }],
  ])('%j is refused', async (config) => {
    await expect(pooled(config)).rejects.toMatchObject({ slug: 'model-corrupted' });
  });
});

describe('without a file', () => {
  test('the mean is taken, but the first token for families that are made for it', async () => {
    expect(await pooled(undefined)).toEqual([4, -2]);
    expect(await pooled(undefined, 'Xenova/bge-small-en-v1.5')).toEqual([1, -8]);
    expect(await pooled(undefined, 'Snowflake/snowflake-arctic-embed-xs')).toEqual([1, -8]);
    // A name that only holds the letters is another family.
    expect(await pooled(undefined, 'maker/bgems')).toEqual([4, -2]);
  });
});

describe('texts before an input', () => {
  test('are by what the input is, and else the one that is set for all', async () => {
    const prompts = { query: 'query: ', passage: 'passage: ', other: 'text: ' };
    const file = 'config_sentence_transformers.json';
    expect((await open({ [file]: { prompts } })).prompts).toEqual({
      query: 'query: ',
      document: 'passage: ',
      other: '',
    });
    expect((await open({ [file]: { prompts, default_prompt_name: 'other' } })).prompts.other).toBe('text: ');
    expect((await open({ [file]: { prompts: { query: 3 }, default_prompt_name: 'constructor' } })).prompts).toEqual({
      ...{ query: '', document: '', other: '' },
    });
  });

  test('count among the tokens unless the model says that they do not', async () => {
    expect((await open({})).countsPrompt).toBe(true);
    const config = { pooling_mode_mean_tokens: true, include_prompt: false };
    expect((await open({ '1_Pooling/config.json': config })).countsPrompt).toBe(false);
  });
});

describe('the list of modules', () => {
  const modules = (place: string) => [
    { type: 'sentence_transformers.models.Transformer', path: '' },
    { type: 'sentence_transformers.models.Pooling', path: place },
  ];

  test('names the folder of the pooling', async () => {
    const { pool } = await open({ 'modules.json': modules('2_Pool'), '2_Pool/config.json': { pooling_mode: 'cls' } });
    expect([...pool(TOKENS)]).toEqual([1, -8]);
  });

  // Catches a model whose files are read from outside of its folder.
  test.each(['..', '../..', '/etc', 'a/../../b'])('cannot lead out of the folder: %s', async (place) => {
    const { pool } = await open({ 'modules.json': modules(place), '1_Pooling/config.json': { pooling_mode: 'cls' } });
    expect([...pool(TOKENS)]).toEqual([1, -8]);
  });

  test('tells of a layer behind the pooling, and the longest input is told by its own file', async () => {
    const dense = [...modules('1_Pooling'), { type: 'sentence_transformers.models.Dense', path: '2_Dense' }];
    const found = await open({ 'modules.json': dense, 'sentence_bert_config.json': { max_seq_length: 256 } });
    expect([found.needsWhole, found.maxLength]).toEqual([true, 256]);
    fs.rmSync(path.join(dir, 'sentence_bert_config.json'));
    expect(await open({ 'modules.json': modules('1_Pooling') })).toMatchObject({ needsWhole: false, maxLength: null });
  });
});
