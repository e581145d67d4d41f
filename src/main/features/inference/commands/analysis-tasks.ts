/** What a model can be asked in a command: one record for each task. */
import type { AnalysisTask, AnalyzeSpec } from '../../../../contract/automation/kinds/analyze.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import type { EngineUse } from '../../../../contract/models/engine.ts';
import type { Analysed, AnalysisAsk } from '../run/engine.ts';

/** What a task is about. */
interface Subject {
  text: string;
  /** Path of the file; empty for tasks about a text. */
  file: string;
  clean(text: string): string;
}

type AskOf<T extends AnalysisTask> = Extract<AnalysisAsk, { op: T }>;
/** What the engine answers to each. */
interface Answers {
  entities: Extract<Analysed, { t: 'entities' }>;
  classify: Extract<Analysed, { t: 'classified' }>;
  zero_shot: Extract<Analysed, { t: 'classified' }>;
  transcribe: Extract<Analysed, { t: 'transcribed' }>;
  describe: Extract<Analysed, { t: 'described' }>;
}

interface TaskRecord<T extends AnalysisTask> {
  /** The type of model that it needs. */
  type: EngineUse;
  /** What is shown while it runs. */
  busy: string;
  ask(spec: AnalyzeSpec, subject: Subject): Omit<AskOf<T>, 'op' | 'model'>;
  /** What the output says of the text or the file. */
  found(answer: Answers[T], text: string, spec: AnalyzeSpec): JsonObject;
  /** The end of it, for the log. */
  sentence(answer: Answers[T]): string;
}

const END_MISSING = ' The text reached the most that this model writes: its end is missing.';

const read = ({ tokens, windows }: { tokens: number; windows: number }) =>
  `${tokens} tokens read${windows === 1 ? '' : `, in ${windows} windows that overlap`}`;

function scoresOf({ scores: all, windows }: Answers['classify'], { threshold, top_k }: AnalyzeSpec): JsonObject {
  const [best] = all;
  const scores = all.filter(({ score }) => score >= threshold).slice(0, top_k ?? undefined);
  const label = scores[0] === best ? (best?.label ?? null) : null;
  return { label, scores: scores.map((one) => ({ ...one })), windows };
}

export const TASKS: { readonly [T in AnalysisTask]: TaskRecord<T> } = {
  entities: {
    type: 'ner',
    busy: 'Reading the text',
    ask: ({ aggregation, threshold }, { text }) => ({ text, aggregation, threshold }),
    found({ entities: all, omitted, windows }, text) {
      const entities = all.map(({ label, score, start, end }) => {
        return { label, text: text.slice(start, end), score, start, end };
      });
      return { entities, omitted, windows };
    },
    sentence(answer) {
      const { length } = answer.entities;
      const more = answer.omitted === 0 ? '' : `, and ${answer.omitted} more that are left out`;
      return `${length} ${length === 1 ? 'entity' : 'entities'} found${more}; ${read(answer)}.`;
    },
  },
  classify: {
    type: 'classification',
    busy: 'Reading the text',
    ask: (_spec, { text }) => ({ text }),
    found: (answer, _text, spec) => scoresOf(answer, spec),
    sentence: (answer) => `${read(answer)}.`,
  },
  zero_shot: {
    type: 'classification',
    busy: 'Reading the text',
    ask: ({ labels, hypothesis, multi_label }, { text, clean }) => {
      return { text, labels: labels.map(clean), hypothesis: clean(hypothesis), multi_label };
    },
    found: (answer, _text, spec) => scoresOf(answer, spec),
    sentence: (answer) => `${read(answer)}.`,
  },
  transcribe: {
    type: 'speech',
    busy: 'Listening',
    ask: ({ language, translate, timestamps }, { file }) => ({ file, language, translate, timestamps }),
    found({ text, segments, omitted, language, seconds, windows, truncated }) {
      const pieces = segments === null ? {} : { segments: segments.map((one) => ({ ...one })), omitted };
      return { text, ...pieces, language, seconds, windows, truncated };
    },
    sentence(answer) {
      const windows = answer.windows === 1 ? '' : ` in ${answer.windows} windows`;
      const language = answer.language === null ? '' : `, language ${answer.language}`;
      return `${answer.seconds} seconds heard${windows}${language}; ${answer.tokens} tokens written.${answer.truncated ? END_MISSING : ''}`;
    },
  },
  describe: {
    type: 'vision',
    busy: 'Looking at the picture',
    ask: (_spec, { file }) => ({ file }),
    found: ({ text, truncated, width, height }) => ({ text, truncated, width, height }),
    sentence: ({ width, height, tokens, truncated }) =>
      `A picture of ${width} × ${height} pixels; ${tokens} tokens written.${truncated ? END_MISSING : ''}`,
  },
};

/** The request to the engine. @param file path of the file that the task is about; empty for one about a text */
export function askOf(spec: AnalyzeSpec, model: string, clean: (text: string) => string, file: string): AnalysisAsk {
  const subject: Subject = { text: clean(spec.text), file, clean };
  const made = <T extends AnalysisTask>(task: T) => ({ op: task, model, ...TASKS[task].ask(spec, subject) });
  // Which record it is, only the task knows.
  return made(spec.task) as AnalysisAsk;
}

const recordOf = (task: AnalysisTask) => TASKS[task] as TaskRecord<AnalysisTask>;

/** What the output says. */
export const foundOf = (answer: Analysed, text: string, spec: AnalyzeSpec): JsonObject =>
  recordOf(spec.task).found(answer as Answers[AnalysisTask], text, spec);

export const sentenceOf = (answer: Analysed, { task }: AnalyzeSpec): string =>
  recordOf(task).sentence(answer as Answers[AnalysisTask]);
