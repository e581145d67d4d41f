/** Checking many proxies as a job. */
import { expect, test } from 'vitest';
import { openTestCore } from '../../../../../tests/support/core.ts';
import { proxiesOn } from '../../../../../tests/support/proxies/on-core.ts';
import { deadPort, httpProxy, oddServer } from '../../../../../tests/support/proxies/servers.ts';
import { ProxyCreate } from '../../../../contract/automation/proxies.ts';
import type { ProxyId } from '../../../../contract/kernel/scalars.ts';
import { OPERATOR } from '../../../core/operation/operator.ts';
import { checkJob } from './check-job.ts';

const context = () =>
  ({ requestId: crypto.randomUUID(), principal: OPERATOR, signal: new AbortController().signal }) as never;
const asked = (over: Record<string, unknown> = {}) =>
  ({ concurrency: 20, timeout_ms: 5000, wait: true, ...over }) as never;

// Would catch: a slow proxy that holds up the others, a dead one that ends the job, and counts that do not add up.
test('all are checked, the slow ones beside the others', async () => {
  using core = openTestCore();
  const { service, handlers } = proxiesOn(core);
  const late = Promise.withResolvers<void>();
  let answered = 0;
  await using slow = await httpProxy({ before: () => late.promise });
  await using good = await httpProxy({
    before: async () => {
      answered += 1;
      if (answered === 8) late.resolve();
    },
  });
  const dead = await deadPort();
  for (const port of [slow.port, dead, ...Array.from({ length: 8 }, () => good.port)])
    await service.create(ProxyCreate.parse({ host: '127.0.0.1', port }));
  expect(await handlers.proxies_check_all(asked({ concurrency: 2 }), context())).toEqual({ ok: 9, failed: 1 });
  const { items } = service.list({ limit: 50, count: false, sort: '-status' });
  expect(items.map(({ status }) => status)).toEqual(['failing', ...Array.from({ length: 9 }, () => 'ok')]);
});

// Would catch: a job that begins again from the first proxy after a restart, or counts twice.
test('it goes on behind its checkpoint', async () => {
  const seen: string[] = [];
  const saved: unknown[] = [];
  const kind = checkJob({
    check: async (id) => {
      seen.push(id);
      return { ok: !id.endsWith('3') } as never;
    },
  });
  const ids = Array.from({ length: 120 }, (_, n) => `prx_${n}` as ProxyId);
  const result = await kind.run({
    ...{ id: 'job_x' as never, input: { ids, concurrency: 7, timeout_ms: 1000 }, signal: new AbortController().signal },
    ...{ checkpoint: { done: 60, ok: 50, failed: 10 }, progress: () => undefined, save: (state) => saved.push(state) },
  });
  expect(seen).toEqual(ids.slice(60));
  expect(result).toEqual({ ok: 104, failed: 16 });
  expect(saved).toEqual([expect.objectContaining({ done: expect.any(Number) })]);
});

// Would catch: a second check of all that runs beside the first, and a check that goes on after its job was cancelled.
test('a second check of all joins the first; cancelling ends the checks', async () => {
  using core = openTestCore();
  const { service, handlers, jobs } = proxiesOn(core);
  await using silent = await oddServer(() => undefined);
  const { id } = await service.create(ProxyCreate.parse({ host: '127.0.0.1', port: silent.port }));
  const begin = async () => {
    const answer = await handlers.proxies_check_all(asked({ wait: false, timeout_ms: 60_000 }), context());
    if (!('job_id' in answer)) throw new Error('it was waited for');
    return answer;
  };
  const first = await begin();
  expect((await begin()).job_id).toBe(first.job_id);
  expect((await jobs.cancel(first.job_id, OPERATOR)).status).toBe('cancelled');
  expect(service.get(id).status).toBe('untested');
});
