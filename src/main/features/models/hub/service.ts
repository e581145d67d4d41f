/** Models from the hub as the rest of the program sees them. */
import type { Operations } from '../../../../contract/index.ts';
import type { OutputOf, ParsedInputOf } from '../../../../contract/kernel/define.ts';
import { AppError, errorOf } from '../../../../contract/kernel/errors.ts';
import type { ModelDownload, QuantStatus } from '../../../../contract/models/hub.ts';
import { type Clock, iso } from '../../../core/clock.ts';
import type { CallContext } from '../../../core/operation/operation.ts';
import type { JobService, JobStarter } from '../../jobs/index.ts';
import { type FreeMemory, place, requiredBytes } from '../memory/fit.ts';
import { refIn, variantIn } from '../registry/named.ts';
import type { ModelRow } from '../schema.ts';
import type { DownloadStore } from '../store/download-store.ts';
import type { HubClient } from './client.ts';
import { bytesOf, type PullInput, targetOf } from './job.ts';
import { filesOf, HubRepo, type Quant, quantsOf, Revision } from './listing.ts';
import { removePart } from './part-file.ts';

/** What the hub has is asked for again after this time, ms. */
const KEPT_MS = 5 * 60_000;
const MAX_KEPT = 200;
const USUAL = 'Q4_K_M';

function named(field: string, schema: typeof HubRepo | typeof Revision, value: string): string {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const reason = parsed.error.issues[0]?.message ?? 'has a wrong value';
  throw new AppError('validation-error', `Field '${field}': ${reason}`, {
    errors: { [field]: reason },
    extra: { field, reason },
  });
}

/** Asks the hub what a repo has, and remembers it for a while. */
export function createQuants(client: HubClient, clock: Clock) {
  const kept = new Map<string, { at: number; quants: Quant[] }>();
  return async (repo: string, revision: string, signal: AbortSignal): Promise<Quant[]> => {
    const key = `${repo}@${revision}`;
    const known = kept.get(key);
    if (known && clock.monotonic() - known.at < KEPT_MS) return known.quants;
    const quants = quantsOf(await filesOf(client, repo, revision, signal));
    kept.delete(key);
    kept.set(key, { at: clock.monotonic(), quants });
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
    return quants;
  };
}
type AskQuants = ReturnType<typeof createQuants>;

/** The quantization that is meant when none is named: the usual one, else the largest that fits, else the first. */
export function chooseQuant(repo: string, quants: readonly Quant[], free: FreeMemory): Quant | undefined {
  const fits = (quant: Quant) =>
    place(
      requiredBytes(
        { ...{ name: repo, variant: quant.key, context_length: null, memory: null }, bytes: quant.bytes },
        4096,
      ),
      free,
    ).target !== 'none';
  const largest = quants.filter(fits).sort((a, b) => b.bytes - a.bytes)[0];
  return quants.find(({ key }) => key === USUAL) ?? largest ?? quants[0];
}

/** @throws AppError `model-not-found` with `available` */
export function quantNamed(repo: string, quants: readonly Quant[], variant: string): Quant {
  const found = quants.find(({ key }) => key.toLowerCase() === variant.toLowerCase());
  if (found) return found;
  throw new AppError('model-not-found', `${repo} has no ${variant}.`, {
    extra: { model: repo, available: quants.map(({ key }) => key) },
  });
}

/** Creates the service. */
export function createHubService(deps: {
  clock: Clock;
  ask: AskQuants;
  downloads: DownloadStore;
  jobs: JobService;
  pulls: JobStarter<PullInput>;
  root: () => string;
  free: () => FreeMemory;
  matches: (ref: string, variant?: string) => readonly ModelRow[];
}) {
  const { clock, ask, downloads, jobs, pulls, root, free, matches } = deps;
  const isRunning = (job: ModelDownload['job_id']) => jobs.exists(job) && !jobs.hasEnded(job);

  function statusOf(repo: string, key: string): QuantStatus {
    const row = downloads.get(repo, key);
    if (row && isRunning(row.job)) return 'downloading';
    if (row?.problem != null) return 'failed';
    return matches(repo, key).length > 0 ? 'downloaded' : 'available';
  }

  async function pull(
    input: ParsedInputOf<Operations['pull_model']>,
    { requestId, signal }: CallContext,
  ): Promise<OutputOf<Operations['pull_model']>> {
    const repo = named('model', HubRepo, refIn(input));
    const variant = variantIn(input);
    const revision = named('revision', Revision, input.revision);
    const said = { model: repo, success: true, request_id: requestId } as const;
    const here = variant === undefined ? [] : matches(repo, variant);
    const ready = here.find(({ status }) => status === 'ready');
    const have = (key: string): OutputOf<Operations['pull_model']> => ({
      ...{ ...said, variant: key, message: `${repo}:${key} is on this machine` },
      status: 'downloaded',
      ...{ progress: 100, job_id: null },
    });
    if (ready) return have(ready.variant ?? variant ?? '');
    const quants = await ask(repo, revision, signal);
    const quant = variant === undefined ? chooseQuant(repo, quants, free()) : quantNamed(repo, quants, variant);
    if (!quant)
      throw new AppError('model-not-found', `${repo} has no GGUF and no ONNX files.`, {
        extra: { model: repo, available: [] },
      });
    if (matches(repo, quant.key).some(({ status }) => status === 'ready')) return have(quant.key);
    const { job, done } = pulls.start({
      ...{ input: { repo, variant: quant.key, revision }, joinKey: `model_pull:${repo}:${quant.key}`.toLowerCase() },
      ...{ scope: 'manage', area: 'models', requestId },
    });
    if (!input.wait) {
      const message = `The download of ${repo}:${quant.key} has begun`;
      return {
        ...said,
        variant: quant.key,
        status: 'started',
        message,
        progress: job.progress.percent,
        job_id: job.id,
      };
    }
    const ended = await done;
    if (ended.error) throw errorOf(ended.error);
    if (ended.status !== 'succeeded') throw new AppError('task-interrupted');
    return have(quant.key);
  }

  return {
    pull,
    /** @throws AppError as the hub, unless quantizations are here */
    async quants(repo: string, signal: AbortSignal): Promise<OutputOf<Operations['get_model_quants']>> {
      const here = matches(repo);
      const onHub = HubRepo.safeParse(repo).success && !repo.startsWith('local/');
      const offered = onHub
        ? await ask(repo, 'main', signal).catch((error: unknown) => {
            if (here.length === 0) throw error;
            return [];
          })
        : [];
      if (!onHub && here.length === 0) named('repo_id', HubRepo, repo);
      const now = iso(clock.now());
      const local = here.flatMap((row) => {
        const key = row.variant ?? 'default';
        if (offered.some((quant) => quant.key === key)) return [];
        const files = row.files.map((file) => file.path.split(/[\\/]/).at(-1) ?? '');
        return [{ key, files, status: 'downloaded' as const, total_size: row.bytes, downloaded_size: row.bytes }];
      });
      const remote = offered.map(({ key, files, bytes }) => ({
        ...{ key, status: statusOf(repo, key), files: files.map((file) => file.path), total_size: bytes },
        downloaded_size: bytesOf(root(), { repo, files }),
      }));
      const details = [...remote, ...local].map((quant) => ({ ...quant, last_updated: now }));
      return { quants: details.map(({ key }) => key), details };
    },
    list(): ModelDownload[] {
      return downloads.all().map((row) => ({
        ...{ repo: row.repo, variant: row.variant, revision: row.revision, bytes: row.bytes, job_id: row.job },
        status: isRunning(row.job) ? 'downloading' : row.problem === null ? 'paused' : 'failed',
        ...{ problem: row.problem, done_bytes: bytesOf(root(), row), created_at: iso(row.created_at) },
      }));
    },
    /** Stops a download and removes what is there. @throws AppError `not-found` */
    async discard(repo: string, variant: string, context: CallContext): Promise<number> {
      const row = downloads.get(repo, variant);
      if (!row)
        throw new AppError('not-found', `There is no download of ${repo}:${variant}.`, {
          extra: { resource: 'download', id: `${repo}:${variant}` },
        });
      if (isRunning(row.job)) await jobs.cancel(row.job, context.principal);
      const freed = bytesOf(root(), row);
      for (const file of row.files) removePart(root(), targetOf(root(), repo, file));
      downloads.remove(row);
      return freed;
    },
  };
}
export type HubService = ReturnType<typeof createHubService>;
