/** Prompts as tokens. Others get their turn between pieces of the work, and a caller that leaves ends it. */
import type { EngineMessage, EnginePrompt } from '../../../contract/models/engine.ts';
import { createLiteral, type Literal, type Tokenizing } from './controls.ts';
import { createPause } from './deadline.ts';
import { type Hidden, hide, type PromptPart } from './hidden.ts';
import { type ChatTemplate, refusal } from './template.ts';

/** A model as far as its prompts are concerned. */
export interface PromptModel<Token> extends Tokenizing<Token> {
  readonly template: ChatTemplate;
  readonly contextLength: number;
  readonly literal: Literal<Token>;
  /** The token that every prompt begins with; null when there is none. */
  readonly first: Token | null;
  /** What is computed when there is nothing else. */
  readonly filler: Token;
}

/** Adds what is worked out once for a model. */
export const createPromptModel = <Token>(model: Omit<PromptModel<Token>, 'literal'>): PromptModel<Token> => ({
  ...model,
  literal: createLiteral(model, model.template.source),
});

/** A prompt as the model sees it. */
export interface PromptTokens<Token> {
  /** Null when there are far more than the context holds: they are only counted. */
  tokens: Token[] | null;
  count: number;
  reasoning: boolean;
}

/** Reads the prompts of one request; what a message has is looked at once, however often it is part of a prompt. */
export interface PromptReader<Token> {
  /** Tokens of the content. */
  countOf(message: EngineMessage): Promise<number>;
  /** @throws AppError `validation-error` when the template refuses the conversation; the signal's reason */
  read(prompt: EnginePrompt): Promise<PromptTokens<Token>>;
}

/** Characters that are tokenised without a turn of the event loop in between. */
const PIECE = 32 * 1024;
/** Tokens that a text may seem to have more when it is cut at one place. */
const MARGIN = 64;

/** What is known of a text. */
interface Looked {
  count: number;
  /** Whether it is tokenised by itself, and not together with what the template writes around it. */
  apart: boolean;
}

type Counted<Token> = Omit<PromptTokens<Token>, 'reasoning'>;

const isEqual = <T>(one: readonly T[], other: readonly T[]) =>
  one.length === other.length && one.every((each, at) => each === other[at]);

/** Adds a part; of far more tokens than the context holds only the number is kept. */
function add<Token>(all: Counted<Token>, part: Counted<Token>, contextLength: number): void {
  all.count += part.count;
  if (part.tokens === null || all.count > 2 * contextLength) all.tokens = null;
  for (const token of (all.tokens && part.tokens) ?? []) all.tokens?.push(token);
}

/** @throws AppError `validation-error` when the template has changed a text in a way that cannot be followed */
function partsOf({ parts }: Hidden, rendered: string): PromptPart[] {
  try {
    return parts(rendered);
  } catch (error) {
    throw refusal((error as Error).message);
  }
}

/** Reads texts one by one. */
function createTextReader<Token>(model: PromptModel<Token>, signal: AbortSignal) {
  const pause = createPause(signal);
  const looked = new Map<string, Looked>();
  const { literal } = model;
  const tokenize = (text: string, special: boolean) => (special ? model.tokenize(text, true) : literal.tokenize(text));

  /** Tokens of a text; one that is long is counted first, because to tokenise it takes long and its tokens may be of no use. */
  async function tokensOf(text: string, special: boolean): Promise<Counted<Token>> {
    await pause();
    if (text.length > PIECE) {
      let count = 0;
      for (let at = 0; at < text.length; at += PIECE) {
        count += tokenize(text.slice(at, at + PIECE), special).length;
        await pause();
      }
      if (count - (text.length / PIECE) * MARGIN > model.contextLength) return { tokens: null, count };
    }
    const tokens = tokenize(text, special);
    return { tokens, count: tokens.length };
  }

  /** A text that spells a control token stands apart; so does one that is too long to be looked through. */
  async function look(text: string): Promise<Looked> {
    const known = looked.get(text);
    if (known !== undefined) return known;
    const { tokens, count } = await tokensOf(text, false);
    const special = tokens === null || text.length > PIECE ? null : tokenize(text, true);
    const apart = special === null || !isEqual(tokens ?? [], special);
    looked.set(text, { count, apart });
    return { count, apart };
  }

  return { tokenize, tokensOf, look, among: literal.among };
}

/** Reads what a template has made. */
function createPartsReader<Token>(
  { contextLength }: PromptModel<Token>,
  { tokenize, tokensOf, look, among }: ReturnType<typeof createTextReader<Token>>,
) {
  /** The tokens of parts one after the other. */
  async function oneByOne(parts: readonly PromptPart[]): Promise<Counted<Token>> {
    const all: Counted<Token> = { tokens: [], count: 0 };
    for (const { text, special } of parts) add(all, await tokensOf(text, special), contextLength);
    return all;
  }

  /** The tokens of parts as one text, as models have learnt them, as long as no control token is in it that no template wrote. */
  async function together(parts: readonly PromptPart[]): Promise<Counted<Token>> {
    const all = await tokensOf(parts.map(({ text }) => text).join(''), true);
    if (all.tokens === null || parts.every(({ special }) => special)) return all;
    const written = parts.filter(({ special }) => special).flatMap(({ text }) => among(tokenize(text, true)));
    return isEqual(among(all.tokens), written) ? all : oneByOne(parts);
  }

  async function joined(parts: readonly PromptPart[]): Promise<Counted<Token>> {
    const all: Counted<Token> = { tokens: [], count: 0 };
    let run: PromptPart[] = [];
    for (const part of parts) {
      const apart = !part.special && (await look(part.text)).apart;
      if (!apart) run.push(part);
      else {
        if (run.length > 0) add(all, await together(run), contextLength);
        run = [];
        add(all, await tokensOf(part.text, false), contextLength);
      }
    }
    if (run.length > 0) add(all, await together(run), contextLength);
    return all;
  }

  return joined;
}

export function createPromptReader<Token>(model: PromptModel<Token>, signal: AbortSignal): PromptReader<Token> {
  const texts = createTextReader(model, signal);
  const joined = createPartsReader(model, texts);

  async function conversation(prompt: Extract<EnginePrompt, { messages: unknown }>): Promise<PromptTokens<Token>> {
    const hidden = hide(prompt);
    const parts = partsOf(hidden, model.template.render(hidden.conversation, hidden.restored));
    const end = parts
      .slice(-2)
      .map(({ text }) => text)
      .join('')
      .trimEnd();
    const opened = prompt.continued
      ? end.endsWith('<think>')
      : parts.at(-1)?.special === true && end.endsWith('<think>');
    return { ...(await joined(parts)), reasoning: model.template.reasons && opened };
  }

  return {
    countOf: async ({ content }) => (await texts.look(content)).count,
    async read(prompt) {
      const { tokens, reasoning, count } =
        'text' in prompt
          ? { ...(await texts.tokensOf(prompt.text, false)), reasoning: false }
          : await conversation(prompt);
      if (tokens === null) return { tokens, count, reasoning };
      if (model.first !== null && tokens[0] !== model.first) tokens.unshift(model.first);
      // Nothing can be computed from nothing.
      if (tokens.length === 0) tokens.push(model.filler);
      return { tokens, count: tokens.length, reasoning };
    },
  };
}
