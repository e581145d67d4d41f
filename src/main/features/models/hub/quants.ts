/** Which quantizations a repo of the hub has, and which of them is meant. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { Clock } from '../../../core/clock.ts';
import type { FitPlanner } from '../memory/fit.ts';
import { notHere, USUAL_CONTEXT } from '../memory/plan.ts';
import type { HubClient } from './client.ts';
import { filesOf, type Quant, quantsOf } from './listing.ts';

/** What the hub has is asked for again after this time, ms. */
const KEPT_MS = 5 * 60_000;
const MAX_KEPT = 200;
const USUAL = 'Q4_K_M';

/** Asks the hub what a repo has, and remembers it for a while. */
export function createQuants(client: HubClient, clock: Clock) {
  const kept = new Map<string, { at: number; quants: Quant[] }>();
  return async (repo: string, revision: string, signal: AbortSignal): Promise<Quant[]> => {
    const key = `${repo}@${revision}`;
    const known = kept.get(key);
    if (known && clock.monotonic() - known.at < KEPT_MS) return known.quants;
    const quants = quantsOf(await filesOf(client, repo, revision, signal));
    kept.delete(key);
    kept.set(key, { at: clock.monotonic(), quants });
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
    return quants;
  };
}
export type AskQuants = ReturnType<typeof createQuants>;

/** The quantization that is meant when none is named: the usual one, else the largest that fits, else the first. */
export function chooseQuant(repo: string, quants: readonly Quant[], plan: FitPlanner['plan']): Quant | undefined {
  const fits = ({ key, format, bytes }: Quant) =>
    plan(notHere({ name: repo, variant: key, format, bytes }), { contextLength: USUAL_CONTEXT }).target !== 'none';
  const largest = quants.filter(fits).sort((a, b) => b.bytes - a.bytes)[0];
  return quants.find(({ key }) => key === USUAL) ?? largest ?? quants[0];
}

/** @throws AppError `model-not-found` with `available` */
export function quantNamed(repo: string, quants: readonly Quant[], variant: string): Quant {
  const found = quants.find(({ key }) => key.toLowerCase() === variant.toLowerCase());
  if (found) return found;
  throw new AppError('model-not-found', `${repo} has no ${variant}.`, {
    extra: { model: repo, available: quants.map(({ key }) => key) },
  });
}
