import type { z } from 'zod';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import type { DraftEntry } from './drafts.ts';

/** What each value of a form can be. */
export type Shape<V extends JsonObject> = { readonly [N in keyof V]-?: z.ZodType<V[N]> };

/** The entry without edits that its form cannot show: another version of the panel may have kept it, with other members. */
export function fitting(shape: Readonly<Record<string, z.ZodType>>, entry: DraftEntry): DraftEntry {
  const known = new Map(Object.entries(shape));
  const fits = ([name, value]: [string, unknown]) => known.get(name)?.safeParse(value).success ?? false;
  const edits = Object.entries(entry.edits);
  const fit = edits.filter(fits);
  if (fit.length === edits.length) return entry;
  const names = new Set(fit.map(([name]) => name));
  const base = Object.entries(entry.base).filter(([name]) => names.has(name));
  return { ...entry, edits: Object.fromEntries(fit), base: Object.fromEntries(base) };
}
