/** What happens to prompts that are too long. */
import { AppError } from '../../../contract/kernel/errors.ts';
import type { EngineAsk, EngineMessage } from '../../../contract/models/engine.ts';
import { createPromptReader, type PromptModel, type PromptReader, type PromptTokens } from './prompt.ts';

/** A prompt that fits, and what was left out for it. */
export interface FittedPrompt<Token> {
  tokens: Token[];
  reasoning: boolean;
  droppedMessages: number;
  droppedTokens: number;
}

type Conversation = Extract<Extract<EngineAsk, { op: 'generate' }>['prompt'], { messages: unknown }>;

/** A turn that may be left out: its message, and the answers of tools whose calls would be gone with it. */
interface Turn {
  messages: readonly EngineMessage[];
  tokens: number;
}

/** The turns that may be left out, oldest first: system messages and what begins with the last user message stay. */
async function turnsOf(messages: readonly EngineMessage[], reader: PromptReader<unknown>): Promise<Turn[]> {
  const turns: { messages: EngineMessage[]; tokens: number }[] = [];
  let last: (typeof turns)[number] | undefined;
  const lastUser = messages.findLastIndex(({ role }) => role === 'user');
  for (const message of messages.slice(0, Math.max(0, lastUser))) {
    if (message.role === 'system') last = undefined;
    else {
      if (last === undefined || message.role !== 'tool') {
        last = { messages: [], tokens: 0 };
        turns.push(last);
      }
      last.messages.push(message);
      last.tokens += await reader.countOf(message);
    }
  }
  return turns;
}

type Fits<Token> = (prompt: PromptTokens<Token>) => Token[] | null;

/** Leaves out the oldest turns. How many is told by their tokens, so that the template is filled in again once or twice and not for each of them. */
async function shortened<Token>(
  { messages, ...others }: Conversation,
  {
    reader,
    whole,
    fits,
    contextLength,
  }: { reader: PromptReader<Token>; whole: PromptTokens<Token>; fits: Fits<Token>; contextLength: number },
): Promise<FittedPrompt<Token> | null> {
  const turns = await turnsOf(messages, reader);
  let contents = 0;
  for (const message of messages) contents += await reader.countOf(message);
  /** What the template puts around a message. */
  const around = Math.max(0, whole.count - contents) / messages.length;
  const dropped = new Set<EngineMessage>();
  let [next, rest] = [0, whole];
  // More each time: a template may make anything of what it is given.
  for (let least = 1; next < turns.length; least *= 2) {
    const until = next + least;
    let excess = rest.count - contextLength + 1;
    for (; next < turns.length && (excess > 0 || next < until); next++) {
      const turn = turns[next];
      for (const message of turn?.messages ?? []) {
        dropped.add(message);
        excess -= around;
      }
      excess -= turn?.tokens ?? 0;
    }
    const kept = messages.filter((message) => !dropped.has(message));
    rest = await reader.read({ ...others, messages: kept });
    const tokens = fits(rest);
    if (tokens !== null)
      return {
        tokens,
        reasoning: rest.reasoning,
        droppedMessages: messages.length - kept.length,
        droppedTokens: whole.count - rest.count,
      };
  }
  return null;
}

/** @throws AppError `context-length-exceeded`; as {@link PromptReader.read} */
export async function fittedPrompt<Token>(
  model: PromptModel<Token>,
  ask: Extract<EngineAsk, { op: 'generate' }>,
  signal: AbortSignal,
): Promise<FittedPrompt<Token>> {
  const { contextLength } = model;
  // One token at least has to be written.
  const fits: Fits<Token> = ({ tokens }) => (tokens !== null && tokens.length < contextLength ? tokens : null);
  const reader = createPromptReader(model, signal);
  const whole = await reader.read(ask.prompt);
  const tokens = fits(whole);
  if (tokens !== null) return { tokens, reasoning: whole.reasoning, droppedMessages: 0, droppedTokens: 0 };
  if (ask.overflow === 'drop_oldest' && 'messages' in ask.prompt) {
    const fitted = await shortened(ask.prompt, { reader, whole, fits, contextLength });
    if (fitted !== null) return fitted;
  }
  throw new AppError(
    'context-length-exceeded',
    `The prompt has ${whole.count} tokens and the context ${contextLength}. Shorten the prompt or load the model with a larger context.`,
    {
      extra: {
        prompt_tokens: whole.count,
        max_tokens: ask.max_tokens,
        context_length: contextLength,
        param: 'messages',
      },
    },
  );
}
