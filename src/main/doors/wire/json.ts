/** Reading the JSON of callers: bounded, with exact error positions. */
import { type Bounds, parseBounded } from '../../../contract/kernel/bounds.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import { faultPosition } from './json-fault.ts';

/** Characters of a text whose first fault is looked for: that takes longer than to read it, and holds up other callers. */
const MAX_SEARCHED = 1024 * 1024;

/**
 * @throws AppError `invalid-json` with `position` (offset in characters; not of a text beyond {@link MAX_SEARCHED}), or what {@link parseBounded} throws beyond the bounds
 */
export function parseJson(text: string, bounds?: Bounds): unknown {
  try {
    return parseBounded(text, bounds);
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (text.length > MAX_SEARCHED) throw new AppError('invalid-json', 'The body is not valid JSON.', { cause: error });
    const position = faultPosition(text);
    throw new AppError('invalid-json', `The body is not valid JSON at position ${position}.`, {
      extra: { position },
      cause: error,
    });
  }
}
