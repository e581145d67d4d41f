/**
 * How tokens become one vector: what the model's own files ask for.
 * Files of sentence-transformers: https://sbert.net/docs/sentence_transformer/usage/custom_models.html
 */
import path from 'node:path';
import { AppError } from '../../../contract/kernel/errors.ts';
import { isJsonObject } from '../../../contract/kernel/json.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import type { ModelFolder } from './folder.ts';
import { countIn } from './tokenizer.ts';

/** The vectors of one text's tokens, one after the other. */
export interface TokenVectors {
  data: Float32Array;
  /** Length of one vector. */
  size: number;
  /** Tokens of the text; padding is not among them. */
  count: number;
}

type Pool = (tokens: TokenVectors, out: Float32Array) => void;

/** Sum with a weight for each token, divided by `divisor`. */
function weighted(weight: (at: number) => number, divisor: (count: number) => number): Pool {
  return ({ data, size, count }, out) => {
    for (let at = 0; at < count; at++) {
      const factor = weight(at);
      for (let index = 0; index < size; index++)
        out[index] = (out[index] ?? 0) + factor * (data[at * size + index] ?? 0);
    }
    const total = divisor(count);
    for (let index = 0; index < size; index++) out[index] = (out[index] ?? 0) / total;
  };
}

const token = (at: (count: number) => number): Pool => {
  return ({ data, size, count }, out) => out.set(data.subarray(at(count) * size, (at(count) + 1) * size));
};

const POOLS = {
  cls: token(() => 0),
  lasttoken: token((count) => count - 1),
  mean: weighted(
    () => 1,
    (count) => count,
  ),
  mean_sqrt_len_tokens: weighted(() => 1, Math.sqrt),
  // Later tokens weigh more: the first one 1, the second one 2.
  weightedmean: weighted(
    (at) => at + 1,
    (count) => (count * (count + 1)) / 2,
  ),
  max({ data, size, count }: TokenVectors, out: Float32Array) {
    out.set(data.subarray(0, size));
    for (let at = size; at < count * size; at++) out[at % size] = Math.max(out[at % size] ?? 0, data[at] ?? 0);
  },
} satisfies Record<string, Pool>;
type Mode = keyof typeof POOLS;

/** Members of `1_Pooling/config.json` by mode, in the order in which their vectors are put together. */
const MEMBERS: readonly (readonly [string, Mode])[] = [
  ['pooling_mode_cls_token', 'cls'],
  ['pooling_mode_max_tokens', 'max'],
  ['pooling_mode_mean_tokens', 'mean'],
  ['pooling_mode_mean_sqrt_len_tokens', 'mean_sqrt_len_tokens'],
  ['pooling_mode_weightedmean_tokens', 'weightedmean'],
  ['pooling_mode_lasttoken', 'lasttoken'],
];

/** Families whose repos for browsers leave the file out, although they take the first token. */
const CLS_FAMILIES = /(^|[^a-z])(bge|mxbai|gte|snowflake-arctic-embed|arctic-embed)([^a-z]|$)/i;

function modesOf(config: JsonObject | null, name: string): Mode[] {
  if (config === null) return [CLS_FAMILIES.test(name) ? 'cls' : 'mean'];
  const named = typeof config.pooling_mode === 'string' ? [config.pooling_mode] : config.pooling_mode;
  const modes = Array.isArray(named)
    ? named.filter((mode): mode is Mode => typeof mode === 'string' && Object.hasOwn(POOLS, mode))
    : MEMBERS.filter(([member]) => config[member] === true).map(([, mode]) => mode);
  if (modes.length > 0) return modes;
  throw new AppError('model-corrupted', "The model's pooling is none that is known here.");
}

/** How a model's vectors are made. */
export interface Pooling {
  /** Texts before an input, by what the input is. */
  readonly prompts: { query: string; document: string; other: string };
  /** Whether the tokens of such a text count. */
  readonly countsPrompt: boolean;
  /** The longest input, where the files tell it. */
  readonly maxLength: number | null;
  /** A layer behind the pooling that the graph has to have in it. */
  readonly needsWhole: boolean;
  pool(tokens: TokenVectors): Float32Array;
}

/** @throws AppError `model-corrupted` */
export async function openPooling(folder: ModelFolder, modelName: string): Promise<Pooling> {
  const listed = await folder.json('modules.json');
  const modules = (Array.isArray(listed) ? listed : []).filter(isJsonObject);
  const typed = (ending: string) => modules.find(({ type }) => typeof type === 'string' && type.endsWith(ending));
  const place = typed('.Pooling')?.path;
  const dir = typeof place === 'string' && /^[\w.-]+$/.test(place) && place !== '..' ? place : '1_Pooling';
  const config = await folder.object(path.posix.join(dir, 'config.json'));
  const sentences = (await folder.object('sentence_bert_config.json')) ?? {};
  const { prompts: given, default_prompt_name } = (await folder.object('config_sentence_transformers.json')) ?? {};
  const prompts = isJsonObject(given) ? given : {};
  const prompt = (...names: unknown[]): string => {
    const name = names.find((one) => typeof one === 'string' && typeof prompts[one] === 'string');
    const text = typeof name === 'string' ? prompts[name] : '';
    return typeof text === 'string' ? text : '';
  };
  const modes = modesOf(config, modelName);
  return {
    prompts: {
      query: prompt('query', default_prompt_name),
      document: prompt('document', 'passage', 'corpus', default_prompt_name),
      other: prompt(default_prompt_name),
    },
    countsPrompt: config?.include_prompt !== false,
    maxLength: countIn(sentences.max_seq_length),
    needsWhole: typed('.Dense') !== undefined,
    pool(tokens) {
      const out = new Float32Array(tokens.size * modes.length);
      for (const [index, mode] of modes.entries())
        POOLS[mode](tokens, out.subarray(index * tokens.size, (index + 1) * tokens.size));
      return out;
    },
  };
}
