/** The runner of each kind of command. */
import type { KindIn, SpecOf } from '../../contract/automation/kinds/index.ts';
import type { Json } from '../../contract/kernel/scalars.ts';
import type { Run, Runner } from './run.ts';

type ExecutorKind = KindIn<'executor'>;

/** Every kind that runs here, by its name. Only the runner that a job needs is loaded: Playwright alone takes 200 ms. */
export const runners: { readonly [K in ExecutorKind]: () => Promise<Runner<SpecOf<K>>> } = {
  browser: async () => (await import('./browser/runner.ts')).runBrowser,
  playwright_test: async () => (await import('./playwright-test/runner.ts')).runPlaywrightTest,
  process: async () => (await import('./process/runner.ts')).runProcess,
  http: async () => (await import('./http/runner.ts')).runHttp,
};

/** Loads the runner of a kind, so that it is there when {@link runSpec} needs it. */
export const loadRunner = async (kind: ExecutorKind): Promise<void> => void (await runners[kind]());

/** Loads the runner of a kind and runs a spec; throws what the runner throws. */
export async function runSpec<K extends ExecutorKind>(run: Run, kind: K, spec: SpecOf<K>): Promise<Json> {
  return (await runners[kind]())(run, spec);
}
