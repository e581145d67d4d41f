/** What models are asked about a text, a recording or a picture, and what they answer. */
import { z } from 'zod';

/** UTF-16 units of one text. */
export const MAX_ANALYSED_TEXT = 1_000_000;
/** Classes that one text is compared with. */
export const MAX_LABELS = 100;
/** Entities that one answer holds; those beyond are counted. */
export const MAX_ENTITIES = 10_000;
/** Pieces of a text with times that one answer holds; those beyond are counted. */
export const MAX_SEGMENTS = 10_000;
/** Recordings and pictures that are read. */
export const MAX_MEDIA = { bytes: 2 * 1024 ** 3, seconds: 4 * 3600 } as const;
/** Pictures that are read, and the longest side of those that a model gets, pixels. */
export const MAX_PICTURE = { side: 32_768, pixels: 100_000_000, given: 1_024 } as const;
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

/** Writes down what is said in a recording. */
export const TranscribeAsk = z.object({
  op: z.literal('transcribe'),
  model,
  /** Path of a WAV file. */
  file: z.string().min(1),
  /** Code such as `en`; null leaves it to the model. */
  language: z.string().min(1).nullable(),
  /** Into English, instead of the language that is spoken. */
  translate: z.boolean(),
  timestamps: z.boolean(),
});

/** Describes a picture. */
export const DescribeAsk = z.object({
  op: z.literal('describe'),
  model,
  /** Path of a PNG file. */
  file: z.string().min(1),
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

/** What is said from one time to another, in seconds of the recording. */
export const Segment = z.object({ start: z.number(), end: z.number(), text: z.string() });
export type Segment = z.infer<typeof Segment>;

export const Transcribed = z.object({
  t: z.literal('transcribed'),
  text: z.string(),
  /** Null when they were not asked for. */
  segments: z.array(Segment).nullable(),
  /** Segments beyond {@link MAX_SEGMENTS}. */
  omitted: z.int(),
  /** Code of the language that was told or detected; null for models of one language. */
  language: z.string().nullable(),
  /** Whether words are missing, because a text reached the most that the model writes. */
  truncated: z.boolean(),
  /** Length of the recording. */
  seconds: z.number(),
  /** Tokens that were written, in how many windows. */
  tokens: z.int(),
  windows: z.int(),
});

export const Described = z.object({
  t: z.literal('described'),
  text: z.string(),
  /** Whether its end is missing, because it reached the most that the model writes. */
  truncated: z.boolean(),
  /** Tokens that were written. */
  tokens: z.int(),
  /** Pixels of the picture. */
  width: z.int(),
  height: z.int(),
});
