/** Prompts as tokens, and what happens when they are too many. */
import { AppError } from '../../../contract/kernel/errors.ts';
import type { EngineAsk, EngineMessage, EnginePrompt } from '../../../contract/models/engine.ts';
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
  tokens: Token[];
  reasoning: boolean;
}

/** Characters that no text needs (private use area) stand for contents while the template is filled in. */
const MARK = /\u{F0000}(\d+)\u{F0001}/u;
const markOf = (index: number) => `\u{F0000}${index}\u{F0001}`;

/** Whether a text holds the name of a control token, which as a token would end the turn or begin another one. */
function holdsControl<Token>(model: PromptModel<Token>, text: string): boolean {
  const literal = model.tokenize(text, false);
  const special = model.tokenize(text, true);
  return literal.length !== special.length || literal.some((token, index) => token !== special[index]);
}

/** Control tokens come from the template alone: what callers write stays text, whatever it spells. */
function conversationTokens<Token>(
  model: PromptModel<Token>,
  conversation: Extract<EnginePrompt, { messages: unknown }>,
): PromptTokens<Token> {
  const hidden: string[] = [];
  const hide = (content: string) => {
    if (!holdsControl(model, content)) return content;
    hidden.push(content);
    return markOf(hidden.length - 1);
  };
  const messages = conversation.messages.map((message) => ({ ...message, content: hide(message.content) }));
  const text = model.template.render({ ...conversation, messages });
  const tokens = text
    .split(MARK)
    .flatMap((part, index) =>
      index % 2 === 0 ? model.tokenize(part, true) : model.tokenize(hidden[Number(part)] ?? '', false),
    );
  return { tokens, reasoning: model.template.reasons && text.trimEnd().endsWith('<think>') };
}

export function promptTokens<Token>(model: PromptModel<Token>, prompt: EnginePrompt): PromptTokens<Token> {
  const { tokens, reasoning } =
    'text' in prompt
      ? { tokens: model.tokenize(prompt.text, false), reasoning: false }
      : conversationTokens(model, prompt);
  if (model.first !== null && tokens[0] !== model.first) tokens.unshift(model.first);
  // Nothing can be computed from nothing.
  if (tokens.length === 0) tokens.push(model.filler);
  return { tokens, reasoning };
}

/** A prompt that fits, and what was left out for it. */
export interface FittedPrompt<Token> extends PromptTokens<Token> {
  droppedMessages: number;
  droppedTokens: number;
}

/** The oldest message that may go: system messages and the last turn stay. */
function droppable(messages: readonly EngineMessage[]): number {
  const lastUser = messages.findLastIndex(({ role }) => role === 'user');
  return messages.findIndex(({ role }, index) => role !== 'system' && index < lastUser);
}

/** @throws AppError `context-length-exceeded` */
export function fittedPrompt<Token>(
  model: PromptModel<Token>,
  ask: Extract<EngineAsk, { op: 'generate' }>,
): FittedPrompt<Token> {
  const context_length = model.contextLength;
  // One token at least has to be written.
  const fits = ({ tokens }: PromptTokens<Token>) => tokens.length < context_length;
  const whole = promptTokens(model, ask.prompt);
  if (fits(whole)) return { ...whole, droppedMessages: 0, droppedTokens: 0 };
  if (ask.overflow === 'drop_oldest' && 'messages' in ask.prompt) {
    const { messages: all, ...others } = ask.prompt;
    let messages = all;
    for (let at = droppable(messages); at !== -1; at = droppable(messages)) {
      messages = messages.toSpliced(at, 1);
      // An answer of a tool whose call has gone says nothing.
      while (messages[at]?.role === 'tool') messages = messages.toSpliced(at, 1);
      const rest = promptTokens(model, { messages, ...others });
      if (fits(rest))
        return {
          ...rest,
          droppedMessages: all.length - messages.length,
          droppedTokens: whole.tokens.length - rest.tokens.length,
        };
    }
  }
  const prompt_tokens = whole.tokens.length;
  throw new AppError(
    'context-length-exceeded',
    `The prompt has ${prompt_tokens} tokens and the context ${context_length}. Shorten the prompt or load the model with a larger context.`,
    { extra: { prompt_tokens, max_tokens: ask.max_tokens, context_length, param: 'messages' } },
  );
}
