/** Figures of generations: the last one, and sums since the host started. No prompt or answer is kept. */
import type { Operations } from '../../../../contract/index.ts';
import type { OutputOf } from '../../../../contract/kernel/define.ts';
import type { Clock } from '../../../core/clock.ts';
import type { LoadableModel } from '../deps.ts';
import type { Residents } from '../models/residents.ts';
import type { GenerationEnd } from './generation.ts';
import type { MoveCount, Outcome, Tally, TokenCount, WorkCount } from './tally.ts';

const MIB = 1024 * 1024;

/** What metrics and the page of resources show. */
export interface InferenceFigures {
  tokens: TokenCount[];
  works: WorkCount[];
  moves: MoveCount[];
  loaded: { model: string; bytes: number; device: string; active: number; queued: number }[];
}

/** Tokens per second after the first token, so that the time for the prompt does not count. */
export function tokensPerSecond({ completionTokens, timings }: GenerationEnd): number {
  const ms = timings.totalMs - (timings.firstTokenMs ?? 0);
  return ms > 0 ? (Math.max(0, completionTokens - 1) * 1000) / ms : 0;
}

export function createStats({ clock, residents, tally }: { clock: Clock; residents: Residents; tally: Tally }) {
  const startedAt = clock.monotonic();
  const sums = { requests: 0, succeeded: 0, ms: 0, accepted: 0, rejected: 0 };
  let last: GenerationEnd | null = null;

  const loaded = () =>
    residents
      .all()
      .flatMap(({ model, bytes, facts, turns }) =>
        facts === null
          ? []
          : [{ model: model.id, bytes, device: facts.device, active: turns.active(), queued: turns.waiting() }],
      );

  return {
    finished(model: LoadableModel, end: GenerationEnd, outcome: Outcome): void {
      sums.requests += 1;
      tally.ended(model, 'generate', outcome, end.timings.totalMs);
      // What was read and written for a caller that has left was computed all the same.
      const { promptTokens: prompt, cachedTokens: cached, completionTokens: completion } = end;
      tally.tokens(model, { prompt, cached, completion });
      const { accepted, rejected } = end.drafted;
      if (accepted + rejected > 0) tally.tokens(model, { draft_accepted: accepted, draft_rejected: rejected });
      sums.accepted += accepted;
      sums.rejected += rejected;
      if (outcome !== 'done') return;
      last = end;
      sums.succeeded += 1;
      sums.ms += end.timings.totalMs;
    },
    figures: (): InferenceFigures => ({ ...tally.read(), loaded: loaded() }),
    read(): OutputOf<Operations['stats']> {
      const first = (last?.timings.firstTokenMs ?? 0) / 1000;
      const total = (last?.timings.totalMs ?? 0) / 1000;
      return {
        time_to_first_token: first,
        tokens_per_second: last === null ? 0 : tokensPerSecond(last),
        input_tokens: last?.promptTokens ?? 0,
        output_tokens: last?.completionTokens ?? 0,
        total_time: total,
        total_requests: sums.requests,
        successful_requests: sums.succeeded,
        failed_requests: sums.requests - sums.succeeded,
        average_response_time_ms: sums.succeeded === 0 ? 0 : sums.ms / sums.succeeded,
        draft_tokens_accepted: sums.accepted,
        draft_tokens_rejected: sums.rejected,
        uptime_seconds: Math.floor((clock.monotonic() - startedAt) / 1000),
        models_loaded: loaded().length,
        memory_used_mb: Math.ceil(loaded().reduce((sum, { bytes }) => sum + bytes, 0) / MIB),
      };
    },
  };
}
