import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from '@huggingface/transformers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine } from '../../../../../tests/support/engine.ts';
import { libraryOn } from '../../../../../tests/support/models/library.ts';
import {
  INFERENCE,
  writeOnnxClassifier,
  writeOnnxReranker,
  writeOnnxTagger,
} from '../../../../../tests/support/models/onnx-models.ts';
import type { Aggregation, Entity } from '../../../../contract/models/analysis.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tabagent-analysis-'));
const at = (name: string) => path.join(folder, name);
const onnx = (name: string) => path.join(at(name), 'onnx', 'model.onnx');
const FULL = libraryOn(folder);

const engine = openEngine('onnx');
beforeAll(async () => {
  writeOnnxTagger(at('tagger'), { seed: 2 });
  writeOnnxClassifier(at('moods'), { labels: ['good', 'bad', 'neither'], seed: 3 });
  writeOnnxClassifier(at('topics'), {
    labels: ['work', 'home', 'sport'],
    config: { problem_type: 'multi_label_classification' },
  });
  writeOnnxClassifier(at('nli'), { labels: INFERENCE, seed: 5 });
  await engine.load(onnx('tagger'), { model: 'tagger', type: 'ner' });
  for (const model of ['moods', 'topics', 'nli']) await engine.load(onnx(model), { model, type: 'classification' });
}, 60_000);
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const TEXT = 'The people of Water Town, who were there: many friends!  How are they?';

async function entities(text: string, aggregation: Aggregation = 'none', threshold = 0) {
  const { answer, items } = await engine.run({ op: 'entities', model: 'tagger', text, aggregation, threshold });
  if (answer.t !== 'entities') throw new Error(answer.t);
  return { ...answer, items };
}
async function classes(body: { model: string; text: string; labels?: string[]; multi_label?: boolean }) {
  const { labels, multi_label = false, ...rest } = body;
  const { answer } = await engine.run(
    labels === undefined
      ? { op: 'classify', ...rest }
      : { op: 'zero_shot', ...rest, labels, multi_label, hypothesis: 'This example is {}.' },
  );
  if (answer.t !== 'classified') throw new Error(answer.t);
  return answer;
}
const close = (found: readonly { label: string; score: number }[], wanted: typeof found) => {
  expect(found.map(({ label }) => label)).toEqual(wanted.map(({ label }) => label));
  for (const [index, { score }] of found.entries()) expect(score).toBeCloseTo(wanted[index]?.score ?? 0, 5);
};

describe('entities', () => {
  // Catches labels that are shifted by the control tokens, and a softmax over the wrong numbers.
  test('are the labels and scores of the library used directly, each with its place in the text', async () => {
    const tag = await pipeline('token-classification', 'tagger', FULL);
    const wanted = (await tag(TEXT)) as { entity: string; score: number; word: string }[];
    const { entities: found, tokens, windows } = await entities(TEXT);
    close(
      found,
      wanted.map(({ entity, score }) => ({ label: entity, score })),
    );
    expect(found.length).toBeGreaterThan(5);
    for (const [index, { start, end }] of found.entries())
      expect(TEXT.slice(start, end).toLowerCase()).toBe(wanted[index]?.word.replace(/^##/, ''));
    expect({ windows, tokens }).toEqual({ windows: 1, tokens: expect.any(Number) });
  });

  // Catches offsets in bytes or code points, and those of the text without its accents.
  test.each([
    ['accents that the vocabulary leaves out', 'Élan água, naïve'],
    ['letters of two units, and signs made of several', 'the 👩‍👩‍👧 people 𝒲ater 🇩🇪 they'],
    ['accents that are letters of their own', 'E\u0301lan n\u0303 are'],
    ['letters without spaces', '水の人々are many friends of 水the town people'],
    ['spaces, lines and what cannot be seen', '  the\t\r\n\u0000people\u00a0who \u200b were\u0007  '],
    ['halves of letters', 'the \ud83d people \udc00'],
  ])('have exact places beside %s', async (_what, text) => {
    const found = (await Promise.all([entities(text), entities(text, 'word')])).flatMap(({ entities: all }) => all);
    for (const { start, end } of found) {
      const named = text.slice(start, end);
      expect(named).toBe(named.trim());
      expect(end).toBeGreaterThan(start);
      // A part of a letter is none: what is cut out of the text has to be whole.
      expect(text.slice(0, start).toWellFormed() + named.toWellFormed()).toBe(text.slice(0, end).toWellFormed());
    }
    expect(found.length).toBeGreaterThan(0);
  });

  test('are joined from neighbours, and words have one label', async () => {
    const [tokens, joined, words] = [
      await entities(TEXT),
      await entities(TEXT, 'simple'),
      await entities(TEXT, 'word'),
    ];
    expect(joined.entities.length).toBeLessThan(tokens.entities.length);
    for (const { label } of [...joined.entities, ...words.entities]) expect(label).toMatch(/^(PER|LOC)$/);
    const isLetter = (index: number) => /\w/.test(TEXT.charAt(index));
    for (const { start, end } of words.entities) {
      expect(isLetter(start - 1) && isLetter(start)).toBe(false);
      expect(isLetter(end - 1) && isLetter(end)).toBe(false);
    }
  });

  test('below the threshold are left out', async () => {
    const all = (await entities(TEXT)).entities;
    const scores = all.map(({ score }) => score).sort();
    const middle = scores[Math.floor(scores.length / 2)] ?? 0;
    expect((await entities(TEXT, 'none', middle)).entities).toEqual(all.filter(({ score }) => score >= middle));
  });

  // Catches a text that is cut, entities that are told twice where windows overlap, and offsets that begin anew in each window.
  test('of a long text are found in all of it, once, in order', async () => {
    const text = `${TEXT} `.repeat(40);
    const { entities: found, windows, items } = await entities(text);
    expect(windows).toBeGreaterThan(5);
    const places = found.map(({ start }) => start);
    expect(places).toEqual([...new Set(places)].sort((one, other) => one - other));
    expect(places.at(-1)).toBeGreaterThan(text.length - 2 * TEXT.length);
    expect(found.length).toBeGreaterThan(200);
    const percents = items.flatMap((item) => (item.t === 'reading' ? [item.percent] : []));
    expect(percents.at(-1)).toBe(100);
    expect(percents.length).toBeGreaterThan(2);
  });

  test('of nothing are none', async () => {
    expect(await entities(' \n ')).toMatchObject({ entities: [] as Entity[], tokens: 0 });
    expect(await entities('')).toMatchObject({ entities: [] as Entity[], tokens: 0 });
  });
});

describe('classes', () => {
  test('of a model are those of the library used directly', async () => {
    const reference = await pipeline('text-classification', 'moods', FULL);
    for (const text of [TEXT, 'what', '']) {
      const wanted = (await reference(text, { top_k: 3 })) as { label: string; score: number }[];
      close((await classes({ model: 'moods', text })).scores, wanted);
    }
  });

  test('of which several may be true have a score each', async () => {
    const reference = await pipeline('text-classification', 'topics', FULL);
    const { scores } = await classes({ model: 'topics', text: TEXT });
    close(scores, (await reference(TEXT, { top_k: 3 })) as typeof scores);
    expect(scores.reduce((sum, { score }) => sum + score, 0)).not.toBeCloseTo(1, 2);
  });

  test.each([
    false,
    true,
  ])('that nobody has trained are those of the library; several true: %s', async (multi_label) => {
    const labels = ['water', 'the people', 'friends'];
    const reference = await pipeline('zero-shot-classification', 'nli', FULL);
    const wanted = (await reference(TEXT, labels, { multi_label })) as { labels: string[]; scores: number[] };
    const { scores } = await classes({ model: 'nli', text: TEXT, labels, multi_label });
    close(
      scores,
      wanted.labels.map((label, index) => ({ label, score: wanted.scores[index] ?? 0 })),
    );
  });

  // Catches a label that is taken for a pattern of `replace`.
  test('a label is put into the hypothesis letter by letter', async () => {
    const reference = await pipeline('zero-shot-classification', 'nli', FULL);
    // The vocabulary knows none of these signs, so they are read alike.
    const wanted = (await reference(TEXT, ['## water', 'friends'], {})) as { scores: number[] };
    const { scores } = await classes({ model: 'nli', text: TEXT, labels: ["$' water", 'friends'] });
    for (const [index, { score }] of scores.entries()) expect(score).toBeCloseTo(wanted.scores[index] ?? 0, 6);
  });

  test('of a long text count all of it', async () => {
    const [begin, end] = ['the people go there. '.repeat(60), 'water and friends! '.repeat(60)];
    const whole = await classes({ model: 'moods', text: begin + end });
    const first = await classes({ model: 'moods', text: begin });
    expect(whole.windows).toBeGreaterThan(first.windows);
    expect(whole.scores.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 6);
    expect(whole.scores).not.toEqual(first.scores);
    const freely = await classes({ model: 'nli', text: begin + end, labels: ['water', 'the people'] });
    expect(freely.windows).toBeGreaterThan(5);
    expect(freely.scores.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 6);
  });

  test('that a model cannot judge are refused with what would', async () => {
    await expect(classes({ model: 'moods', text: TEXT, labels: ['water'] })).rejects.toMatchObject({
      slug: 'invalid-state',
      message: expect.stringContaining('entailment'),
    });
    const labels = ['water '.repeat(200)];
    await expect(classes({ model: 'nli', text: TEXT, labels })).rejects.toMatchObject({
      slug: 'context-length-exceeded',
    });
    await expect(classes({ model: 'tagger', text: TEXT })).rejects.toMatchObject({ slug: 'invalid-state' });
  });
});

describe('a model', () => {
  test('that answers other numbers than its type has is refused when it is loaded', async () => {
    writeOnnxReranker(at('ranker'));
    const load = (name: string, type: 'ner' | 'classification') => engine.load(onnx(name), { model: 'wrong', type });
    await expect(load('ranker', 'classification')).rejects.toMatchObject({ slug: 'model-corrupted' });
    await expect(load('moods', 'ner')).rejects.toMatchObject({ slug: 'model-corrupted' });
    await expect(load('tagger', 'classification')).rejects.toMatchObject({ slug: 'model-corrupted' });
  });

  test('that reads a long text ends at once when nobody waits for it', async () => {
    const gone = new AbortController();
    const text = `${TEXT} `.repeat(1000);
    const body = { op: 'entities', model: 'tagger', text, aggregation: 'word', threshold: 0 } as const;
    const stream = engine.client.stream(body, { idleMs: 20_000, signal: gone.signal });
    await stream.next();
    gone.abort();
    const begun = performance.now();
    await expect(
      (async () => {
        while (!(await stream.next()).done);
      })(),
    ).rejects.toMatchObject({ slug: 'cancelled' });
    expect((await entities('the people')).tokens).toBe(2);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
