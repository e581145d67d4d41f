/** Models from the hub as the rest of the program sees them. */
import type { Operations } from '../../../../contract/index.ts';
import type { OutputOf } from '../../../../contract/kernel/define.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { ModelDownload, QuantStatus } from '../../../../contract/models/hub.ts';
import { type Clock, iso } from '../../../core/clock.ts';
import type { CallContext } from '../../../core/operation/operation.ts';
import type { JobService } from '../../jobs/index.ts';
import type { DownloadStore } from '../store/download-store.ts';
import { bytesOf, targetOf } from './job.ts';
import { HubRepo } from './listing.ts';
import { named } from './named.ts';
import { removePart } from './part-file.ts';
import { createPull, type PullDeps } from './pull.ts';

/** Creates the service. */
export function createHubService(
  deps: PullDeps & {
    clock: Clock;
    downloads: DownloadStore;
    jobs: JobService;
    root: () => string;
  },
) {
  const { clock, ask, downloads, jobs, root, matches } = deps;
  const isRunning = (job: ModelDownload['job_id']) => jobs.exists(job) && !jobs.hasEnded(job);

  function statusOf(repo: string, key: string, here: readonly string[]): QuantStatus {
    const row = downloads.get(repo, key);
    if (row && isRunning(row.job)) return 'downloading';
    if (row?.problem != null) return 'failed';
    return here.includes(key.toLowerCase()) ? 'downloaded' : 'available';
  }

  return {
    pull: createPull(deps),
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
      const variants = here.map(({ variant }) => (variant ?? '').toLowerCase());
      const local = here.flatMap((row) => {
        const key = row.variant ?? 'default';
        if (offered.some((quant) => quant.key === key)) return [];
        const files = row.files.map((file) => file.path.split(/[\\/]/).at(-1) ?? '');
        return [{ key, files, status: 'downloaded' as const, total_size: row.bytes, downloaded_size: row.bytes }];
      });
      const remote = offered.map(({ key, files, bytes }) => ({
        ...{ key, status: statusOf(repo, key, variants), files: files.map((file) => file.path), total_size: bytes },
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
