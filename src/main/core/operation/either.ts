/** Members of inputs that have two spellings. */
import { invalidField } from '../../../contract/kernel/errors.ts';

/** One value under two names. @throws AppError `validation-error` when they differ */
export function either<T>(
  names: readonly [string, string],
  one: T | null | undefined,
  other: T | null | undefined,
): T | undefined {
  if (one != null && other != null && JSON.stringify(one) !== JSON.stringify(other)) {
    const text = `${names[0]} and ${names[1]} mean the same and differ`;
    throw invalidField(names[0], text, { param: true });
  }
  return one ?? other ?? undefined;
}

/** {@link either} for what has to be given. @throws AppError `validation-error` without either */
export function oneOf<T>(names: readonly [string, string], one: T | undefined, other: T | undefined): T {
  const value = either(names, one, other);
  if (value !== undefined) return value;
  const text = `${names[0]} is required`;
  throw invalidField(names[0], text, { param: true });
}
