/** Embedding, comparing and grouping texts at the real host, with no model installed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestHost, type TestHost } from '../support/host.ts';
import { httpClient } from './http/client.ts';

const TEXT = 'The quick brown fox jumps over the lazy dog';
const LEXICAL = 'tabagent/lexical-384';
const SHOPPING = ['buy milk and bread', 'milk, bread and butter', 'bread from the bakery, milk from the shop'];
const TRAVEL = ['book a flight to Rome', 'cheap flights to Rome', 'the flight from Rome was late'];
const MONEY = [
  'pay the invoice',
  'invoices that were not paid',
  'the invoice is due, pay it',
  'invoice 42 was paid twice',
];

let subject: TestHost;
const { call } = httpClient(() => ({ url: subject.url, key: subject.token }));
const post = (path: string, body: unknown) => call('POST', path, { body: JSON.stringify(body) });

beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

describe('embeddings', () => {
  test('numbers and base64 are the same vectors, of unit length, in the order of the texts', async () => {
    const numbers = await post('/v1/embeddings', { model: LEXICAL, input: SHOPPING });
    const { json } = await post('/v1/embeddings', { input: SHOPPING, encoding_format: 'base64' });
    expect(json).toMatchObject({ object: 'list', model: LEXICAL, usage: { prompt_tokens: 16, total_tokens: 16 } });
    const vectors = json.data.map(({ embedding }: { embedding: string }) => {
      const bytes = Buffer.from(embedding, 'base64');
      return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
    });
    expect(vectors).toEqual(numbers.json.data.map(({ embedding }: { embedding: number[] }) => embedding));
    for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
    expect(json.data.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2]);
  });

  test('fewer dimensions are the first ones, of unit length again; more than there are is refused by name', async () => {
    const whole = (await post('/v1/embeddings', { input: TEXT })).json.data[0].embedding as number[];
    const short = (await post('/v1/embeddings', { input: TEXT, dimensions: 16 })).json.data[0].embedding as number[];
    const length = Math.hypot(...whole.slice(0, 16));
    for (const [index, value] of short.entries()) expect(value).toBeCloseTo((whole[index] ?? 0) / length, 5);
    const refused = await post('/v1/embeddings', { input: 'x', dimensions: 1000 });
    expect(refused.status).toBe(400);
    expect(refused.json).toMatchObject({
      errors: { dimensions: expect.stringContaining('384') },
      error: { param: 'dimensions' },
    });
  });

  // Would catch: a semantic model that was asked for and silently replaced.
  test('a model that is not there is not replaced', async () => {
    const unknown = await post('/v1/embeddings', { model: 'all-MiniLM-L6-v2', input: 'x' });
    expect(unknown.status).toBe(404);
    expect(unknown.json).toMatchObject({
      type: expect.stringContaining('model-not-found'),
      error: { message: expect.stringContaining('all-MiniLM') },
    });
  });

  test('the default is refused when the operator has switched the built-in one off', async () => {
    await using other = await createTestHost({ settings: { 'embedding.lexical_fallback': false } });
    const there = httpClient(() => ({ url: other.url, key: other.token }));
    const refused = await there.call('POST', '/v1/similarity', { body: '{"text1":"a","text2":"b"}' });
    expect(refused).toMatchObject({
      status: 503,
      json: { type: expect.stringContaining('embedding-model-not-available') },
    });
    expect((await there.call('POST', '/v1/embeddings', { body: `{"model":"${LEXICAL}","input":"a"}` })).status).toBe(
      200,
    );
  });

  test('empty texts and too many are refused', async () => {
    expect((await post('/v1/embeddings', { input: '' })).status).toBe(400);
    expect((await post('/v1/embeddings', { input: [] })).status).toBe(400);
    expect((await post('/v1/embeddings', { input: ['a', ''] })).status).toBe(400);
    expect((await post('/v1/embeddings', { input: Array(2049).fill('a') })).status).toBe(400);
  });

  test('the list tells the built-in embedder from those that know meanings', async () => {
    const { json } = await call('GET', '/v1/embedding-models');
    expect(json.count).toBe(4);
    expect(json.models[0]).toEqual({
      ...{ id: LEXICAL, name: 'Built-in (lexical)', dimensions: 384 },
      ...{ type: 'lexical', installed: true, loaded: true },
    });
    expect(
      json.models
        .slice(1)
        .every(({ type, installed }: { type: string; installed: boolean }) => type === 'semantic' && !installed),
    ).toBe(true);
  });

  // Would catch: a request that holds up the host while its megabytes of text are embedded.
  test('health answers while a large request is computed', { timeout: 120_000 }, async () => {
    const text = 'some words that are long enough to be cut into parts '.repeat(400);
    const large = post('/v1/embeddings', { input: Array(200).fill(text), encoding_format: 'base64' });
    let waited = 0;
    let done = false;
    void large.finally(() => {
      done = true;
    });
    while (!done) {
      const start = performance.now();
      await call('GET', '/v1/health');
      waited = Math.max(waited, performance.now() - start);
    }
    const answer = await large;
    expect(answer.status).toBe(200);
    expect(answer.json.data).toHaveLength(200);
    expect(waited).toBeLessThan(1500);
  });
});

describe('texts', () => {
  test('are compared', async () => {
    const near = await post('/v1/similarity', { text1: SHOPPING[0], text2: SHOPPING[1] });
    const far = await post('/v1/similarity', { text1: SHOPPING[0], text2: TRAVEL[0] });
    expect(near.json.similarity).toBeGreaterThan(far.json.similarity + 0.3);
    expect(near.json.model).toBe(LEXICAL);
    const same = await post('/v1/similarity', { text1: 'x', text2: 'x', model: 'default' });
    expect(same.json.similarity).toBeCloseTo(1, 5);
  });

  test('ten sentences fall into the three groups that a reader makes', async () => {
    const documents = [...SHOPPING, ...TRAVEL, ...MONEY];
    const { json } = await post('/v1/cluster', { documents, n_clusters: 3 });
    expect(json.clusters).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 2]);
    expect(json.centers).toHaveLength(3);
    expect(json).toMatchObject({ n_clusters: 3, model: LEXICAL });
    expect((await post('/v1/cluster', { documents, n_clusters: 3 })).json).toEqual(json);
    const few = await post('/v1/cluster', { documents: ['a', 'b'] });
    expect(few.json.n_clusters).toBe(2);
    const refused = await post('/v1/cluster', { documents: ['a'], n_clusters: 2 });
    expect(refused).toMatchObject({
      status: 400,
      json: { errors: { n_clusters: expect.stringContaining('at most 1') } },
    });
  });

  test('are ranked against a query', async () => {
    const candidates = [...TRAVEL, ...SHOPPING];
    const { json } = await post('/v1/recommend', { query: 'fresh bread and milk', candidates, top_n: 3 });
    expect([...json.recommendations].sort()).toEqual([3, 4, 5]);
    expect(json.scores).toEqual([...json.scores].sort((a: number, b: number) => b - a));
    expect(json.items[0]).toEqual({
      index: json.recommendations[0],
      content: candidates[json.recommendations[0]],
      score: json.scores[0],
    });
    expect((await post('/v1/recommend', { query: 'x', candidates: ['a'], top_n: 2 })).status).toBe(400);
  });

  test('a model is evaluated on queries with known answers', async () => {
    const { json } = await post('/v1/evaluate-embeddings', {
      model: LEXICAL,
      queries: ['milk and bread', 'flight Rome'],
      documents: [...SHOPPING, ...TRAVEL],
      relevant: [
        [0, 1, 2],
        [3, 4, 5],
      ],
    });
    expect(json).toMatchObject({
      query_count: 2,
      document_count: 6,
      dimensions: 384,
      metrics: { mrr: 1, recall_at_5: 1, ndcg_at_10: 1 },
    });
    expect(json.similarity_matrix.map((row: number[]) => row.length)).toEqual([6, 6]);
    expect(json.top_matches[1].document_index).toBeGreaterThanOrEqual(3);
    const bad = { model: LEXICAL, queries: ['a'], documents: ['b'], relevant: [[1]] };
    expect((await post('/v1/evaluate-embeddings', bad)).status).toBe(400);
    expect((await post('/v1/evaluate-embeddings', { ...bad, relevant: [] })).status).toBe(400);
    const { json: plain } = await post('/v1/evaluate-embeddings', { model: LEXICAL, queries: ['a'], documents: ['b'] });
    expect(plain.metrics).toBeNull();
  });
});
