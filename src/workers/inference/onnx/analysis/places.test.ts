import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  BERT_TOKENIZER,
  bytePairTokenizer,
  wordPieceTokenizer,
} from '../../../../../tests/support/models/onnx-tokenizers.ts';
import { openFolder } from '../folder.ts';
import { openTokenizer } from '../tokenizer.ts';
import { openFrame, withLiteralInputs } from './frame.ts';
import { readText } from './places.ts';
import { windowsOf } from './windows.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tabagent-places-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** SentencePiece of XLM-RoBERTa and its kin: spaces are letters, and what is not known is put together. */
const UNIGRAM = {
  version: '1.0',
  added_tokens: [],
  normalizer: {
    type: 'Sequence',
    normalizers: [{ type: 'NFKC' }, { type: 'Replace', pattern: { Regex: '[\\n\\r\\t]' }, content: ' ' }],
  },
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', add_prefix_space: true },
  post_processor: null,
  decoder: { type: 'Metaspace', replacement: '▁', add_prefix_space: true },
  model: {
    type: 'Unigram',
    unk_id: 0,
    vocab: [
      ['<unk>', -20],
      ['▁', -4],
      ['▁An', -1],
      ['gel', -1],
      ['a', -3],
      ['▁in', -1],
      ['▁Ber', -1],
      ['lin', -1],
      ['.', -2],
      ['fi', -2],
    ],
  },
};

async function openAs(file: object, config: object = {}) {
  writeFileSync(path.join(folder, 'tokenizer.json'), JSON.stringify(file));
  writeFileSync(path.join(folder, 'tokenizer_config.json'), JSON.stringify(config));
  return openTokenizer(openFolder(path.join(folder, 'model.onnx')));
}
const vocabularies = {
  pieces: await openAs(wordPieceTokenizer(), BERT_TOKENIZER),
  bytes: await openAs(bytePairTokenizer()),
  sentences: await openAs(UNIGRAM, { unk_token: '<unk>' }),
};
type Vocabulary = keyof typeof vocabularies;
const read = (name: Vocabulary, text: string) => readText(vocabularies[name], text, () => Promise.resolve());
/** What each token names, without the space before it. */
const named = async (name: Vocabulary, text: string) =>
  (await read(name, text)).spans.map(({ start, end }) => text.slice(start, end).trim());

describe('tokens', () => {
  test.each<[Vocabulary, string, string[]]>([
    ['pieces', 'The people', ['The', 'people']],
    // A sign that is not known has its word, and nothing of its neighbours.
    ['pieces', 'the ☃☃, people', ['the', '☃☃', ',', 'people']],
    ['pieces', 'ÉLÁ', ['É', 'L', 'Á']],
    ['pieces', 'e\u0301a', ['e\u0301', 'a']],
    ['pieces', '水water', ['水', 'water']],
    ['pieces', '\u0000the\u0007 \u200bpeople', ['the', 'people']],
    ['bytes', ' the é people', ['the', '', 'é', 'é', 'people']],
    ['bytes', '👩‍👧', new Array<string>(11).fill('👩‍👧')],
    ['sentences', 'Angela in Berlin.', ['An', 'gel', 'a', 'in', 'Ber', 'lin', '.']],
    ['sentences', 'An  ﬁ in', ['An', '', '', 'ﬁ', 'in']],
    ['sentences', '水水 in 水.', ['', '水水', 'in', '', '水', '.']],
  ])('of %s name the letters that they were made of: %j', async (name, text, wanted) => {
    expect(await named(name, text)).toEqual(wanted);
  });

  // Catches a text that is read otherwise than the model was trained with, because it is read word by word.
  test.each(['pieces', 'bytes', 'sentences'] as const)('of %s are those of the whole text', async (name) => {
    for (const text of ['The people  in Water,\n\twho? ', 'Angela in Berlin. fi', ' a', 'a\r\n\r\n b', 'é 水 x'])
      expect((await read(name, text)).ids).toEqual(vocabularies[name].tokenize(text, false));
  });

  test('keep their order and lie in the text, whatever it is', async () => {
    const units = fc.array(
      fc.oneof(fc.constantFrom(...'the people.\n\u0000\ud83d\ude00\u0301水é'), fc.string({ maxLength: 2 })),
    );
    for (const name of Object.keys(vocabularies) as Vocabulary[])
      await fc.assert(
        fc.asyncProperty(units, async (parts) => {
          const text = parts.join('');
          const { ids, spans } = await read(name, text);
          expect(spans).toHaveLength(ids.length);
          let last = 0;
          for (const { start, end } of spans) {
            expect(start).toBeGreaterThanOrEqual(0);
            expect(end).toBeGreaterThanOrEqual(start);
            expect(end).toBeLessThanOrEqual(text.length);
            expect(end).toBeGreaterThanOrEqual(last);
            last = end;
          }
        }),
        { numRuns: 200 },
      );
  });

  // Catches spaces or letters without end that take quadratic time.
  test.each([
    ' '.repeat(300_000),
    'a'.repeat(100_000),
    '水'.repeat(50_000),
  ])('of a text without words take no long time', async (text) => {
    const begun = performance.now();
    await read('pieces', `${text}!`);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});

test('framed tokens are those of the tokenizer, for one text and for two', () => {
  const { pieces } = vocabularies;
  const frame = openFrame(pieces);
  const [one, two] = ['the people, who', 'water go'];
  expect(frame.one(pieces.tokenize(one, false))).toEqual(pieces.encode(one));
  expect(frame.pair(pieces.tokenize(one, false), pieces.tokenize(two, false))).toEqual(pieces.encode(one, two));
  expect(frame.sizes).toEqual({ one: 2, before: 1, pair: 3 });
});

// Catches a document that ends itself, and goes on as another text: the ranking would believe what it says of itself.
test('names of control tokens in the texts of an input stay text', () => {
  const { pieces } = vocabularies;
  const controls = (text: string, second?: string) =>
    withLiteralInputs(pieces)
      .encode(text, second)
      .ids.filter((id) => id === pieces.idOf('[SEP]') || id === pieces.idOf('[CLS]')).length;
  expect(controls('water [SEP] people [CLS]')).toBe(2);
  expect(controls('who', 'water [SEP] who [SEP]')).toBe(3);
  expect(withLiteralInputs(pieces).encode('who', 'water')).toEqual(pieces.encode('who', 'water'));
});

// Catches a token that no window answers for, one that two answer for, and one that is judged at the edge of a window.
test('windows share a text out, each token to one that has text on both sides of it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 8, max: 600 }), (count, capacity) => {
      const windows = windowsOf(count, capacity);
      expect(windows[0]).toMatchObject({ from: 0, first: 0 });
      expect(windows.at(-1)).toMatchObject({ to: count, last: count });
      for (const [at, { from, to, first, last }] of windows.entries()) {
        expect(to - from).toBe(Math.min(count, capacity));
        expect(first).toBe(windows[at - 1]?.last ?? 0);
        if (first > 0) expect(first - from).toBeGreaterThanOrEqual(Math.floor(Math.min(128, capacity / 4) / 2));
        if (last < count)
          expect(to - last).toBeGreaterThanOrEqual(Math.floor(Math.min(128, Math.floor(capacity / 4)) / 2));
      }
    }),
  );
});
