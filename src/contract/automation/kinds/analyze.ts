/** Kind `analyze`: what a model on this machine finds out about a text, a recording or a picture. */
import { z } from 'zod';
import { Aggregation, LABEL_PLACE, MAX_ANALYSED_TEXT, MAX_LABELS } from '../../models/analysis.ts';
import { DEFAULT_MODEL } from '../../models/reference.ts';
import { type CommandKindRecord, Template } from './kind.ts';

/** What is found out, in the order of menus. */
export const AnalysisTask = z.enum(['entities', 'classify', 'zero_shot', 'transcribe', 'describe']);
export type AnalysisTask = z.infer<typeof AnalysisTask>;

/** Tasks about a file instead of a text. */
export const FILE_TASKS: ReadonlySet<AnalysisTask> = new Set(['transcribe', 'describe']);

/** What is asked, and about what. Members that a task does not name are not used by it. */
export const AnalyzeSpec = z.strictObject({
  kind: z.literal('analyze').default('analyze'),
  /**
   * Names in the text with their places; the classes that the model was trained for; the classes in `labels`; what is said in a recording; or what is
   * to be seen in a picture.
   */
  task: AnalysisTask,
  /** `owner/repo`, `owner/repo:variant`, an installed id, an alias, or `default`: the selected or only model of the type. */
  model: Template.min(1).default(DEFAULT_MODEL),
  /** Tasks about a text: the text. */
  text: z.string().max(MAX_ANALYSED_TEXT).default(''),
  /** Tasks about a file: id of an artifact or of an upload with a WAV recording, or a PNG picture. */
  file: Template.default(''),
  /** `transcribe`: the language that is spoken, as a code such as `en`; null leaves it to the model. */
  language: Template.min(1).nullable().default(null),
  /** `transcribe`: whether the text is in English, whatever is spoken. */
  translate: z.boolean().default(false),
  /** `transcribe`: whether the text is told in pieces with their times too. */
  timestamps: z.boolean().default(false),
  /** `zero_shot`: the classes. */
  labels: z.array(Template.min(1)).max(MAX_LABELS).default([]),
  /** `zero_shot`: the sentence of which the model judges whether it follows from the text; `{}` is the label. */
  hypothesis: Template.default(`This example is ${LABEL_PLACE}.`),
  /** `zero_shot`: whether several labels may be true, each with a score of its own. */
  multi_label: z.boolean().default(false),
  /** `entities`: how labels of tokens become entities. */
  aggregation: Aggregation.default('simple'),
  /** What has a lower score is left out. */
  threshold: z.number().min(0).max(1).default(0),
  /** `classify` and `zero_shot`: how many of the best classes are told; null tells all. */
  top_k: z.int().min(1).max(1000).nullable().default(null),
});
export type AnalyzeSpec = z.infer<typeof AnalyzeSpec>;

/** What is wrong with a spec beyond its schema, by member; nothing when it can run. */
export function analysisProblems(spec: AnalyzeSpec): { member: string; message: string }[] {
  const { task, text, file, labels, hypothesis } = spec;
  const problems: { member: string; message: string }[] = [];
  if (FILE_TASKS.has(task)) {
    if (file === '') problems.push({ member: 'file', message: 'the id of an artifact or of an upload is needed' });
  } else if (text === '') problems.push({ member: 'text', message: 'a text is needed' });
  if (task !== 'zero_shot') return problems;
  if (labels.length === 0) problems.push({ member: 'labels', message: 'at least one label is needed' });
  if (new Set(labels).size < labels.length) problems.push({ member: 'labels', message: 'a label is there twice' });
  if (!hypothesis.includes(LABEL_PLACE))
    problems.push({ member: 'hypothesis', message: `must contain ${LABEL_PLACE}, where the label goes` });
  return problems;
}

/** Contract record of the kind. */
export const analyze = {
  title: 'Model task',
  description: 'Finds names in a text, classifies it, writes down speech or describes a picture.',
  needsBrowser: false,
  runsIn: 'engine',
  spec: AnalyzeSpec,
  sources: {},
} as const satisfies CommandKindRecord;
