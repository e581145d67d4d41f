/**
 * Speculative decoding without a second model: where an answer repeats words of its prompt, the token that follows them there is drafted and
 * checked in the same step. What is checked is what the model would have written anyway, so the answer is the same.
 */
import { InputLookupTokenPredictor, type Token, TokenPredictor } from 'node-llama-cpp';
import type { Sampling } from '../../../contract/models/engine.ts';
import type { DraftPace } from './draft-pace.ts';

/** Tokens that have to agree with the prompt before more are drafted; one alone agrees by chance. */
const MATCHED = 2;
/** Tokens that are drafted at once. The library computes more when it gets more, but takes only the first of them (node-llama-cpp 3.21). */
const DRAFTED = 1;

/**
 * Only the likeliest token is drafted for: a random one takes from the same generator for refused drafts too, and one seed would no longer give
 * one text.
 */
export const canDraft = ({ temperature }: Pick<Sampling, 'temperature'>) => temperature === 0;

/** Drafts for one sequence. */
export class Drafter extends TokenPredictor {
  readonly #lookup = new InputLookupTokenPredictor({
    patternLength: { min: MATCHED },
  });
  readonly #pace: Pick<DraftPace, 'wants' | 'took'>;
  #isOn = false;
  #draft: readonly Token[] = [];
  #checked = 0;
  #step = { tokens: 0, ms: 0 };

  constructor(pace: Pick<DraftPace, 'wants' | 'took'>) {
    super();
    this.#pace = pace;
  }

  /** Begins an answer. @param isOn whether tokens may be drafted for it */
  begin(prompt: readonly Token[], isOn: boolean): void {
    this.#isOn = isOn;
    this.#draft = [];
    this.#step = { tokens: 0, ms: 0 };
    this.#lookup.updateInputTokens(isOn ? [...prompt] : []);
  }

  /** Tells that a token has come, and how long it took; several of a step come with the first. */
  came(ms: number): void {
    this.#step.tokens += 1;
    this.#step.ms += ms;
  }

  /** Drafted tokens before the one that is chosen now; penalties look back on them too. The library asks once for each token in their order. */
  ahead(): readonly Token[] {
    const before = this.#draft.slice(0, this.#checked);
    this.#checked += 1;
    return before;
  }

  override reset(options: Parameters<TokenPredictor['reset']>[0]): void {
    this.#lookup.reset(options);
  }

  override pushTokens(tokens: Token[]): void {
    this.#lookup.pushTokens(tokens);
  }

  override predictTokens(): Token[] {
    if (!this.#isOn) return [];
    if (this.#step.tokens > 0) this.#pace.took({ ...this.#step, isDrafted: this.#draft.length > 0 });
    this.#step = { tokens: 0, ms: 0 };
    this.#checked = 0;
    const draft = this.#pace.wants() ? this.#lookup.predictTokens().slice(0, DRAFTED) : [];
    this.#draft = draft;
    return draft;
  }

  override dispose(): void {
    this.#lookup.dispose();
  }
}
