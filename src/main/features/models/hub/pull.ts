/** Starting a download, or telling that the model is here. */
import type { Operations } from '../../../../contract/index.ts';
import type { OutputOf, ParsedInputOf } from '../../../../contract/kernel/define.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { CallContext } from '../../../core/operation/operation.ts';
import type { JobStarter } from '../../jobs/index.ts';
import type { FitPlanner } from '../memory/fit.ts';
import { refIn, variantIn } from '../registry/named.ts';
import type { ModelRow } from '../schema.ts';
import type { PullInput } from './job.ts';
import { HubRepo, Revision } from './listing.ts';
import { named } from './named.ts';
import { type AskQuants, chooseQuant, quantNamed } from './quants.ts';

type Pulled = OutputOf<Operations['pull_model']>;

export interface PullDeps {
  ask: AskQuants;
  pulls: JobStarter<PullInput>;
  plan: FitPlanner['plan'];
  /** Installed models that a reference means. */
  matches: (ref: string, variant?: string) => readonly ModelRow[];
}

/** Creates the handler of `pull_model`. @throws AppError `model-not-found`, `validation-error`, or as the hub and the download do */
export function createPull({ ask, pulls, plan, matches }: PullDeps) {
  const ready = (repo: string, variant: string) => matches(repo, variant).find(({ status }) => status === 'ready');

  async function wanted(repo: string, variant: string | undefined, revision: string, signal: AbortSignal) {
    const quants = await ask(repo, revision, signal);
    const quant = variant === undefined ? chooseQuant(repo, quants, plan) : quantNamed(repo, quants, variant);
    if (quant) return quant.key;
    throw new AppError('model-not-found', `${repo} has no GGUF and no ONNX files.`, {
      extra: { model: repo, available: [] },
    });
  }

  return async function pull(
    input: ParsedInputOf<Operations['pull_model']>,
    { requestId, signal }: CallContext,
  ): Promise<Pulled> {
    const repo = named('model', HubRepo, refIn(input));
    const variant = variantIn(input);
    const revision = named('revision', Revision, input.revision);
    const said = { model: repo, success: true, request_id: requestId } as const;
    const have = (key: string): Pulled => ({
      ...{ ...said, variant: key, message: `${repo}:${key} is on this machine` },
      ...{ status: 'downloaded', progress: 100, job_id: null },
    });
    const here = variant === undefined ? undefined : ready(repo, variant);
    if (here) return have(here.variant ?? variant ?? '');
    const key = await wanted(repo, variant, revision, signal);
    if (ready(repo, key)) return have(key);
    const { job, result } = pulls.start({
      ...{ input: { repo, variant: key, revision }, joinKey: `model_pull:${repo}:${key}`.toLowerCase() },
      ...{ scope: 'manage', area: 'models', requestId },
    });
    if (!input.wait) {
      const message = `The download of ${repo}:${key} has begun`;
      return {
        ...{ ...said, variant: key, message },
        ...{ status: 'started', progress: job.progress.percent, job_id: job.id },
      };
    }
    await result();
    return have(key);
  };
}
