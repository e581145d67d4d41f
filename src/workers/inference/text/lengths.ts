/** Inputs of models that read whole texts: nothing is cut silently. */
import { AppError } from '../../../contract/kernel/errors.ts';

/** @throws AppError `context-length-exceeded` for an input that is too long */
export function checkLength(tokens: number, context_length: number, which: string): void {
  if (tokens > context_length)
    throw new AppError(
      'context-length-exceeded',
      `${which} has ${tokens} tokens and the model takes ${context_length}. Shorten it, or split it.`,
      { extra: { prompt_tokens: tokens, max_tokens: null, context_length } },
    );
}
