/** Members of a request that OpenAI's clients send and that change nothing here: told in a header, so that nobody believes they do. */
import { z } from 'zod';
import type { Operation } from '../../../../contract/kernel/define.ts';
import { unwrap } from '../../dispatch/validation.ts';

const MAX_NAMED = 20;
/** What may stand in a header. */
const NAME = /^[\w.-]{1,64}$/;

/**
 * The header `warnings` of an answer, by the members that the operation does not know.
 * @param body as it was sent
 * @returns null when every member counts
 */
export function ignoredWarning(operation: Operation, body: unknown): string | null {
  if (!operation.openai || typeof body !== 'object' || body === null || Array.isArray(body)) return null;
  const input = unwrap(operation.input);
  if (!(input instanceof z.ZodObject)) return null;
  const ignored = Object.keys(body).filter((name) => !Object.hasOwn(input.shape, name) && NAME.test(name));
  return ignored.length === 0 ? null : `ignored: ${ignored.slice(0, MAX_NAMED).join(', ')}`;
}
