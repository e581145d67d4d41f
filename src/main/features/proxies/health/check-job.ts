/** The job that checks many proxies: some at a time, with a checkpoint, so that it goes on after a restart. */
import { z } from 'zod';
import { ProxyChecks } from '../../../../contract/automation/proxies.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { type JobId, ProxyId } from '../../../../contract/kernel/scalars.ts';
import { eachOf } from '../../../core/operation/bulk.ts';
import type { Handlers } from '../../../core/operation/operation.ts';
import type { JobKind, JobService } from '../../jobs/index.ts';
import type { ProxyService } from '../service.ts';

const Input = z.strictObject({
  ids: z.array(ProxyId).max(100_000),
  concurrency: z.int().min(1).max(100),
  timeout_ms: z.int(),
});
const Count = z.int().min(0);
/** Proxies that are done, in the order of the input, and how they were. */
const State = z.strictObject({ done: Count, ok: Count, failed: Count });
type State = z.infer<typeof State>;

/** Proxies between two checkpoints. */
const STRETCH = 50;
const number = new Intl.NumberFormat('en');

/** Creates the kind of job. */
export function checkJob(service: Pick<ProxyService, 'check'>): JobKind<z.infer<typeof Input>, State> {
  return {
    name: 'proxies_check_all',
    input: Input,
    checkpoint: State,
    resumable: true,
    async run({ input: { ids, concurrency, timeout_ms }, checkpoint, signal, progress, save }) {
      const from = checkpoint ?? { done: 0, ok: 0, failed: 0 };
      const results: (boolean | undefined)[] = [];
      let ended = 0;
      let saved = from.done;
      /** What is done without a gap: a slow one holds the checkpoint back, not the others. */
      const state = (): State => {
        const gap = results.indexOf(undefined);
        const leading = gap < 0 ? results : results.slice(0, gap);
        const ok = leading.filter(Boolean).length;
        return { done: from.done + leading.length, ok: from.ok + ok, failed: from.failed + leading.length - ok };
      };
      const rest = ids.slice(from.done);
      results.length = rest.length;
      results.fill(undefined);
      await eachOf([...rest.entries()], concurrency, async ([at, id]) => {
        signal.throwIfAborted();
        results[at] = await isGood(service, id, timeout_ms, signal);
        ended += 1;
        const good = results.filter(Boolean).length;
        const all = from.done + ended;
        const bad = from.failed + ended - good;
        progress({
          percent: (all / ids.length) * 100,
          step: id,
          message: `${number.format(all)} of ${number.format(ids.length)}${bad === 0 ? '' : `, ${number.format(bad)} failed`}`,
        });
        const next = state();
        if (next.done - saved >= STRETCH) {
          saved = next.done;
          save(next);
        }
      });
      const { ok, failed } = state();
      return { ok, failed };
    },
  };
}

/** Whether a check was good; a proxy that was deleted meanwhile is none. */
async function isGood(
  service: Pick<ProxyService, 'check'>,
  id: ProxyId,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return (await service.check(id, timeoutMs, signal)).ok;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AppError) return false;
    throw error;
  }
}

/** Answers `proxies_check_all`. */
export type ProxyChecker = Handlers<'proxies_check_all'>['proxies_check_all'];

/** Registers the job. */
export function createChecker(
  service: Pick<ProxyService, 'check' | 'matching'>,
  jobs: Pick<JobService, 'register'>,
): ProxyChecker {
  const { start } = jobs.register(checkJob(service));
  return async ({ ids, concurrency, timeout_ms, wait }, { requestId }) => {
    const chosen = [...new Set(ids ?? service.matching({}, false))].map((id) => ProxyId.parse(id));
    const { job, done, result } = start({
      input: { ids: chosen, concurrency, timeout_ms },
      // Who asks for all of them again while they are checked follows the check that runs.
      ...(ids === undefined ? { joinKey: 'proxies_check_all' } : {}),
      ...{ scope: 'run', area: 'automation', requestId },
    });
    if (wait) return ProxyChecks.parse(await result());
    done.catch(() => undefined); // the job itself tells how it ended
    return { job_id: job.id as JobId, request_id: requestId };
  };
}
