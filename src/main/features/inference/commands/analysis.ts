/** Commands that have a model find out about a text, a recording or a picture. */
import {
  type AnalysisTask,
  type AnalyzeSpec,
  analysisProblems,
  FILE_TASKS,
} from '../../../../contract/automation/kinds/analyze.ts';
import { AppError, invalidField } from '../../../../contract/kernel/errors.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import type { EngineUse } from '../../../../contract/models/engine.ts';
import type { EngineRun } from '../../tasks/index.ts';
import type { FileOf, LoadableModel, ModelLookup } from '../deps.ts';
import type { Residents } from '../models/residents.ts';
import type { Analysed, AnalysisAsk } from '../run/engine.ts';
import { takePlace } from '../run/place.ts';
import type { Tally } from '../run/tally.ts';
import { CALLER, type EngineKind } from './kind.ts';

/** The type of model that each task needs. */
const TYPES: Readonly<Record<AnalysisTask, EngineUse>> = {
  entities: 'ner',
  classify: 'classification',
  zero_shot: 'classification',
  transcribe: 'speech',
  describe: 'vision',
};

const BUSY: Readonly<Record<AnalysisTask, string>> = {
  ...{ entities: 'Reading the text', classify: 'Reading the text', zero_shot: 'Reading the text' },
  ...{ transcribe: 'Listening', describe: 'Looking at the picture' },
};

/** A lone half of a letter stands for nothing, and could not be sent on. */
const clean = (run: EngineRun) => (text: string) => run.mask(text).toWellFormed();

/** @param path of the file that the task is about; empty for one about a text */
function askOf(spec: AnalyzeSpec, model: string, clean: (text: string) => string, path: string): AnalysisAsk {
  const text = clean(spec.text);
  switch (spec.task) {
    case 'entities':
      return { op: 'entities', model, text, aggregation: spec.aggregation, threshold: spec.threshold };
    case 'classify':
      return { op: 'classify', model, text };
    case 'zero_shot': {
      const [labels, hypothesis] = [spec.labels.map(clean), clean(spec.hypothesis)];
      return { op: 'zero_shot', model, text, labels, hypothesis, multi_label: spec.multi_label };
    }
    case 'transcribe': {
      const { language, translate, timestamps } = spec;
      return { op: 'transcribe', model, file: path, language, translate, timestamps };
    }
    case 'describe':
      return { op: 'describe', model, file: path };
  }
}

/** What the output says of the text or the file. */
function foundOf(answer: Analysed, text: string, { threshold, top_k }: AnalyzeSpec): JsonObject {
  switch (answer.t) {
    case 'entities': {
      const entities = answer.entities.map(({ label, score, start, end }) => {
        return { label, text: text.slice(start, end), score, start, end };
      });
      return { entities, omitted: answer.omitted, windows: answer.windows };
    }
    case 'classified': {
      const [best] = answer.scores;
      const scores = answer.scores.filter(({ score }) => score >= threshold).slice(0, top_k ?? undefined);
      const label = scores[0] === best ? (best?.label ?? null) : null;
      return { label, scores: scores.map((one) => ({ ...one })), windows: answer.windows };
    }
    case 'transcribed': {
      const { text: said, segments, omitted, language, seconds, windows, truncated } = answer;
      const pieces = segments === null ? {} : { segments: segments.map((one) => ({ ...one })), omitted };
      return { text: said, ...pieces, language, seconds, windows, truncated };
    }
    case 'described':
      return { text: answer.text, truncated: answer.truncated, width: answer.width, height: answer.height };
  }
}

const END_MISSING = ' The text reached the most that this model writes: its end is missing.';

function sentence(answer: Analysed): string {
  if (answer.t === 'described')
    return `A picture of ${answer.width} × ${answer.height} pixels; ${answer.tokens} tokens written.${answer.truncated ? END_MISSING : ''}`;
  if (answer.t === 'transcribed') {
    const windows = answer.windows === 1 ? '' : ` in ${answer.windows} windows`;
    const language = answer.language === null ? '' : `, language ${answer.language}`;
    return `${answer.seconds} seconds heard${windows}${language}; ${answer.tokens} tokens written.${answer.truncated ? END_MISSING : ''}`;
  }
  const windows = answer.windows === 1 ? '' : `, in ${answer.windows} windows that overlap`;
  const read = `${answer.tokens} tokens read${windows}`;
  if (answer.t === 'classified') return `${read}.`;
  const { length } = answer.entities;
  const more = answer.omitted === 0 ? '' : `, and ${answer.omitted} more that are left out`;
  return `${length} ${length === 1 ? 'entity' : 'entities'} found${more}; ${read}.`;
}

/** @throws AppError `validation-error` */
function requireRunnable(spec: AnalyzeSpec): void {
  const [first] = analysisProblems(spec);
  if (first === undefined) return;
  throw invalidField(`spec.${first.member}`, first.message);
}

export function createAnalyses({
  source,
  residents,
  tally,
  fileOf,
}: {
  source: Pick<ModelLookup, 'resolve'>;
  residents: Pick<Residents, 'lease' | 'ids'>;
  tally: Pick<Tally, 'measured'>;
  fileOf: FileOf;
}): EngineKind<'analyze'> {
  const find = ({ model, task }: AnalyzeSpec): Promise<LoadableModel> =>
    source.resolve(model, TYPES[task], residents.ids(TYPES[task]));

  const pathOf = ({ task, file }: AnalyzeSpec) => (FILE_TASKS.has(task) ? fileOf(file) : '');

  async function analyse(ask: AnalysisAsk, model: LoadableModel, run: EngineRun): Promise<Analysed> {
    const place = await takePlace(residents, model, { caller: CALLER, signal: run.signal });
    try {
      const stream = place.resident.engine.analyse(ask, place.signal);
      for (;;) {
        const next = await stream.next();
        if (next.done) return next.value;
        if (next.value.t === 'reading') run.progress(BUSY[ask.op], next.value.percent);
        if (next.value.t === 'text') await run.text(`${next.value.text.trim()}\n`);
      }
    } finally {
      place.leave();
    }
  }

  return {
    async run(spec, run): Promise<Json> {
      requireRunnable(spec);
      const model = await find(spec);
      const ask = askOf(spec, model.id, clean(run), pathOf(spec));
      run.log('info', `Asking ${model.id}.`);
      run.progress(`Waiting for ${model.id}`);
      const begun = performance.now();
      const writes = FILE_TASKS.has(spec.task);
      const answer = await tally.measured(
        model,
        'analyse',
        run.signal,
        () => analyse(ask, model, run),
        ({ tokens }) => (writes ? { completion: tokens } : { prompt: tokens }),
      );
      run.log('info', sentence(answer));
      return {
        ...{ task: spec.task, model: model.id },
        ...foundOf(answer, 'text' in ask ? ask.text : '', spec),
        ...{ tokens: answer.tokens, duration_ms: Math.round(performance.now() - begun) },
      };
    },
    async check(spec) {
      const errors: { path: string; message: string }[] = [];
      const note = (path: string) => (error: unknown) => {
        if (!(error instanceof AppError)) throw error;
        errors.push({ path, message: error.message });
      };
      const model = await find(spec).catch(note('spec.model'));
      try {
        // Without an id the spec itself is wrong, which is told where it is checked.
        if (spec.file !== '') pathOf(spec);
      } catch (error) {
        note('spec.file')(error);
      }
      return { errors, shown: model ? { model: model.id } : {} };
    },
  };
}
