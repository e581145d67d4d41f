/** Errors in the caller's terms: the engines and the chat name the field of a chat, whatever kind of request it came from. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import { endable } from '../run/endable.ts';
import type { Generate } from '../run/generation.ts';

/** What the caller calls a field of a chat. */
export type CallerField = (field: string) => string;

function renamed(thrown: unknown, nameOf: CallerField): unknown {
  if (!(thrown instanceof AppError)) return thrown;
  const { slug, status, message, errors, extra, cause } = thrown;
  const named = [...Object.keys(errors ?? {}), extra.field, extra.param].find((one) => typeof one === 'string');
  if (named === undefined || nameOf(named) === named) return thrown;
  const members = Object.entries(extra).map(([key, value]) => [
    key,
    (key === 'field' || key === 'param') && typeof value === 'string' ? nameOf(value) : value,
  ]);
  return new AppError(
    slug,
    message.replace(named, () => nameOf(named)),
    {
      ...{ status, cause, extra: Object.fromEntries(members) },
      ...(errors === undefined
        ? {}
        : { errors: Object.fromEntries(Object.entries(errors).map(([field, reason]) => [nameOf(field), reason])) }),
    },
  );
}

/** Runs with errors in the caller's terms. */
export function withCallerFields<T>(nameOf: CallerField, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw renamed(thrown, nameOf);
  }
}

async function* renaming<T, R>(nameOf: CallerField, parts: AsyncGenerator<T, R, void>): AsyncGenerator<T, R, void> {
  try {
    return yield* parts;
  } catch (thrown) {
    throw renamed(thrown, nameOf);
  }
}

/** Generates with errors in the caller's terms. */
export async function generateFor(nameOf: CallerField, ...[generate, ...asked]: [Generate, ...Parameters<Generate>]) {
  const generation = await generate(...asked);
  return {
    ...generation,
    parts() {
      const own = generation.parts();
      const end = () => void own.return(undefined as never).catch(() => undefined);
      return endable(renaming(nameOf, own), end);
    },
  };
}
