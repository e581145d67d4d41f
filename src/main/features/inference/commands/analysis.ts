/** Commands that have a model judge a text. */
import {
  type AnalysisTask,
  type AnalyzeSpec,
  analysisProblems,
} from '../../../../contract/automation/kinds/analyze.ts';
import { AppError, invalidField } from '../../../../contract/kernel/errors.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import type { ModelType } from '../../../../contract/models/engine.ts';
import type { EngineRun } from '../../tasks/index.ts';
import type { InstalledModel, ModelSource } from '../deps.ts';
import type { Residents } from '../models/residents.ts';
import type { Analysed, AnalysisAsk } from '../run/engine.ts';
import { takePlace } from '../run/place.ts';
import { CALLER, type EngineKind } from './kind.ts';

/** The type of model that each task needs. */
const TYPES: Readonly<Record<AnalysisTask, ModelType>> = {
  entities: 'ner',
  classify: 'classification',
  zero_shot: 'classification',
};

/** A lone half of a letter stands for nothing, and could not be sent on. */
const clean = (run: EngineRun) => (text: string) => run.mask(text).toWellFormed();

function askOf(spec: AnalyzeSpec, model: string, clean: (text: string) => string): AnalysisAsk {
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
  }
}

/** What the output says of the text. */
function foundOf(answer: Analysed, text: string, { threshold, top_k }: AnalyzeSpec) {
  if (answer.t === 'entities') {
    const entities = answer.entities.map(({ label, score, start, end }) => {
      return { label, text: text.slice(start, end), score, start, end };
    });
    return { entities, omitted: answer.omitted };
  }
  const [best] = answer.scores;
  const scores = answer.scores.filter(({ score }) => score >= threshold).slice(0, top_k ?? undefined);
  return { label: scores[0] === best ? (best?.label ?? null) : null, scores: scores.map((one) => ({ ...one })) };
}

function sentence(answer: Analysed): string {
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
}: {
  source: Pick<ModelSource, 'resolve'>;
  residents: Pick<Residents, 'lease' | 'ids'>;
}): EngineKind<'analyze'> {
  const find = ({ model, task }: AnalyzeSpec): Promise<InstalledModel> =>
    source.resolve(model, TYPES[task], residents.ids(TYPES[task]));

  async function analyse(ask: AnalysisAsk, model: InstalledModel, run: EngineRun): Promise<Analysed> {
    const place = await takePlace(residents, model, { caller: CALLER, signal: run.signal });
    try {
      const stream = place.resident.engine.analyse(ask, place.signal);
      for (;;) {
        const next = await stream.next();
        if (next.done) return next.value;
        if (next.value.t === 'reading') run.progress('Reading the text', next.value.percent);
      }
    } finally {
      place.leave();
    }
  }

  return {
    async run(spec, run): Promise<Json> {
      requireRunnable(spec);
      const model = await find(spec);
      const ask = askOf(spec, model.id, clean(run));
      run.log('info', `Asking ${model.id}.`);
      run.progress(`Waiting for ${model.id}`);
      const begun = performance.now();
      const answer = await analyse(ask, model, run);
      run.log('info', sentence(answer));
      return {
        ...{ task: spec.task, model: model.id },
        ...foundOf(answer, ask.text, spec),
        ...{ tokens: answer.tokens, windows: answer.windows, duration_ms: Math.round(performance.now() - begun) },
      };
    },
    async check(spec) {
      try {
        return { errors: [], shown: { model: (await find(spec)).id } };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { errors: [{ path: 'spec.model', message: error.message }], shown: {} };
      }
    },
  };
}
