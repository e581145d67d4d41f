/** From what a client wrote to the operation it means: id rule, aliases, and a guess when nothing fits. */
import { distance } from 'fastest-levenshtein';
import type { Contract, Operation } from '../../../contract/kernel/define.ts';
import { AppError } from '../../../contract/kernel/errors.ts';

/** Ids that are kept for later and answer 501. */
const RESERVED: ReadonlySet<string> = new Set(['audio_stream', 'video_stream']);

/** Looks operations up by whatever a client calls them. */
export type Resolve = (op: string) => { id: string; operation: Operation };

/** Prepares the look-up for a contract. */
export function createResolve(contract: Contract): Resolve {
  const byName = new Map(
    Object.entries(contract).flatMap(([id, operation]) =>
      [id, ...operation.aliases].map((name) => [name, { id, operation }] as const),
    ),
  );
  return (op) => {
    const exact = byName.get(op);
    if (exact) return exact;
    const id = normalise(op);
    const found = byName.get(id);
    if (found) return found;
    if (RESERVED.has(id)) {
      throw new AppError('not-implemented', `Operation ${id} is reserved.`, { extra: { feature: id } });
    }
    const shown = op.slice(0, 100);
    const guess = closest(id.slice(0, 100), [...byName.keys()]);
    const meant = guess === undefined ? undefined : byName.get(guess)?.id;
    throw new AppError('route-not-found', `Unknown operation '${shown}'.${hint(meant)}`, {
      extra: { route: shown, did_you_mean: meant ?? null },
    });
  };
}

/** The sentence that names a guess. */
export function hint(guess: string | undefined): string {
  return guess === undefined ? ' GET /v1/routes lists all of them.' : ` Did you mean ${guess}?`;
}

function normalise(op: string): string {
  return op.toLowerCase().replaceAll(/[-.]/g, '_');
}

/**
 * The candidate with the smallest Levenshtein distance to `text`, if it is near enough to be a typing error
 * (at most a third of the longer text).
 */
export function closest(text: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const limit = Math.max(2, Math.floor(Math.max(text.length, candidate.length) / 3));
    if (Math.abs(text.length - candidate.length) > limit) continue;
    const edits = distance(text, candidate);
    if (edits <= limit && edits < fewest) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}
