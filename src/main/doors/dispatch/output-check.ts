/** Parsing what handlers answer, so that no door sends what the contract does not promise. */
import type { Operation } from '../../../contract/kernel/define.ts';
import { AppError } from '../../../contract/kernel/errors.ts';

/**
 * The answer, or one item of a stream, parsed by its schema.
 * @throws AppError `internal-server-error` with the mismatch as cause
 */
export function checkOutput(id: string, schema: Operation['output'], input: unknown, value: unknown): unknown {
  // `fields` asks for a part of each item, which the schema of the whole cannot describe.
  if (typeof input === 'object' && input !== null && 'fields' in input && input.fields !== undefined) return value;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AppError('internal-server-error', undefined, {
    cause: new Error(`output of ${id} does not match its schema: ${result.error.message}`),
  });
}
