/** Figures of generations: the last one, and sums since the host started. No prompt or answer is kept. */
import type { Operations } from '../../../../contract/index.ts';
import type { OutputOf } from '../../../../contract/kernel/define.ts';
import type { Clock } from '../../../core/clock.ts';
import type { LoadableModel } from '../deps.ts';
import type { Residents } from '../models/residents.ts';
import type { GenerationEnd } from './generation.ts';

const MIB = 1024 * 1024;

/** Tokens of one model; `kind` as metrics name it. */
export interface TokenCount {
  model: string;
  kind: 'prompt' | 'cached' | 'completion';
  count: number;
}

/** What metrics and the page of resources show. */
export interface InferenceFigures {
  tokens: TokenCount[];
  loaded: { model: string; bytes: number; device: string; active: number; queued: number }[];
}

/** Tokens per second after the first token, so that the time for the prompt does not count. */
export function tokensPerSecond({ completionTokens, timings }: GenerationEnd): number {
  const ms = timings.totalMs - (timings.firstTokenMs ?? 0);
  return ms > 0 ? (Math.max(0, completionTokens - 1) * 1000) / ms : 0;
}

export function createStats({ clock, residents }: { clock: Clock; residents: Residents }) {
  const startedAt = clock.monotonic();
  const tokens = new Map<string, TokenCount>();
  const sums = { requests: 0, succeeded: 0, ms: 0 };
  let last: GenerationEnd | null = null;

  function count(model: string, kind: TokenCount['kind'], by: number): void {
    const key = `${kind} ${model}`;
    const entry = tokens.get(key) ?? { model, kind, count: 0 };
    entry.count += by;
    tokens.set(key, entry);
  }

  const loaded = () =>
    residents
      .all()
      .flatMap(({ model, bytes, facts, turns }) =>
        facts === null
          ? []
          : [{ model: model.id, bytes, device: facts.device, active: turns.active(), queued: turns.waiting() }],
      );

  return {
    /** @param end null when it failed or its caller has left */
    finished(model: LoadableModel, end: GenerationEnd | null): void {
      sums.requests += 1;
      if (end === null) return;
      last = end;
      sums.succeeded += 1;
      sums.ms += end.timings.totalMs;
      count(model.id, 'prompt', end.promptTokens);
      count(model.id, 'cached', end.cachedTokens);
      count(model.id, 'completion', end.completionTokens);
    },
    figures: (): InferenceFigures => ({ tokens: [...tokens.values()], loaded: loaded() }),
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
        uptime_seconds: Math.floor((clock.monotonic() - startedAt) / 1000),
        models_loaded: loaded().length,
        memory_used_mb: Math.ceil(loaded().reduce((sum, { bytes }) => sum + bytes, 0) / MIB),
      };
    },
  };
}
