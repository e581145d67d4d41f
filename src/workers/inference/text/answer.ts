/** An answer while it is written, by either engine: characters that are whole, stop texts, the length, and what is told of it. */
import type { EngineAnswer, EngineAsk, EngineItem, Logprob } from '../../../contract/models/engine.ts';
import type { Call } from '../../shared/serve.ts';
import { createSpelling, createStopFilter, type Detokenize, type Told } from './pieces.ts';

type GenerateAsk = Extract<EngineAsk, { op: 'generate' }>;
export type FinishedAnswer = Extract<EngineAnswer, { t: 'finished' }>;

/** How an engine spells its tokens, and tells how likely they were. */
export interface AnswerOptions<Token, Chance> {
  detokenize: Detokenize<Token>;
  prompt: readonly Token[];
  /** Tokens that prompt and answer have together at most. */
  contextLength: number;
  /** @param text what the token added to the answer @param before tokens on which spelling depends */
  logprobOf(token: Token, chance: Chance, text: string, before: readonly Token[]): Logprob;
}

export interface Answer<Token, Chance> {
  /** The tokens so far. */
  readonly written: Token[];
  /**
   * Adds a token and tells what is certain now.
   * @param chance how likely it was; undefined when nobody asked
   * @param kept of text that has become whole, what belongs to the answer
   * @returns what ends the answer, or null when it goes on
   */
  add(token: Token, chance: Chance | undefined, kept?: (text: string) => string): Promise<FinishedAnswer | null>;
  /** Tells what is left. */
  end(reason: 'stop' | 'length'): Promise<FinishedAnswer>;
}

export function createAnswer<Token, Chance>(
  { stop, max_tokens, logprobs }: Pick<GenerateAsk, 'stop' | 'max_tokens' | 'logprobs'>,
  { emit }: Pick<Call<EngineItem>, 'emit'>,
  { detokenize, prompt, contextLength, logprobOf }: AnswerOptions<Token, Chance>,
): Answer<Token, Chance> {
  const room = contextLength - prompt.length;
  const limit = Math.min(max_tokens ?? room, room);
  const written: Token[] = [];
  const spelling = createSpelling<Token>(detokenize, prompt);
  const stops = createStopFilter(stop);
  /** Tokens whose text is not whole yet. */
  let open: { token: Token; chance: Chance | undefined }[] = [];

  /** The open tokens; the last of them gets the text. */
  function pieceOf(text: string, before: readonly Token[]): Told {
    const told = open.flatMap(({ token, chance }, index) => {
      if (chance === undefined) return [];
      return [logprobOf(token, chance, index === open.length - 1 ? text : '', before)];
    });
    const tokens = open.length;
    open = [];
    return { text, tokens, logprobs: told };
  }
  async function tell({ text, tokens, logprobs: told }: Told): Promise<void> {
    if (text !== '' || tokens > 0)
      await emit({ t: 'text', text, tokens, ...(logprobs === null ? {} : { logprobs: told }) });
  }
  async function end(reason: 'stop' | 'length'): Promise<FinishedAnswer> {
    // A character that never became whole.
    const before = spelling.tail();
    const last = spelling.rest();
    if (open.length > 0) await tell(stops.add(pieceOf(last, before)));
    await tell(stops.rest());
    return { t: 'finished', reason, completion_tokens: written.length };
  }

  return {
    written,
    async add(token, chance, kept = (text) => text) {
      written.push(token);
      open.push({ token, chance });
      const before = spelling.tail();
      const spelled = spelling.add(token);
      if (spelled !== null) {
        const { stopped, ...piece } = stops.add(pieceOf(kept(spelled), before));
        await tell(piece);
        if (stopped) return { t: 'finished', reason: 'stop', completion_tokens: written.length };
      }
      return written.length >= limit ? end('length') : null;
    },
    end,
  };
}

/** What is told when the prompt was read. */
export const started = (
  {
    tokens,
    reasoning,
    droppedMessages,
    droppedTokens,
  }: {
    tokens: readonly unknown[];
    reasoning: boolean;
    droppedMessages: number;
    droppedTokens: number;
  },
  cached: number,
): EngineItem => ({
  t: 'started',
  prompt_tokens: tokens.length,
  cached_tokens: cached,
  dropped_messages: droppedMessages,
  dropped_tokens: droppedTokens,
  reasoning,
});
