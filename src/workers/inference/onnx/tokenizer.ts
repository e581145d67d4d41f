/** Text as tokens and back, by the model's own `tokenizer.json`. */
import { Tokenizer } from '@huggingface/tokenizers';
import { AppError } from '../../../contract/kernel/errors.ts';
import { isJsonObject } from '../../../contract/kernel/json.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { createLetters, type Letters } from './analysis/letters.ts';
import type { ModelFolder } from './folder.ts';

/** Tokens of an input with those that the model expects around it. */
export interface Encoded {
  ids: readonly number[];
  /** Which of two texts each token is of. */
  types: readonly number[];
}

/** A token, with the bytes that it stands for; see {@link Letters}. */
export interface Token {
  id: number;
  surface: Buffer | null;
}

export interface TextTokenizer {
  /** @param second a text that is read together with the first one */
  encode(text: string, second?: string): Encoded;
  /** Tokens of a text alone. @param special whether names of control tokens become those tokens, or stay text */
  tokenize(text: string, special: boolean): number[];
  /** Tokens of a text alone, in which names of control tokens stay text. */
  tokensOf(text: string): Token[];
  /** A letter as tokens have it in them. */
  write: Letters['write'];
  /** Text of tokens that stand behind others; control tokens have none. */
  detokenize(tokens: readonly number[], before: readonly number[]): string;
  idOf(token: string): number | null;
  isControl(token: number): boolean;
  /** Whether the name of a control token is in a text. */
  spellsControl(text: string): boolean;
  /** What the files call their special tokens, such as `bos_token`; empty when they have none. */
  special(name: string): string;
  readonly chatTemplate: unknown;
  /** The longest input, where the files tell it. */
  readonly maxLength: number | null;
}

/** Files without a limit say so by a number with thirty digits. */
const MAX_LENGTH = 10_000_000;

export const countIn = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_LENGTH ? value : null;

/** Tokens that a file names, one or several; what cannot be one is left out. */
export const tokensIn = (value: unknown): number[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is number => Number.isInteger(one) && Number(one) >= 0);

/** Tokens that end a text: those that the model's files name, and the one that its tokenizer calls so. */
export function endTokens(tokenizer: Pick<TextTokenizer, 'idOf' | 'special'>, ...named: unknown[]): Set<number> {
  const own = tokenizer.idOf(tokenizer.special('eos_token'));
  return new Set([...named.flatMap(tokensIn), ...(own === null ? [] : [own])]);
}

/** A token is a text, or an object with its text. */
function contentOf(token: unknown): string {
  if (typeof token === 'string') return token;
  return isJsonObject(token) && typeof token.content === 'string' ? token.content : '';
}

/** The default one of several templates. */
function templateIn(config: JsonObject): unknown {
  const template = config.chat_template;
  if (!Array.isArray(template)) return template;
  const named = template.find((one) => isJsonObject(one) && one.name === 'default');
  return isJsonObject(named) ? named.template : undefined;
}

interface AddedToken {
  content: string;
  special: boolean;
}
const addedIn = (file: JsonObject): AddedToken[] =>
  (Array.isArray(file.added_tokens) ? file.added_tokens : []).flatMap((token) =>
    isJsonObject(token) && typeof token.content === 'string' && token.content !== ''
      ? [{ content: token.content, special: token.special === true }]
      : [],
  );

/** @throws AppError `model-corrupted` when the files are missing or are no tokenizer */
export async function openTokenizer(folder: ModelFolder): Promise<TextTokenizer> {
  const file = await folder.object('tokenizer.json');
  if (file === null)
    throw new AppError(
      'model-corrupted',
      'The model has no tokenizer.json, without which it cannot read or write text.',
    );
  const config = (await folder.object('tokenizer_config.json')) ?? {};
  const map = (await folder.object('special_tokens_map.json')) ?? {};
  const template = (await folder.text('chat_template.jinja')) ?? templateIn(config);
  const open = (content: JsonObject) => {
    try {
      return new Tokenizer(content, config);
    } catch (cause) {
      throw new AppError('model-corrupted', "The model's tokenizer.json is no tokenizer that is known here.", {
        cause,
      });
    }
  };
  const tokenizer = open(file);
  const controls = addedIn(file).filter(({ special }) => special);
  // A second vocabulary in memory, which only texts with names of control tokens need.
  let literal: Tokenizer | undefined;
  const withoutControls = () => {
    const added = Array.isArray(file.added_tokens) ? file.added_tokens : [];
    literal ??= open({ ...file, added_tokens: added.filter((one) => !(isJsonObject(one) && one.special === true)) });
    return literal;
  };
  const spellsControl = (text: string) => controls.some(({ content }) => text.includes(content));
  const readerOf = (text: string, special: boolean) =>
    special || !spellsControl(text) ? tokenizer : withoutControls();
  const controlIds = new Set(controls.map(({ content }) => tokenizer.token_to_id(content)));
  const letters = createLetters(file, tokenizer);
  const decode = (tokens: readonly number[]) =>
    tokens.length === 0
      ? ''
      : tokenizer.decode([...tokens], { skip_special_tokens: true, clean_up_tokenization_spaces: false });

  return {
    encode(text, second) {
      const { ids, token_type_ids } = tokenizer.encode(text, {
        text_pair: second ?? null,
        return_token_type_ids: true,
      });
      return { ids, types: token_type_ids };
    },
    tokenize(text, special) {
      if (text === '') return [];
      return readerOf(text, special).encode(text, { add_special_tokens: false }).ids;
    },
    tokensOf(text) {
      const { ids, tokens } = readerOf(text, false).encode(text, { add_special_tokens: false });
      return ids.map((id: number, at: number) => ({ id, surface: letters.surfaceOf(tokens[at] ?? '') }));
    },
    write: letters.write,
    detokenize(tokens, before) {
      const head = decode(before);
      const whole = decode([...before, ...tokens]);
      return whole.startsWith(head) ? whole.slice(head.length) : decode(tokens);
    },
    isControl: (token) => controlIds.has(token),
    spellsControl,
    idOf: (token) => (token === '' ? null : (tokenizer.token_to_id(token) ?? null)),
    special: (name) => contentOf(config[name]) || contentOf(map[name]),
    chatTemplate: template,
    maxLength: countIn(config.model_max_length),
  };
}
