/** What models that read a text are asked about it, and what they answer. */
import { z } from 'zod';

/** UTF-16 units of one text. */
export const MAX_ANALYSED_TEXT = 1_000_000;
/** Classes that one text is compared with. */
export const MAX_LABELS = 100;
/** Entities that one answer holds; those beyond are counted. */
export const MAX_ENTITIES = 10_000;
/** Stands for the label in a hypothesis. */
export const LABEL_PLACE = '{}';

/**
 * How the labels of tokens become entities. `none`: each token is one; `simple`: neighbours with the same label are joined; `word`: the same, after
 * each word has taken the label of its first token.
 */
export const Aggregation = z.enum(['none', 'simple', 'word']);
export type Aggregation = z.infer<typeof Aggregation>;

const model = z.string().min(1);
const text = z.string().max(MAX_ANALYSED_TEXT);
const Label = z.string().min(1);

export const EntitiesAsk = z.object({
  op: z.literal('entities'),
  model,
  text,
  aggregation: Aggregation,
  /** Entities with a lower score are left out. */
  threshold: z.number().min(0).max(1),
});

/** Compares a text with the classes that the model was trained for. */
export const ClassifyAsk = z.object({ op: z.literal('classify'), model, text });

/** Compares a text with any classes: the model says whether the hypothesis made of each follows from the text. */
export const ZeroShotAsk = z.object({
  op: z.literal('zero_shot'),
  model,
  text,
  labels: z.array(Label).min(1).max(MAX_LABELS),
  hypothesis: z.string().includes(LABEL_PLACE),
  /** Several may be true; each has a score of its own. Otherwise the scores add up to 1. */
  multi_label: z.boolean(),
});

/** A part of the text; `start` and `end` are in UTF-16 units of it. */
export const Entity = z.object({ label: z.string(), score: z.number(), start: z.int(), end: z.int() });
export type Entity = z.infer<typeof Entity>;

export const ClassScore = z.object({ label: z.string(), score: z.number() });
export type ClassScore = z.infer<typeof ClassScore>;

/** How much was read. A text that is longer than the model takes is read in several windows that overlap. */
const read = { tokens: z.int(), windows: z.int() };

export const FoundEntities = z.object({
  t: z.literal('entities'),
  /** In the order of the text. */
  entities: z.array(Entity),
  /** Entities beyond {@link MAX_ENTITIES}. */
  omitted: z.int(),
  ...read,
});
export const Classified = z.object({
  t: z.literal('classified'),
  /** Best first. */
  scores: z.array(ClassScore),
  ...read,
});
