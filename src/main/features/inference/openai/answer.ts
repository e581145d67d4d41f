/** Members that chat completions and completions share in their answers. */
import type { Truncation, Usage } from '../../../../contract/models/openai/shared.ts';
import type { GenerationEnd } from '../run/generation.ts';

/** `system_fingerprint`: clients compare it to see whether a seed still gives the same answer. */
export const FINGERPRINT = 'tabagent';

/** Token counts of all choices. @param prompts the generations whose prompts count: the choices of one prompt share it */
export function usageOf(ends: readonly GenerationEnd[], prompts: readonly GenerationEnd[] = ends.slice(0, 1)): Usage {
  const sum = (list: readonly GenerationEnd[], of: (end: GenerationEnd) => number) =>
    list.reduce((total, end) => total + of(end), 0);
  const prompt_tokens = sum(prompts, (end) => end.promptTokens);
  const completion_tokens = sum(ends, (end) => end.completionTokens);
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    prompt_tokens_details: { cached_tokens: sum(prompts, (end) => end.cachedTokens) },
    completion_tokens_details: { reasoning_tokens: sum(ends, (end) => end.reasoningTokens) },
  };
}

export const stoppedOf = (ends: readonly GenerationEnd[]) =>
  ends.some(({ stopped }) => stopped) ? { stopped: true as const } : {};

export function truncatedOf(ends: readonly GenerationEnd[]): { truncated?: Truncation } {
  const [end] = ends;
  if (end === undefined || end.droppedMessages === 0) return {};
  return { truncated: { dropped_messages: end.droppedMessages, dropped_tokens: end.droppedTokens } };
}
