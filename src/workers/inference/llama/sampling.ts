/** Sampling as the library takes it. */
import { type LlamaModel, type SequenceEvaluateOptions, type Token, TokenBias } from 'node-llama-cpp';
import type { Sampling } from '../../../contract/models/engine.ts';

/** Tokens that penalties look back on. */
const LOOK_BACK = 256;

/** @param written what the model has written so far, with what was drafted after it; penalties concern nothing else */
export function evaluateOptions(
  model: LlamaModel,
  sampling: Sampling,
  written: () => readonly Token[],
): SequenceEvaluateOptions {
  const { repetition_penalty, frequency_penalty, presence_penalty, logit_bias } = sampling;
  const penalised = repetition_penalty !== 1 || frequency_penalty !== 0 || presence_penalty !== 0;
  const bias = TokenBias.for(model);
  for (const [token, logit] of logit_bias) bias.set(token as Token, { logit });
  return {
    temperature: sampling.temperature,
    topP: sampling.top_p,
    topK: sampling.top_k,
    minP: sampling.min_p,
    seed: sampling.seed,
    yieldEogToken: true,
    ...(logit_bias.length > 0 ? { tokenBias: bias } : {}),
    ...(penalised
      ? {
          repeatPenalty: {
            punishTokens: () => written().slice(-LOOK_BACK),
            maxPunishTokens: LOOK_BACK,
            penalty: repetition_penalty,
            frequencyPenalty: frequency_penalty,
            presencePenalty: presence_penalty,
          },
        }
      : {}),
  };
}
