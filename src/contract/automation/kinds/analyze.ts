/** Kind `analyze`: a text that a model on this machine judges instead of answering it. */
import { z } from 'zod';
import { Aggregation, LABEL_PLACE, MAX_ANALYSED_TEXT, MAX_LABELS } from '../../models/analysis.ts';
import { DEFAULT_MODEL } from '../../models/reference.ts';
import { type CommandKindRecord, Template } from './kind.ts';

/** What is found out about a text, in the order of menus. */
export const AnalysisTask = z.enum(['entities', 'classify', 'zero_shot']);
export type AnalysisTask = z.infer<typeof AnalysisTask>;

/** One text and what is asked about it. Members that a task does not name are not used by it. */
export const AnalyzeSpec = z.strictObject({
  kind: z.literal('analyze').default('analyze'),
  /** Names in the text with their places; the classes that the model was trained for; or the classes in `labels`. */
  task: AnalysisTask,
  /** `owner/repo`, `owner/repo:variant`, an installed id, an alias, or `default`: the selected or only model of the type. */
  model: Template.min(1).default(DEFAULT_MODEL),
  text: z.string().min(1).max(MAX_ANALYSED_TEXT),
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
export function analysisProblems({ task, labels, hypothesis }: AnalyzeSpec): { member: string; message: string }[] {
  if (task !== 'zero_shot') return [];
  const problems: { member: string; message: string }[] = [];
  if (labels.length === 0) problems.push({ member: 'labels', message: 'at least one label is needed' });
  if (new Set(labels).size < labels.length) problems.push({ member: 'labels', message: 'a label is there twice' });
  if (!hypothesis.includes(LABEL_PLACE))
    problems.push({ member: 'hypothesis', message: `must contain ${LABEL_PLACE}, where the label goes` });
  return problems;
}

/** Contract record of the kind. */
export const analyze = {
  title: 'Model task',
  description: 'Finds names in a text or classifies it.',
  needsBrowser: false,
  runsIn: 'engine',
  spec: AnalyzeSpec,
  sources: {},
} as const satisfies CommandKindRecord;
