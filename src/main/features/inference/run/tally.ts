/** What models have done since the host started, as metrics show it: sums by model and by closed sets of names, and no text. */
import type { Clock } from '../../../core/clock.ts';
import type { LoadableModel } from '../deps.ts';
import type { UnloadCause } from '../models/roster.ts';

/** What a model is asked for. */
export type Work = 'generate' | 'embed' | 'rerank' | 'analyse';
/** `cancelled`: its caller has left. */
export type Outcome = 'done' | 'cancelled' | 'failed';

/** Tokens of one model: read, of them those that were computed before, and written; of those drafted ahead, the right and the wrong ones. */
export interface TokenCount {
  model: string;
  kind: 'prompt' | 'cached' | 'completion' | 'draft_accepted' | 'draft_rejected';
  count: number;
}

/** Requests to one model that have ended, and how long they took with their wait. */
export interface WorkCount {
  model: string;
  work: Work;
  outcome: Outcome;
  count: number;
  seconds: number;
}

/** How often models came into memory, and left it. */
export interface MoveCount {
  model: string;
  cause: 'load' | UnloadCause;
  count: number;
}

export type Tally = ReturnType<typeof createTally>;

export function createTally(clock: Clock) {
  const tokens = new Map<string, TokenCount>();
  const works = new Map<string, WorkCount>();
  const moves = new Map<string, MoveCount>();

  function entryOf<T>(all: Map<string, T>, entry: T, ...key: string[]): T {
    const known = all.get(key.join(' ')) ?? entry;
    all.set(key.join(' '), known);
    return known;
  }
  const tally = {
    read(): { tokens: TokenCount[]; works: WorkCount[]; moves: MoveCount[] } {
      return { tokens: [...tokens.values()], works: [...works.values()], moves: [...moves.values()] };
    },
    moved({ id: model }: Pick<LoadableModel, 'id'>, cause: MoveCount['cause']): void {
      entryOf(moves, { model, cause, count: 0 }, cause, model).count += 1;
    },
    tokens({ id: model }: Pick<LoadableModel, 'id'>, counts: Partial<Record<TokenCount['kind'], number>>): void {
      for (const [kind, count] of Object.entries(counts) as [TokenCount['kind'], number][])
        entryOf(tokens, { model, kind, count: 0 }, kind, model).count += count;
    },
    ended({ id: model }: Pick<LoadableModel, 'id'>, work: Work, outcome: Outcome, ms: number): void {
      const entry = entryOf(works, { model, work, outcome, count: 0, seconds: 0 }, work, outcome, model);
      entry.count += 1;
      entry.seconds += ms / 1000;
    },
    /** Counts a piece of work with its tokens, however it ends. */
    async measured<T>(
      model: Pick<LoadableModel, 'id'>,
      work: Work,
      signal: AbortSignal,
      run: () => Promise<T>,
      tokensOf: (result: T) => Partial<Record<TokenCount['kind'], number>>,
    ): Promise<T> {
      const begun = clock.monotonic();
      let outcome: Outcome = 'failed';
      try {
        const result = await run();
        outcome = 'done';
        tally.tokens(model, tokensOf(result));
        return result;
      } finally {
        if (outcome === 'failed' && signal.aborted) outcome = 'cancelled';
        tally.ended(model, work, outcome, clock.monotonic() - begun);
      }
    },
  };
  return tally;
}
