/** The feature of proxies over a test's core. */
import { createJobs } from '../../../src/main/features/jobs/index.ts';
import { createProxies } from '../../../src/main/features/proxies/index.ts';

type Deps = Omit<Parameters<typeof createProxies>[0], 'jobs'> & Omit<Parameters<typeof createJobs>[0], 'serving'>;

/** Creates it, with jobs that run as in a host that stays. */
export function proxiesOn(core: Deps) {
  const { service: jobs } = createJobs({ ...core, serving: true });
  return { ...createProxies({ ...core, jobs }), jobs };
}
