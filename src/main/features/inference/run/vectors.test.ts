/** Embedding and ranking in pieces, with the model kept while they are computed. */
import { describe, expect, test } from 'vitest';
import { factsOf, openResidents } from '../../../../../tests/support/models/residents.ts';
import type { Settings } from '../../../../contract/host/settings.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { LoadableModel } from '../deps.ts';
import { createRerank } from '../rerank.ts';
import type { Engine } from './engine.ts';
import { createVectors } from './vectors.ts';

const WIDTH = 2;
const asker = { caller: 'me', signal: new AbortController().signal };
const texts = (count: number) => Array.from({ length: count }, (_, index) => String(index));

/** An engine whose vector of a text is its number and the length of the piece. */
function open(type: LoadableModel['type'], changes: Partial<Engine> = {}, settings: Partial<Settings> = {}) {
  const pieces: number[] = [];
  const subject = openResidents({
    model: { type },
    settings,
    engine: {
      load: async ({ context_length }) => factsOf(context_length, WIDTH),
      async embed(_model, piece) {
        pieces.push(piece.length);
        const vectors = Float32Array.from(piece.flatMap((text) => [Number(text), piece.length]));
        // As a message brings them: at an address that is no multiple of four.
        const bytes = new Uint8Array(vectors.byteLength + 1).subarray(1);
        bytes.set(new Uint8Array(vectors.buffer));
        return { t: 'embedded', vectors: bytes, dimensions: WIDTH, tokens: piece.length * 3 };
      },
      async rerank(_model, _query, piece) {
        pieces.push(piece.length);
        return { t: 'ranked', scores: piece.map((text) => Number(text) / 100), tokens: piece.length };
      },
      ...changes,
    },
  });
  return { ...subject, pieces, vectors: createVectors(subject) };
}

describe('embedding', () => {
  // Catches vectors of later pieces that overwrite the first ones, and views of bytes that are not aligned.
  test('more texts than one piece takes gives each its own vector', async () => {
    const { vectors, pieces, tally } = open('embedding');
    const embedder = await vectors.embedder('a', asker);
    const embedded = await embedder.embed(texts(70));
    expect(pieces).toEqual([32, 32, 6]);
    expect([embedder.id, embedder.dimensions, embedded.tokens]).toEqual(['a', WIDTH, 210]);
    // Catches embeddings that no metric counts.
    expect(tally.read()).toMatchObject({
      tokens: [{ model: 'a', kind: 'prompt', count: 210 }],
      works: [{ model: 'a', work: 'embed', outcome: 'done', count: 1 }],
    });
    expect([0, 31, 32, 69].map((index) => [...embedded.at(index)])).toEqual([
      [0, 32],
      [31, 32],
      [32, 32],
      [69, 6],
    ]);
  });

  test('nothing asks the engine nothing', async () => {
    const { vectors, pieces } = open('embedding');
    const { vectors: none, tokens } = await (await vectors.embedder('a', asker)).embed([]);
    expect([none.length, tokens, pieces]).toEqual([0, 0, []]);
  });

  // Catches a model that is kept in memory for ever because one request failed.
  test('that fails gives the place and the model back', async () => {
    const { vectors, residents } = open('embedding', { embed: () => Promise.reject(new Error('engine fault')) });
    const embedder = await vectors.embedder('a', asker);
    await expect(embedder.embed(texts(1))).rejects.toThrow('engine fault');
    expect(residents.get('a')?.users).toBe(0);
    expect(residents.get('a')?.turns.active()).toBe(0);
  });

  test('ends between two pieces when the caller has left', async () => {
    const abort = new AbortController();
    const { vectors, pieces, tally } = open('embedding', {
      async embed(_model, piece) {
        pieces.push(piece.length);
        abort.abort();
        return { t: 'embedded', vectors: new Uint8Array(piece.length * WIDTH * 4), dimensions: WIDTH, tokens: 0 };
      },
    });
    const embedder = await vectors.embedder('a', { caller: 'me', signal: abort.signal });
    await expect(embedder.embed(texts(70))).rejects.toMatchObject({ slug: 'cancelled' });
    expect(pieces).toEqual([32]);
    expect(tally.read().works).toMatchObject([{ work: 'embed', outcome: 'cancelled', count: 1 }]);
  });
});

describe('ranking', () => {
  test('gives a score to each document in their order', async () => {
    const { vectors, pieces } = open('rerank');
    const { model, scores, tokens } = await vectors.rank('a', 'question', texts(40), asker);
    expect([model, pieces, tokens]).toEqual(['a', [16, 16, 8], 40]);
    expect(scores).toEqual(texts(40).map((text) => Number(text) / 100));
  });

  // Catches a ranking of many long documents that is waited for without an end.
  test('ends with its budget of time: what was ranked by then is the answer', async () => {
    const second = Promise.withResolvers<void>();
    const { vectors, clock, residents, tally } = open(
      'rerank',
      {
        async rerank(_model, _query, piece, signal) {
          if (piece[0] === '16') {
            second.resolve();
            await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new AppError('cancelled'))));
          }
          return { t: 'ranked', scores: piece.map(() => 0.5), tokens: piece.length };
        },
      },
      { rerank_budget_seconds: 5 },
    );
    const ranked = vectors.rank('a', 'question', texts(40), asker);
    await second.promise;
    clock.advance(5_000);
    expect((await ranked).scores).toHaveLength(16);
    expect(residents.get('a')?.users).toBe(0);
    expect(tally.read()).toMatchObject({ works: [{ work: 'rerank', outcome: 'done' }], tokens: [{ count: 16 }] });
    const answer = await createRerank({ rank: async () => ({ model: 'a', scores: [0.1, 0.9], tokens: 2 }) })(
      { model: 'a', query: 'q', documents: ['x', 'y', 'z'], return_documents: false },
      { principal: { id: 'me' }, requestId: 'r', signal: asker.signal } as Parameters<
        ReturnType<typeof createRerank>
      >[1],
    );
    expect(answer).toMatchObject({ partial: true, unranked: 1, count: 2, results: [{ index: 1 }, { index: 0 }] });
  });

  test('with a model that does not rank is refused at the field of the model', async () => {
    const { vectors, calls } = open('embedding');
    await expect(vectors.rank('a', 'question', ['x'], asker)).rejects.toMatchObject({
      slug: 'validation-error',
      extra: { field: 'model' },
    });
    expect(calls).toEqual([]);
  });
});

test('a model tells how long its vectors are: by its file at first, by the engine once it is loaded', async () => {
  const { vectors, residents, a } = open('embedding');
  expect((await vectors.embedders()).map(({ dimensions, loaded }) => [dimensions, loaded])).toEqual([
    [0, false],
    [0, false],
    [0, false],
  ]);
  await residents.load(a, {});
  expect((await vectors.embedders())[0]).toEqual({ id: 'a', name: 'a', dimensions: WIDTH, loaded: true });
  expect(await open('chat').vectors.embedders()).toEqual([]);
});
