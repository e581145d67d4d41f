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
