/** Commands that have a model find out about a text, a recording or a picture. */
import { type AnalyzeSpec, analysisProblems, FILE_TASKS } from '../../../../contract/automation/kinds/analyze.ts';
import { AppError, invalidField } from '../../../../contract/kernel/errors.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import type { EngineRun } from '../../tasks/index.ts';
import type { FileOf, LoadableModel, ModelLookup } from '../deps.ts';
import type { Residents } from '../models/residents.ts';
import type { Analysed, AnalysisAsk } from '../run/engine.ts';
import { takePlace } from '../run/place.ts';
import type { Tally } from '../run/tally.ts';
import { askOf, foundOf, sentenceOf, TASKS } from './analysis-tasks.ts';
import { CALLER, type EngineKind } from './kind.ts';

/** A lone half of a letter stands for nothing, and could not be sent on. */
const clean = (run: EngineRun) => (text: string) => run.mask(text).toWellFormed();

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
    source.resolve(model, TASKS[task].type, residents.ids(TASKS[task].type));

  const pathOf = ({ task, file }: AnalyzeSpec) => (FILE_TASKS.has(task) ? fileOf(file) : '');

  async function analyse(ask: AnalysisAsk, model: LoadableModel, run: EngineRun): Promise<Analysed> {
    const place = await takePlace(residents, model, { caller: CALLER, signal: run.signal });
    try {
      const stream = place.resident.engine.analyse(ask, place.signal);
      for (;;) {
        const next = await stream.next();
        if (next.done) return next.value;
        if (next.value.t === 'reading') run.progress(TASKS[ask.op].busy, next.value.percent);
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
      run.log('info', sentenceOf(answer, spec));
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
