import { z } from 'zod';

/**
 * Parses what somebody sent. Zod hands on the issues of a list as the arguments of one call, and tens of thousands of wrong items overflow
 * the stack: that is one issue here, not an error of ours.
 */
export function parseSafely<S extends z.ZodType>(schema: S, value: unknown): z.ZodSafeParseResult<z.output<S>> {
  try {
    return schema.safeParse(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return z.custom<z.output<S>>(() => false, 'has too many wrong items to name').safeParse(value);
  }
}
