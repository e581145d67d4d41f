/** Prompts as tokens. Others get their turn between pieces of the work, and a caller that leaves ends it. */
import type { EngineMessage, EnginePrompt } from '../../../contract/models/engine.ts';
import { createPause } from './deadline.ts';
import { hide, type PromptPart } from './hidden.ts';
import type { ChatTemplate } from './template.ts';

/** A model as far as its prompts are concerned. */
export interface PromptModel<Token> {
  readonly template: ChatTemplate;
  readonly contextLength: number;
  /** Tokens of a text. @param special whether names of control tokens become those tokens, or stay text */
  tokenize(text: string, special: boolean): Token[];
  /** The token that every prompt begins with; null when there is none. */
  readonly first: Token | null;
  /** What is computed when there is nothing else. */
  readonly filler: Token;
}

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
  /** Whether it is left out of the text that the template makes, and tokenised by itself. */
  apart: boolean;
}

type Counted<Token> = Omit<PromptTokens<Token>, 'reasoning'>;

export function createPromptReader<Token>(model: PromptModel<Token>, signal: AbortSignal): PromptReader<Token> {
  const pause = createPause(signal);
  const looked = new Map<string, Looked>();

  /** Tokens of a text; one that is long is counted first, because to tokenise it takes long and its tokens may be of no use. */
  async function tokensOf(text: string, special: boolean): Promise<Counted<Token>> {
    await pause();
    if (text.length > PIECE) {
      let count = 0;
      for (let at = 0; at < text.length; at += PIECE) {
        count += model.tokenize(text.slice(at, at + PIECE), special).length;
        await pause();
      }
      if (count - (text.length / PIECE) * MARGIN > model.contextLength) return { tokens: null, count };
    }
    const tokens = model.tokenize(text, special);
    return { tokens, count: tokens.length };
  }

  /**
   * A text that holds the name of a control token, which as a token would end the turn or begin another one, stands apart; so does
   * one that is too long to be looked through.
   */
  async function look(text: string): Promise<Looked> {
    const known = looked.get(text);
    if (known !== undefined) return known;
    const { tokens: literal, count } = await tokensOf(text, false);
    const special = literal === null || text.length > PIECE ? null : model.tokenize(text, true);
    const apart =
      special === null || literal?.length !== special.length || literal.some((token, at) => token !== special[at]);
    looked.set(text, { count, apart });
    return { count, apart };
  }

  /** The tokens of texts one after the other. */
  async function joined(texts: readonly PromptPart[]): Promise<Counted<Token>> {
    let tokens: Token[] | null = [];
    let count = 0;
    for (const { text, special } of texts) {
      const part = await tokensOf(text, special);
      count += part.count;
      if (part.tokens === null || count > 2 * model.contextLength) tokens = null;
      for (const token of (tokens && part.tokens) ?? []) tokens?.push(token);
    }
    return { tokens, count };
  }

  async function conversation(prompt: Extract<EnginePrompt, { messages: unknown }>): Promise<PromptTokens<Token>> {
    const hidden = await hide(prompt, async (text) => (await look(text)).apart);
    const text = model.template.render(hidden.conversation);
    const parts = hidden.parts(text);
    return { ...(await joined(parts)), reasoning: model.template.reasons && text.trimEnd().endsWith('<think>') };
  }

  return {
    countOf: async ({ content }) => (await look(content)).count,
    async read(prompt) {
      const { tokens, reasoning, count } =
        'text' in prompt ? { ...(await tokensOf(prompt.text, false)), reasoning: false } : await conversation(prompt);
      if (tokens === null) return { tokens, count, reasoning };
      if (model.first !== null && tokens[0] !== model.first) tokens.unshift(model.first);
      // Nothing can be computed from nothing.
      if (tokens.length === 0) tokens.push(model.filler);
      return { tokens, count: tokens.length, reasoning };
    },
  };
}

/** Tokens of a prompt. @throws as {@link PromptReader.read} */
export const promptCount = async <Token>(model: PromptModel<Token>, prompt: EnginePrompt, signal: AbortSignal) =>
  (await createPromptReader(model, signal).read(prompt)).count;
