/** How requests name a model. */
import { z } from 'zod';

/** Id of the built-in embedder, which needs no file: it compares words and their parts, not meanings. */
export const LEXICAL_MODEL = 'tabagent/lexical-384';

/** Stands for the selected model of the needed type. */
export const DEFAULT_MODEL = 'default';

/** A model by its repo and, where there is one, its quantization. */
interface NamedModel {
  repo: string;
  variant: string | null;
}

/** `owner/repo:variant`, or `owner/repo` without a variant. */
export const refOf = ({ repo, variant }: NamedModel): string => (variant === null ? repo : `${repo}:${variant}`);

/** The reverse of {@link refOf}; a colon before the first slash is part of the name. */
export function splitRef(ref: string): NamedModel {
  const at = ref.lastIndexOf(':');
  if (at <= ref.indexOf('/')) return { repo: ref, variant: null };
  return { repo: ref.slice(0, at), variant: ref.slice(at + 1) };
}

/** Why a model is the one that is meant without a name. */
export type DefaultBecause = 'selected' | 'only-loaded' | 'only-installed';

/** The model that {@link DEFAULT_MODEL} means among those of a type: the selected one, else the only loaded one, else the only one. */
export function defaultOf<M extends NamedModel & { selected: boolean }>(
  models: readonly M[],
  isLoaded: (model: M) => boolean,
): { model: M; because: DefaultBecause } | undefined {
  const only = (some: readonly M[], because: DefaultBecause) =>
    some.length === 1 && some[0] !== undefined ? { model: some[0], because } : undefined;
  return (
    only(models.filter(({ selected }) => selected).slice(0, 1), 'selected') ??
    only(models.filter(isLoaded), 'only-loaded') ??
    only(models, 'only-installed')
  );
}

/** `owner/repo`, `owner/repo:variant`, an installed id, or {@link DEFAULT_MODEL}. */
export const ModelRef = z
  .string()
  .min(1)
  .max(256)
  .describe('owner/repo, owner/repo:variant, an installed id, or "default"');

/** A model, under either of its names in requests. */
export const namedModel = { model: ModelRef.optional(), model_id: ModelRef.optional() };

const Variant = z.string().min(1).max(100).optional();

/** A quantization, under either of its names. */
export const namedVariant = { variant: Variant, quantization: Variant };
