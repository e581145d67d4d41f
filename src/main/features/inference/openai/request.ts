/** OpenAI's request parameters as a generation, and the refusal of those that are not supported. */
import { randomBytes } from 'node:crypto';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { MAX_BIASED_TOKENS } from '../../../../contract/models/engine.ts';
import type { ChatInput } from '../../../../contract/models/openai/chat.ts';
import type { CompletionInput } from '../../../../contract/models/openai/completions.ts';
import { either } from '../../../core/operation/either.ts';
import type { GenerationRequest } from '../run/generation.ts';

type Sampled = Pick<
  ChatInput & CompletionInput,
  | 'temperature'
  | 'top_p'
  | 'top_k'
  | 'min_p'
  | 'frequency_penalty'
  | 'presence_penalty'
  | 'repetition_penalty'
  | 'repeat_penalty'
  | 'max_tokens'
  | 'max_new_tokens'
  | 'stop'
  | 'stop_sequences'
  | 'seed'
  | 'logit_bias'
>;

/** An id in OpenAI's form; the client sends it back with the result of the tool. */
export const newCallId = () => `call_${randomBytes(12).toString('base64url')}`;

export function unsupported(param: string, why: string): AppError {
  return new AppError('unsupported-parameter', `${param}: ${why}`, { extra: { param } });
}

const set = <T>(name: string, value: T | null | undefined) => (value == null ? {} : { [name]: value });

/** @throws AppError `unprocessable-entity` for more tokens than engines take */
function biasOf(given: Sampled['logit_bias']): GenerationRequest['logitBias'] {
  const entries = Object.entries(given ?? {});
  if (entries.length > MAX_BIASED_TOKENS)
    throw new AppError('unprocessable-entity', `logit_bias: at most ${MAX_BIASED_TOKENS} tokens can be biased.`, {
      extra: { param: 'logit_bias' },
    });
  return entries.map(([token, bias]) => [Number(token), bias]);
}

/** Sampling, the limit of tokens and the stop texts. */
export function sampled(input: Sampled): Pick<GenerationRequest, 'sampling' | 'logitBias' | 'maxTokens' | 'stop'> {
  const stop = either(['stop', 'stop_sequences'], input.stop, input.stop_sequences);
  return {
    sampling: {
      ...set('temperature', input.temperature),
      ...set('top_p', input.top_p),
      ...set('top_k', input.top_k),
      ...set('min_p', input.min_p),
      ...set('frequency_penalty', input.frequency_penalty),
      ...set('presence_penalty', input.presence_penalty),
      ...set(
        'repetition_penalty',
        either(['repetition_penalty', 'repeat_penalty'], input.repetition_penalty, input.repeat_penalty),
      ),
      ...set('seed', input.seed),
    },
    logitBias: biasOf(input.logit_bias),
    maxTokens: either(['max_tokens', 'max_new_tokens'], input.max_tokens, input.max_new_tokens) ?? null,
    stop: stop === undefined ? [] : typeof stop === 'string' ? [stop] : stop,
  };
}

/** The request for choice number `index`: with a seed of its own, so that the choices differ but can be reproduced. */
export function forChoice(request: GenerationRequest, index: number): GenerationRequest {
  const { seed } = request.sampling;
  return seed === undefined || index === 0
    ? request
    : { ...request, sampling: { ...request.sampling, seed: seed + index } };
}

/** Whether a client has sent a value: null counts as left out. */
export const isGiven = (value: unknown) => value !== undefined && value !== null;

/** @throws AppError `unsupported-parameter` for parameters that cannot be ignored without changing the answer */
export function refuseChat(input: ChatInput): void {
  if (isGiven(input.audio)) throw unsupported('audio', 'models here answer with text.');
  if (input.modalities?.some((one) => one !== 'text')) throw unsupported('modalities', 'models here answer with text.');
  if (isGiven(input.functions)) throw unsupported('functions', 'use tools.');
  if (isGiven(input.function_call)) throw unsupported('function_call', 'use tool_choice.');
  if (isGiven(input.web_search_options)) throw unsupported('web_search_options', 'there is no web search.');
  const other = input.tools?.find(({ type, function: tool }) => type !== 'function' || tool === undefined);
  if (other !== undefined) throw unsupported('tools', `tools of the type ${JSON.stringify(other.type)} are not known.`);
  const last = input.messages.at(-1);
  if (input.continue_final_message && (last?.role !== 'assistant' || last.tool_calls?.length))
    throw unsupported('continue_final_message', 'the last message has to be text of the assistant.');
  if (isGiven(input.top_logprobs) && !input.logprobs) throw unsupported('top_logprobs', 'it needs logprobs: true.');
}

export function refuseCompletion(input: CompletionInput): void {
  if (isGiven(input.suffix)) throw unsupported('suffix', 'text cannot be filled in.');
  if ((input.best_of ?? 1) > 1) throw unsupported('best_of', 'ask for n choices and choose one.');
}
