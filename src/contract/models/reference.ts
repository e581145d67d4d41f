/** How requests name a model. */
import { z } from 'zod';

/** Id of the built-in embedder, which needs no file: it compares words and their parts, not meanings. */
export const LEXICAL_MODEL = 'tabagent/lexical-384';

/** Stands for the selected model of the needed type. */
export const DEFAULT_MODEL = 'default';

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
