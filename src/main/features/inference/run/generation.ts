/** One generation from the request to the last token: finds the model, waits for a place, runs the engine and splits what it writes. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { EngineItem, EnginePrompt, Sampling, ToolGrammars } from '../../../../contract/models/engine.ts';
import type { Clock } from '../../../core/clock.ts';
import type { GenerationDefaults, LoadableModel, ModelLookup } from '../deps.ts';
import type { Residents } from '../models/residents.ts';
import { endable } from './endable.ts';
import type { Engine, Finished, GenerateAsk } from './engine.ts';
import type { Live } from './live.ts';
import { type OutputPart, OutputReader } from './output.ts';
import { type Caller, type Place, takePlace } from './place.ts';
import type { Outcome } from './tally.ts';

/** What a generation is asked for; what is left out is decided by the settings of the model. */
export interface GenerationRequest {
  model: string;
  prompt: EnginePrompt;
  sampling: Partial<Omit<Sampling, 'logit_bias'>>;
  logitBias: readonly (readonly [number, number])[];
  maxTokens: number | null;
  stop: readonly string[];
  grammar: string | null;
  tools: ToolGrammars | null;
  logprobs: number | null;
  overflow: 'refuse' | 'drop_oldest';
}

/** The caller with the names by which its generation can be stopped. */
export interface Asker extends Caller {
  requestId: string;
  sessionId?: string | undefined;
}

export type GenerationPart =
  | { t: 'started'; promptTokens: number; cachedTokens: number; droppedMessages: number; droppedTokens: number }
  | OutputPart;

/** How a generation ended. */
export interface GenerationEnd {
  reason: 'stop' | 'length' | 'tool_calls';
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
  reasoningTokens: number;
  /** Tokens that the engine drafted ahead of the answer, and found right or wrong. */
  drafted: { accepted: number; rejected: number };
  /** Ended by an order to stop. */
  stopped: boolean;
  droppedMessages: number;
  droppedTokens: number;
  timings: Timings;
}

/** Measured by the host, ms. */
export interface Timings {
  firstTokenMs: number | null;
  totalMs: number;
}

/** A generation whose model is known. */
export interface Generation {
  /** Named in answers. */
  readonly model: LoadableModel;
  /** Counts and times up to now. */
  readonly progress: Readonly<GenerationEnd>;
  /** Loads the model when it has to, waits for a place and writes. A reader that leaves ends it, also in the queue. @throws AppError */
  parts(): AsyncGenerator<GenerationPart, GenerationEnd, void>;
}

export type Generate = (request: GenerationRequest, asker: Asker) => Promise<Generation>;

const NEUTRAL: Omit<Sampling, 'seed' | 'logit_bias'> = {
  temperature: 0.7,
  top_p: 0.95,
  top_k: 40,
  min_p: 0.05,
  repetition_penalty: 1,
  frequency_penalty: 0,
  presence_penalty: 0,
};

/** The members that are set. */
export const defined = <T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

function samplingOf(request: GenerationRequest, defaults: GenerationDefaults): Sampling {
  const { system_prompt: _system, stop: _stop, max_tokens: _max, seed, ...set } = defaults;
  const wanted = request.sampling;
  return {
    ...NEUTRAL,
    ...defined(set),
    ...defined(wanted),
    // No answer reports it, so any seed will do; engines take 32 bits.
    seed: Math.abs(wanted.seed ?? seed ?? Math.floor(Math.random() * 0xffff_ffff)) % 0x1_0000_0000,
    logit_bias: request.logitBias.map(([token, bias]) => [token, bias]),
  };
}

/** The system message that was saved for the model, unless the request brings one. */
function withSystem(prompt: EnginePrompt, system: string | undefined): EnginePrompt {
  if (!system || !('messages' in prompt) || prompt.messages.some(({ role }) => role === 'system')) return prompt;
  return { ...prompt, messages: [{ role: 'system', content: system }, ...prompt.messages] };
}

/** Reads what the engine sends and keeps the counts in `end` up to date. */
async function* written(
  stream: AsyncGenerator<EngineItem, Finished, void>,
  { reasons, tools, end, sinceBegun }: { reasons: boolean; tools: boolean; end: GenerationEnd; sinceBegun(): number },
): AsyncGenerator<GenerationPart, void, void> {
  let reader = new OutputReader({ reasons, inside: false, tools });
  const counted = (parts: OutputPart[]) => {
    for (const part of parts) if (part.t === 'reasoning') end.reasoningTokens += part.tokens;
    return parts;
  };
  for (;;) {
    const next = await stream.next();
    if (next.done) {
      const finished = next.value;
      end.completionTokens = finished.completion_tokens;
      end.drafted = finished.drafted ?? end.drafted;
      yield* counted(reader.end());
      end.reason = finished.reason === 'stop' && reader.calls > 0 ? 'tool_calls' : finished.reason;
      return;
    }
    const item = next.value;
    if (item.t === 'started') {
      end.promptTokens = item.prompt_tokens;
      end.cachedTokens = item.cached_tokens;
      end.droppedMessages = item.dropped_messages;
      end.droppedTokens = item.dropped_tokens;
      if (item.reasoning) reader = new OutputReader({ reasons, inside: true, tools });
      yield {
        t: 'started',
        promptTokens: item.prompt_tokens,
        cachedTokens: item.cached_tokens,
        droppedMessages: item.dropped_messages,
        droppedTokens: item.dropped_tokens,
      };
    } else if (item.t === 'text') {
      end.timings.firstTokenMs ??= sinceBegun();
      end.completionTokens += item.tokens;
      yield* counted(reader.add(item.text, item.tokens, item.logprobs ?? []));
    }
  }
}

const nothingYet = (): GenerationEnd => ({
  reason: 'stop',
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
  reasoningTokens: 0,
  drafted: { accepted: 0, rejected: 0 },
  stopped: false,
  droppedMessages: 0,
  droppedTokens: 0,
  timings: { firstTokenMs: null, totalMs: 0 },
});

/** How long the reader of an answer may take none of it, ms. Others wait for the place, and for as long as it likes. */
const TAKES_WITHIN_MS = 60_000;

/**
 * Passes parts on while they are taken.
 * @param end called when none is taken for too long: the generator itself waits for its reader then, and learns nothing
 */
async function* taken<T>(
  parts: AsyncGenerator<T, void, void>,
  clock: Clock,
  end: () => void,
): AsyncGenerator<T, void, void> {
  /** Since when a part waits to be taken; null while the reader waits for one. */
  let offered: number | null = null;
  let isLate = false;
  // One timer for all parts: a token comes every few milliseconds, and would pay for its own.
  let cancel = clock.schedule(look, TAKES_WITHIN_MS);
  function look(): void {
    const waited = offered === null ? 0 : clock.monotonic() - offered;
    isLate = waited >= TAKES_WITHIN_MS;
    if (isLate) end();
    else cancel = clock.schedule(look, TAKES_WITHIN_MS - waited);
  }
  try {
    for await (const part of parts) {
      offered = clock.monotonic();
      yield part;
      offered = null;
      if (isLate)
        throw new AppError(
          'generation-timeout',
          `Nothing of the answer was read for ${TAKES_WITHIN_MS / 1000} s, while others waited for the model.`,
          { extra: { timeout_seconds: TAKES_WITHIN_MS / 1000 } },
        );
    }
  } finally {
    cancel();
  }
}

/** The request as the engine takes it. */
function askOf(model: LoadableModel, request: GenerationRequest, defaults: GenerationDefaults): GenerateAsk {
  return {
    op: 'generate',
    model: model.id,
    prompt: withSystem(request.prompt, defaults.system_prompt),
    sampling: samplingOf(request, defaults),
    max_tokens: request.maxTokens ?? defaults.max_tokens ?? null,
    stop: [...(request.stop.length > 0 ? request.stop : (defaults.stop ?? []))],
    grammar: request.grammar,
    tools: request.tools,
    logprobs: request.logprobs,
    overflow: request.overflow,
  };
}

export interface GenerationDeps {
  source: ModelLookup;
  residents: Residents;
  live: Live;
  clock: Clock;
  finished(model: LoadableModel, end: GenerationEnd, outcome: Outcome): void;
}

export function createGenerate(deps: GenerationDeps): Generate {
  const { source, residents, live, clock } = deps;

  async function* run(
    model: LoadableModel,
    request: GenerationRequest,
    asker: Asker,
    end: GenerationEnd,
    left: AbortSignal,
  ): AsyncGenerator<GenerationPart, GenerationEnd, void> {
    const begun = clock.monotonic();
    const stop = new AbortController();
    const { caller, requestId, sessionId, loadWaitMs } = asker;
    const done = live.begin({ caller, requestId, sessionId, stop });
    const late = new AbortController();
    const waiting = AbortSignal.any([asker.signal, stop.signal, left, late.signal]);
    let place: Place | undefined;
    let stream: ReturnType<Engine['generate']> | undefined;
    let ended = false;
    try {
      place = await takePlace(residents, model, { caller, signal: waiting, loadWaitMs });
      const { resident, facts, signal } = place;
      const ask = askOf(model, request, source.defaults(model, sessionId));
      stream = resident.engine.generate(ask, signal);
      const parts = written(stream, {
        reasons: facts.capabilities.includes('reasoning') && 'messages' in request.prompt,
        tools: request.tools !== null,
        end,
        sinceBegun: () => clock.monotonic() - begun,
      });
      yield* taken(parts, clock, () => {
        late.abort();
        // The engine is at its end at once, the turn only when this goes on.
        place?.leave();
      });
      ended = true;
    } catch (thrown) {
      // After an order to stop the answer is what was written so far; a caller that has left gets none.
      if (!stop.signal.aborted || asker.signal.aborted || left.aborted) throw thrown;
      end.stopped = true;
      ended = true;
    } finally {
      await stream?.return(undefined as never).catch(() => undefined);
      place?.leave();
      done();
      end.timings.totalMs = clock.monotonic() - begun;
      deps.finished(model, end, ended ? 'done' : asker.signal.aborted || left.aborted ? 'cancelled' : 'failed');
    }
    return end;
  }

  return async (request, asker) => {
    const model = await source.resolve(request.model, 'chat', residents.ids('chat'));
    if (model.type !== 'chat')
      throw new AppError('validation-error', `${model.id} does not generate text.`, {
        errors: { model: 'does not generate text' },
        extra: { field: 'model', param: 'model' },
      });
    const progress = nothingYet();
    const parts = () => {
      const left = new AbortController();
      return endable(run(model, request, asker, progress, left.signal), () => left.abort());
    };
    return { model, progress, parts };
  };
}
