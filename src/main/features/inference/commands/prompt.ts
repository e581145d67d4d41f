/** Commands that ask a model: one prompt, one answer. */
import type { LlmSpec } from '../../../../contract/automation/kinds/llm.ts';
import { OUTPUT_BOUNDS, parseBounded } from '../../../../contract/kernel/bounds.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { newRequestId } from '../../../core/ids.ts';
import type { EngineRun } from '../../tasks/index.ts';
import type { ModelLookup } from '../deps.ts';
import { schemaGrammar } from '../grammar/schema.ts';
import type { Residents } from '../models/residents.ts';
import { usageOf } from '../openai/answer.ts';
import {
  defined,
  type Generate,
  type GenerationEnd,
  type GenerationPart,
  type GenerationRequest,
} from '../run/generation.ts';
import { tokensPerSecond } from '../run/stats.ts';
import { CALLER, type EngineKind } from './kind.ts';

/** @throws AppError `unsupported-parameter` for a schema that cannot be enforced */
function requestOf(spec: LlmSpec, mask: (text: string) => string): GenerationRequest {
  const { max_tokens, stop, ...sampling } = spec.parameters;
  const system = spec.system === null ? [] : [{ role: 'system' as const, content: mask(spec.system) }];
  return {
    model: spec.model,
    prompt: { messages: [...system, { role: 'user', content: mask(spec.prompt) }], tools: [] },
    sampling: defined(sampling),
    logitBias: [],
    maxTokens: max_tokens ?? null,
    stop: stop ?? [],
    grammar: spec.output_schema === null ? null : schemaGrammar(spec.output_schema, 'spec.output_schema'),
    tools: null,
    logprobs: null,
    overflow: 'refuse',
  };
}

/** Reads the answer to its end and copies it to the log when `toLog` is set. */
async function read(
  parts: AsyncGenerator<GenerationPart, GenerationEnd, void>,
  run: EngineRun,
  toLog: boolean,
): Promise<{ text: string; end: GenerationEnd }> {
  let text = '';
  for (;;) {
    const next = await parts.next();
    if (next.done) return { text, end: next.value };
    const part = next.value;
    if (part.t === 'started')
      run.log('info', `The prompt has ${part.promptTokens} tokens, ${part.cachedTokens} of them computed before.`);
    if (part.t !== 'content') continue;
    text += part.text;
    if (toLog) await run.text(part.text);
    run.progress(`${text.length.toLocaleString('en')} characters`);
  }
}

/** @throws AppError `unprocessable-entity` when the answer was cut before the value was complete, by its length or by a stop text */
function jsonOf(text: string, { reason, completionTokens }: GenerationEnd, hasStop: boolean): Json {
  try {
    // `parseBounded` is typed `unknown`, but a JSON text holds nothing but JSON.
    return parseBounded(text, OUTPUT_BOUNDS) as Json;
  } catch (error) {
    if (reason !== 'length' && !hasStop) throw error;
    const remedy = reason === 'length' ? 'raise max_tokens or ask for less' : 'a stop text may have cut it, remove it';
    throw new AppError(
      'unprocessable-entity',
      `The answer ended after ${completionTokens} tokens, before its JSON was complete; ${remedy}.`,
      { extra: { finish_reason: reason, completion_tokens: completionTokens } },
    );
  }
}

async function ask(generate: Generate, spec: LlmSpec, run: EngineRun): Promise<Json> {
  const request = requestOf(spec, run.mask);
  const { model, parts } = await generate(request, {
    caller: CALLER,
    requestId: newRequestId(),
    signal: run.signal,
  });
  run.log('info', `Asking ${model.id}.`);
  run.progress(`Waiting for ${model.id}`);
  const { text, end } = await read(parts(), run, spec.stream_to_log);
  if (end.stopped)
    throw new AppError('unprocessable-entity', 'The generation was stopped by request; run the task again.');
  const speed = Math.round(tokensPerSecond(end) * 10) / 10;
  run.log('info', `${end.completionTokens} tokens in ${Math.round(end.timings.totalMs)} ms, ${speed} a second.`);
  return {
    model: model.id,
    ...(spec.output_schema === null ? { text } : { json: jsonOf(text, end, request.stop.length > 0) }),
    finish_reason: end.reason,
    usage: { ...usageOf([end]) },
    tokens_per_second: speed,
    time_to_first_token_ms: Math.round(end.timings.firstTokenMs ?? end.timings.totalMs),
    duration_ms: Math.round(end.timings.totalMs),
  };
}

/** Whether the model is installed and the schema can be enforced. */
async function check(find: (ref: string) => Promise<{ id: string }>, spec: LlmSpec) {
  const errors: { path: string; message: string }[] = [];
  const note = (path: string) => (error: unknown) => {
    if (!(error instanceof AppError)) throw error;
    errors.push({ path, message: error.message });
  };
  const model = await find(spec.model).catch(note('spec.model'));
  try {
    requestOf(spec, (text) => text);
  } catch (error) {
    note('spec.output_schema')(error);
  }
  const shown: JsonObject = model ? { model: model.id } : {};
  return { errors, shown };
}

export function createPrompts({
  source,
  residents,
  generate,
}: {
  source: Pick<ModelLookup, 'resolve'>;
  residents: Pick<Residents, 'ids'>;
  generate: Generate;
}): EngineKind<'llm'> {
  return {
    run: (spec, run) => ask(generate, spec, run),
    check: (spec) => check((ref) => source.resolve(ref, 'chat', residents.ids('chat')), spec),
  };
}
