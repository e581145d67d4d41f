/** Inputs of models that read whole texts: nothing is cut silently. */
import { AppError } from '../../../contract/kernel/errors.ts';
import { createPause } from './deadline.ts';

/** More characters than any token of any model has. */
const TOKEN_CHARACTERS = 256;

const tooLong = (tokens: number, context_length: number, has: string) =>
  new AppError(
    'context-length-exceeded',
    `${has} tokens and the model takes ${context_length}. Shorten it, or split it.`,
    { extra: { prompt_tokens: tokens, max_tokens: null, context_length } },
  );

/**
 * Turns texts into tokens, with turns for others in between.
 * @param read the tokens of one text, as the model takes them @param countOf how many they are
 * @throws AppError `context-length-exceeded` for an input that is too long; the signal's reason
 */
export async function readInputs<Read>(
  texts: readonly string[],
  { read, countOf }: { read: (text: string) => Read; countOf: (read: Read) => number },
  { contextLength, nameOf, signal }: { contextLength: number; nameOf: (index: number) => string; signal: AbortSignal },
): Promise<Read[]> {
  const pause = createPause(signal);
  const inputs: Read[] = [];
  for (const [index, text] of texts.entries()) {
    await pause();
    // To count what cannot fit in any case would take long.
    const least = Math.ceil(text.length / TOKEN_CHARACTERS);
    if (least > contextLength) throw tooLong(least, contextLength, `${nameOf(index)} has at least ${least}`);
    const input = read(text);
    const count = countOf(input);
    if (count > contextLength) throw tooLong(count, contextLength, `${nameOf(index)} has ${count}`);
    inputs.push(input);
  }
  return inputs;
}
