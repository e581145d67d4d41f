/** Small real tokenizers, as the files beside ONNX models have them. */
import { WORDS } from './llama-model.ts';

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz0123456789.,!?:;-'];

/** WordPiece as of BERT: whole words, and letters for all others. */
export const WORD_PIECES = [
  ...SPECIAL,
  ...WORDS,
  ...LETTERS.filter((one) => !WORDS.includes(one)),
  ...LETTERS.map((one) => `##${one}`),
];

const added = (contents: readonly string[]) =>
  contents.map((content, id) => {
    return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  });

export function wordPieceTokenizer() {
  const piece = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } });
  const text = (id: string, type_id: number) => ({ Sequence: { id, type_id } });
  const special = (id: string) => [id, { id, ids: [SPECIAL.indexOf(id)], tokens: [id] }] as const;
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added(SPECIAL),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [piece('[CLS]', 0), text('A', 0), piece('[SEP]', 0)],
      pair: [piece('[CLS]', 0), text('A', 0), piece('[SEP]', 0), text('B', 1), piece('[SEP]', 1)],
      special_tokens: Object.fromEntries([special('[CLS]'), special('[SEP]')]),
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(WORD_PIECES.map((token, id) => [token, id])),
    },
  };
}

export const BERT_TOKENIZER = {
  tokenizer_class: 'BertTokenizer',
  do_lower_case: true,
  unk_token: '[UNK]',
  sep_token: '[SEP]',
  pad_token: '[PAD]',
  cls_token: '[CLS]',
  mask_token: '[MASK]',
  model_max_length: 128,
};

/** Bytes as the printable letters that stand for them in vocabularies of byte-level BPE (GPT-2, `bytes_to_unicode`). */
function byteLetters(): string[] {
  const printable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

const CONTROL = ['<s>', '</s>', '<|system|>', '<|user|>', '<|assistant|>'];
export const CHAT_TEMPLATE =
  "{% for message in messages %}<|{{ message['role'] }}|>\n{{ message['content'] }}</s>\n{% endfor %}{% if add_generation_prompt %}<|assistant|>\n{% endif %}";

/** Byte-level BPE that joins the letters of each word, with the space before it, from left to right. */
function bytePairs() {
  const vocab: string[] = [...CONTROL, ...byteLetters()];
  const known = new Set(vocab);
  const merges: [string, string][] = [];
  for (const word of WORDS)
    for (let length = 1; length <= word.length; length++) {
      const joined = `Ġ${word.slice(0, length)}`;
      if (known.has(joined)) continue;
      known.add(joined);
      vocab.push(joined);
      merges.push([joined.slice(0, -1), joined.slice(-1)]);
    }
  return { vocab, merges };
}
export const { vocab: PAIRS, merges: MERGES } = bytePairs();

export function bytePairTokenizer() {
  const level = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added(CONTROL),
    normalizer: null,
    pre_tokenizer: level,
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
      special_tokens: { '<s>': { id: '<s>', ids: [0], tokens: ['<s>'] } },
    },
    decoder: level,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(PAIRS.map((token, id) => [token, id])),
      merges: MERGES.map((pair) => pair.join(' ')),
    },
  };
}
